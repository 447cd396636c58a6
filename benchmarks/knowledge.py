"""Knowledge: a query at 100,000 chunks with five topics chosen; learning, and what it does to the keys; tag fairness.

    python benchmarks/knowledge.py [--json] [--chunks N]

The texts of the large store are made of words as often as words are (Zipf), with vectors drawn at random, since only
the time is measured; the query is embedded by the real model. What is learnt for the rate is the program's own
documentation.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from report import Report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from rubato_desktop.app import App  # noqa: E402
from rubato_desktop.events import Event, WordHeard  # noqa: E402
from rubato_desktop.interpreter import settle  # noqa: E402
from rubato_desktop.language.keys import BASE_NOTE  # noqa: E402
from rubato_desktop.midi.messages import note_off, note_on  # noqa: E402
from rubato_desktop.services.answers.pipeline import Answers  # noqa: E402
from rubato_desktop.services.knowledge.catalogue import Document  # noqa: E402
from rubato_desktop.services.knowledge.chunking import Chunk  # noqa: E402
from rubato_desktop.services.knowledge.embedding import PACKAGED, MiniLm  # noqa: E402
from rubato_desktop.services.knowledge.store import Store  # noqa: E402
from rubato_desktop.services.model.models import Models  # noqa: E402

TOPICS = 5
PER_DOCUMENT = 50
QUERIES = 60
LEARNT = 1_000_000  # bytes
COMMON, RARE = 10_000, 20


class Drawn:
    """Vectors drawn at random, of length 1."""

    model = PACKAGED

    def __init__(self) -> None:
        self._chance = np.random.default_rng(1)

    def embed(self, texts: Sequence[str]) -> Any:
        rows = self._chance.standard_normal((len(texts), 384), dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class Words:
    """Texts of made words, as often as words are."""

    def __init__(self) -> None:
        self._chance = random.Random(3)
        syllables = [first + second for first in "bcdfghjklmnprstvz" for second in "aeiou"]
        self.words = ["".join(self._chance.choices(syllables, k=3)) for _ in range(20_000)]
        # The commonest hundred of a language tell nothing and are not looked up.
        self._often = [1 / (rank + 100) for rank in range(len(self.words))]

    def text(self, count: int = 100) -> str:
        return " ".join(self._chance.choices(self.words, self._often, k=count)).capitalize() + "."


def fill(store: Store, document: Document, chunks: list[Chunk]) -> None:
    """Learn a document as `Store.put` does, but tell the collections of many at once."""
    texts = [chunk.text for chunk in chunks]
    store.texts.save_vectors(texts, [row.astype("<f4").tobytes() for row in store.embedder.embed(texts)])
    store.catalogue.put(document, chunks)


def searching(report: Report, chunks: int) -> None:
    made = Words()
    with tempfile.TemporaryDirectory(prefix="rubato-knowledge-") as folder:
        store = Store(Path(folder))
        store.embedder = Drawn()
        began = time.perf_counter()
        for number in range(chunks // PER_DOCUMENT):
            texts = [Chunk(made.text()) for _ in range(PER_DOCUMENT)]
            fill(store, Document(f"d{number}", f"/d{number}", topics=(f"Topic {number % TOPICS}",)), texts)
        store.vectors.drain()
        report.figure(f"filling {chunks:,} chunks", time.perf_counter() - began, "s")
        store.embedder = MiniLm()
        topics = [f"Topic {number}" for number in range(TOPICS)]
        store.search("warm the collections", topics=topics)
        for label, chosen in ((f"{TOPICS} topics chosen", topics), ("everything", [])):
            took = []
            for _ in range(QUERIES):
                first, second, third = made.text(3).lower().rstrip(".").split()
                query = f"Where is the {first} of the {second} said to be {third}?"
                began = time.perf_counter()
                store.search(query, topics=chosen)
                took.append((time.perf_counter() - began) * 1e3)
            report.series(f"query, {chunks:,} chunks, {label}", took, "ms", target=30, at="median")
        report.figure("memory of the process", psutil.Process().memory_info().rss / 1e6, "MB")
        store.close()


def learning(report: Report, text: str) -> None:
    """Learn while somebody plays: how fast, and how much later words come."""
    with tempfile.TemporaryDirectory(prefix="rubato-knowledge-") as folder:
        (Path(folder) / "texts").mkdir()
        for number in range(10):
            part = text[number * LEARNT // 10 : (number + 1) * LEARNT // 10]
            (Path(folder) / "texts" / f"{number}.md").write_text(part, encoding="utf-8")
        app = App(Path(folder) / "data", devices=False, sound=False, knowledge=True)
        app.start()
        assert app.knowledge is not None
        try:
            ask = app.knowledge.client.call
            ask("count")
            report.series("key → word, at rest", _played(app, 300), "ms", target=1, at="p99")
            began = time.perf_counter()
            ask("learn", paths=[str(Path(folder) / "texts")])
            delays: list[float] = []
            while ask("progress_now")["busy"]:
                delays += _played(app, 50)
            seconds = time.perf_counter() - began
            report.figure(
                "learning 1 MB of text", LEARNT / 1e6 / seconds * 60, "MB/min", target=1, least=True
            )
            report.series("key → word, while it learns", delays, "ms", target=1, at="p99")
        finally:
            app.stop()


def fairness(report: Report) -> None:
    """One tag of 10,000 documents and one of 20, both chosen: what is the rare one's part of the answer?"""
    with tempfile.TemporaryDirectory(prefix="rubato-knowledge-") as folder:
        store = Store(Path(folder))
        store.embedder = Drawn()
        for number in range(COMMON):
            text = f"Recording {number} was made in the large hall with two microphones."
            fill(store, Document(f"c{number}", f"/c{number}", tags=("hall",)), [Chunk(text)])
        for number in range(RARE):
            text = f"Recording {number} was made in the small chapel with one microphone."
            fill(store, Document(f"r{number}", f"/r{number}", tags=("chapel",)), [Chunk(text)])
        store.vectors.drain()
        store.embedder = MiniLm()
        models = Models(lambda: "http://127.0.0.1:9")
        try:
            answer = Answers(models, store).ask("Where were the recordings made?", tags=["hall", "chapel"])
        finally:
            models.close()
            store.close()
        part = answer.per_tag["chapel"]
        report.figure("rare tag: its share of the answer", part.weight, "share", target=0.5, least=True)
        report.figure("rare tag: it is cited", float(bool(part.citations)), "yes", target=1, least=True)
        common = answer.per_tag["hall"]
        both = common.damped and bool(common.citations)
        report.figure("common tag: damped, and it speaks", float(both), "yes", target=1, least=True)


