"""Knowledge: queries over 100,000 chunks, learning and its effect on key latency, and the share of rare tags.

    python benchmarks/knowledge.py [--json] [--chunks N]

The texts of the large store are random words with a Zipf distribution and random vectors, because only time is
measured; the query is embedded with the real model. The learning rate is measured on the program's own documentation.
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
TEXT_BYTES = 1_000_000
COMMON, RARE = 10_000, 20


class RandomEmbedder:
    """Random vectors of length 1."""

    model = PACKAGED

    def __init__(self) -> None:
        self._random = np.random.default_rng(1)

    def embed(self, texts: Sequence[str]) -> Any:
        rows = self._random.standard_normal((len(texts), 384), dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class RandomText:
    """Texts of invented words with a Zipf distribution."""

    def __init__(self) -> None:
        self._random = random.Random(3)
        syllables = [first + second for first in "bcdfghjklmnprstvz" for second in "aeiou"]
        self.words = ["".join(self._random.choices(syllables, k=3)) for _ in range(20_000)]
        # Without the hundred most frequent words of a language, which are stop words.
        self._frequencies = [1 / (rank + 100) for rank in range(len(self.words))]

    def text(self, count: int = 100) -> str:
        return " ".join(self._random.choices(self.words, self._frequencies, k=count)).capitalize() + "."


def fill(store: Store, document: Document, chunks: list[Chunk]) -> None:
    """Add a document like `Store.put`, but leave the collections to be updated for many documents at once."""
    texts = [chunk.text for chunk in chunks]
    store.texts.save_vectors(texts, [row.astype("<f4").tobytes() for row in store.embedder.embed(texts)])
    store.catalogue.put(document, chunks)


def measure_search(report: Report, chunks: int) -> None:
    random_text = RandomText()
    with tempfile.TemporaryDirectory(prefix="rubato-knowledge-") as folder:
        store = Store(Path(folder))
        store.embedder = RandomEmbedder()
        began = time.perf_counter()
        for number in range(chunks // PER_DOCUMENT):
            texts = [Chunk(random_text.text()) for _ in range(PER_DOCUMENT)]
            fill(store, Document(f"d{number}", f"/d{number}", topics=(f"Topic {number % TOPICS}",)), texts)
        store.vectors.drain()
        report.figure(f"filling {chunks:,} chunks", time.perf_counter() - began, "s")
        store.embedder = MiniLm()
        topics = [f"Topic {number}" for number in range(TOPICS)]
        store.search("warm the collections", topics=topics)
        for label, chosen in ((f"{TOPICS} topics chosen", topics), ("everything", [])):
            times = []
            for _ in range(QUERIES):
                first, second, third = random_text.text(3).lower().rstrip(".").split()
                query = f"Where is the {first} of the {second} said to be {third}?"
                began = time.perf_counter()
                store.search(query, topics=chosen)
                times.append((time.perf_counter() - began) * 1e3)
            report.series(f"query, {chunks:,} chunks, {label}", times, "ms", target=30, at="median")
        report.figure("memory of the process", psutil.Process().memory_info().rss / 1e6, "MB")
        store.close()


def measure_learning(report: Report, text: str) -> None:
    """Learn while keys are played: the learning rate, and the latency of words."""
    with tempfile.TemporaryDirectory(prefix="rubato-knowledge-") as folder:
        (Path(folder) / "texts").mkdir()
        for number in range(10):
            part = text[number * TEXT_BYTES // 10 : (number + 1) * TEXT_BYTES // 10]
            (Path(folder) / "texts" / f"{number}.md").write_text(part, encoding="utf-8")
        app = App(Path(folder) / "data", devices=False, sound=False, knowledge=True)
        app.start()
        assert app.knowledge is not None
        try:
            call = app.knowledge.client.call
            call("count")
            report.series("key → word, idle", _play_words(app, 300), "ms", target=1, at="p99")
            began = time.perf_counter()
            call("learn", paths=[str(Path(folder) / "texts")])
            delays: list[float] = []
            while call("progress_now")["busy"]:
                delays += _play_words(app, 50)
            seconds = time.perf_counter() - began
            report.figure(
                "learning 1 MB of text", TEXT_BYTES / 1e6 / seconds * 60, "MB/min", target=1, least=True
            )
            report.series("key → word, while learning", delays, "ms", target=1, at="p99")
        finally:
            app.stop()


def measure_tag_shares(report: Report) -> None:
    """Choose a tag with 10,000 documents and one with 20: how much of the answer does the rare one get?"""
    with tempfile.TemporaryDirectory(prefix="rubato-knowledge-") as folder:
        store = Store(Path(folder))
        store.embedder = RandomEmbedder()
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
        report.figure("rare tag: share of the answer", part.weight, "share", target=0.5, least=True)
        report.figure("rare tag: cited", float(bool(part.citations)), "yes", target=1, least=True)
        common = answer.per_tag["hall"]
        damped = common.damped and bool(common.citations)
        report.figure("common tag: damped, and cited", float(damped), "yes", target=1, least=True)


def _play_words(app: App, count: int) -> list[float]:
    """Play a word `count` times; returns the latencies in milliseconds."""
    received = threading.Event()
    at = [0]

    def on_event(event: Event) -> None:
        if isinstance(event, WordHeard):
            at[0] = time.perf_counter_ns()
            received.set()

    unsubscribe = app.bus.subscribe(on_event)
    latencies = []
    for _ in range(count):
        received.clear()
        for key in (0, 2, 0):  # stop
            last = time.perf_counter_ns()
            app.engine.receive(note_on(app.clock.now(), "controller", BASE_NOTE + key))
            app.engine.receive(note_off(app.clock.now(), "controller", BASE_NOTE + key))
            time.sleep(0.002)
        if received.wait(2):
            latencies.append((at[0] - last) / 1e6)
    unsubscribe()
    return latencies


def prose() -> str:
    """Return the program's documentation, repeated with a different number in each sentence so that no text recurs."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("docs/*.md"))]
    result, turn = "", 0
    while len(result) < TEXT_BYTES:
        result += "".join(f"{text}\n\n".replace(". ", f" {turn}. ") for text in texts)
        turn += 1
    return result


def main(arguments: list[str]) -> None:
    settle()
    chunks = int(arguments[arguments.index("--chunks") + 1]) if "--chunks" in arguments else 100_000
    report = Report("knowledge")
    report.note(f"load average at the start: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")
    measure_learning(report, prose())
    measure_tag_shares(report)
    measure_search(report, chunks)
    report.show(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
