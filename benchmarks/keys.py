"""Latency from a key to its word with 27,000 words loaded: live through the engine, and offline.

    .venv/bin/python benchmarks/keys.py [--json]

Live: another thread passes messages to the engine like a MIDI callback, one note every few milliseconds; the
measurement ends when the word is published. Offline: the parser reads the presses and releases of a whole file.
"""

from __future__ import annotations

import random
import sys
import tempfile
import threading
import time
from pathlib import Path

from report import Report

from rubato_desktop.app import App
from rubato_desktop.events import Event, WordHeard
from rubato_desktop.interpreter import settle
from rubato_desktop.language.dictionary import Language, Word
from rubato_desktop.language.keys import BASE_NOTE, Press
from rubato_desktop.language.loading import save_language
from rubato_desktop.language.parser import parse
from rubato_desktop.midi.messages import note_off, note_on

WORDS = 27_000
LIVE = 2_000
OFFLINE_NOTES = 400_000
GAP_S = 0.002


def many_words(rng: random.Random) -> Language:
    """Return a language of words with six to nine keys, none of which is the beginning of another."""
    taken: dict[tuple[int, ...], Word] = {}
    while len(taken) < WORDS:
        keys = (1, *(rng.randrange(24) for _ in range(rng.randint(4, 7))), 24 - 1)
        if not any(keys[:end] in taken for end in range(2, len(keys) + 1)):
            taken[keys] = Word(keys, f"word {len(taken)}", "many")
    words = [word for keys, word in taken.items() if not _has_prefix(keys, taken)]
    return Language("many", "Many", words=tuple(words))


def _has_prefix(keys: tuple[int, ...], taken: dict[tuple[int, ...], Word]) -> bool:
    return any(keys[:end] in taken for end in range(2, len(keys)))


def live(data: Path, report: Report, rng: random.Random) -> None:
    app = App(data, devices=False, sound=False)
    recognised = threading.Semaphore(0)
    received: list[int] = []
    published: list[int] = []

    def on_event(event: Event) -> None:
        if isinstance(event, WordHeard):
            published.append(time.perf_counter_ns())
            recognised.release()

    app.bus.subscribe(on_event)
    app.start()
    app.engine.run("set_language", name="many").result(10)
    words = [word for word in app.services.languages.stack.words() if word.language == "many"]
    for word in rng.choices(words, k=LIVE):
        for key in word.keys:
            t = app.clock.now()
            last = time.perf_counter_ns()
            app.engine.receive(note_on(t, "controller", BASE_NOTE + key))
            app.engine.receive(note_off(app.clock.now(), "controller", BASE_NOTE + key))
            time.sleep(GAP_S)
        received.append(last)
        recognised.acquire(timeout=5)
    app.stop()
    delays = [(end - start) / 1e6 for start, end in zip(received, published, strict=True)]
    report.series(f"key → word, {len(words):,} words", delays, "ms", target=1, at="p99")


def offline(data: Path, report: Report, rng: random.Random) -> None:
    from rubato_desktop.services.languages import LanguageLibrary

    library = LanguageLibrary(data, ["core", "many"])
    words = [word for word in library.stack.words() if not word.parameters and word.command != "piano_off"]
    presses: list[Press] = []
    t = 0
    while len(presses) < 2 * OFFLINE_NOTES:
        for key in rng.choice(words).keys:
            presses += [Press(t, key, True), Press(t + 50_000, key, False)]
            t += 100_000
    rates = []
    for _ in range(5):
        began = time.perf_counter()
        parse(presses, library.stack)
        rates.append(len(presses) / 2 / (time.perf_counter() - began))
    report.series("offline", rates, "notes/s", target=200_000, at="median", least=True)


def main() -> None:
    settle()
    report = Report("keys")
    rng = random.Random(25)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        save_language(many_words(rng), data / "languages" / "many.toml")
        live(data, report, rng)
        offline(data, report, rng)
    report.note("live: one thread plays while the engine, the journal and the audio process are running")
    report.show(sys.argv[1:])


if __name__ == "__main__":
    main()
