"""From a key to its word, with 27,000 words loaded: live through the engine, and off line.

    .venv/bin/python benchmarks/keys.py [--json]

Live: another thread hands messages to the engine as a MIDI callback does, a note every few milliseconds; what
is measured ends when the word is published. Off line: a file's worth of presses and releases through the parser.
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


def many_words(chance: random.Random) -> Language:
    """A language of words of six to nine keys, none in another's way."""
    taken: dict[tuple[int, ...], Word] = {}
    while len(taken) < WORDS:
        keys = (1, *(chance.randrange(24) for _ in range(chance.randint(4, 7))), 24 - 1)
        if not any(keys[:end] in taken for end in range(2, len(keys) + 1)):
            taken[keys] = Word(keys, f"word {len(taken)}", "many")
    kept = {keys: word for keys, word in taken.items() if not _begins(keys, taken)}
    return Language("many", "Many", words=tuple(kept.values()))


def _begins(keys: tuple[int, ...], taken: dict[tuple[int, ...], Word]) -> bool:
    return any(keys[:end] in taken for end in range(2, len(keys)))


def live(data: Path, report: Report, chance: random.Random) -> None:
    app = App(data, devices=False, sound=False)
    heard = threading.Semaphore(0)
    arrived: list[int] = []
    published: list[int] = []

    def listen(event: Event) -> None:
        if isinstance(event, WordHeard):
            published.append(time.perf_counter_ns())
            heard.release()

    app.bus.subscribe(listen)
    app.start()
    app.engine.run("set_language", name="many").result(10)
    words = [word for word in app.services.languages.stack.words() if word.language == "many"]
    for word in chance.choices(words, k=LIVE):
        for key in word.keys:
            t = app.clock.now()
            last = time.perf_counter_ns()
            app.engine.receive(note_on(t, "controller", BASE_NOTE + key))
            app.engine.receive(note_off(app.clock.now(), "controller", BASE_NOTE + key))
            time.sleep(GAP_S)
        arrived.append(last)
        heard.acquire(timeout=5)
    app.stop()
    delays = [(there - here) / 1e6 for here, there in zip(arrived, published, strict=True)]
    report.series(f"key → word, {len(words):,} words", delays, "ms", target=1, at="p99")


def off_line(data: Path, report: Report, chance: random.Random) -> None:
    from rubato_desktop.services.languages import LanguageLibrary

    library = LanguageLibrary(data, ["core", "many"])
    words = [word for word in library.stack.words() if not word.parameters and word.command != "piano_off"]
    presses: list[Press] = []
    t = 0
    while len(presses) < 2 * OFFLINE_NOTES:
        for key in chance.choice(words).keys:
            presses += [Press(t, key, True), Press(t + 50_000, key, False)]
            t += 100_000
    rates = []
    for _ in range(5):
        began = time.perf_counter()
        parse(presses, library.stack)
        rates.append(len(presses) / 2 / (time.perf_counter() - began))
    report.series("off line", rates, "notes/s", target=200_000, at="median", least=True)


def main() -> None:
    settle()
    report = Report("keys")
    chance = random.Random(25)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        save_language(many_words(chance), data / "languages" / "many.toml")
        live(data, report, chance)
        off_line(data, report, chance)
    report.note("live: one thread plays, the engine, the journal and the sound's clock run beside it")
    report.show(sys.argv[1:])


if __name__ == "__main__":
    main()