def _played(app: App, count: int) -> list[float]:
    heard = threading.Event()
    at = [0]

    def listen(event: Event) -> None:
        if isinstance(event, WordHeard):
            at[0] = time.perf_counter_ns()
            heard.set()

    unsubscribe = app.bus.subscribe(listen)
    found = []
    for _ in range(count):
        heard.clear()
        for key in (0, 2, 0):  # stop
            last = time.perf_counter_ns()
            app.engine.receive(note_on(app.clock.now(), "controller", BASE_NOTE + key))
            app.engine.receive(note_off(app.clock.now(), "controller", BASE_NOTE + key))
            time.sleep(0.002)
        if heard.wait(2):
            found.append((at[0] - last) / 1e6)
    unsubscribe()
    return found


def prose() -> str:
    """Return the program's documentation, over and over with other numbers: as many different texts as are wanted."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/*.md"))]
    found, turn = "", 0
    while len(found) < LEARNT:
        found += "".join(f"{text}\n\n".replace(". ", f" {turn}. ") for text in texts)
        turn += 1
    return found


def main(arguments: list[str]) -> None:
    settle()
    chunks = int(arguments[arguments.index("--chunks") + 1]) if "--chunks" in arguments else 100_000
    report = Report("knowledge")
    report.note(f"load average at the start: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")
    learning(report, prose())
    fairness(report)
    searching(report, chunks)
    report.show(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
