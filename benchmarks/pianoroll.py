"""The pianoroll with a file of a million notes: time to open, to pan and to play, and memory.

    .venv/bin/python benchmarks/pianoroll.py [--json] [--notes N]

A frame is a full repaint of the widget of 1280 x 500 px after it scrolled. The file has sixteen tracks of scales and
chords over some hours. It is written by another process, so that the memory figure only includes opening it.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication
from report import Report

from rubato_desktop.language.results import RecognisedWord
from rubato_desktop.midi.file.reader import read_midi
from rubato_desktop.midi.notes import Notes
from rubato_desktop.ui.pianoroll import PianoRoll

SECOND = 1_000_000
SIZE = (1280, 500)
TRACKS = 16
SPANS = {"2 s": 2, "10 s": 10, "1 min": 60, "5 min": 300, "30 min": 1800, "everything": 0}
FRAMES = 250
WORDS = 10_000
ITERATIONS = 12
SCALE = (0, 2, 4, 5, 7, 9, 11)


def write_file(path: Path, notes: int) -> None:
    """Write a Standard MIDI File of about `notes` notes: format 1, 1000 ticks per quarter note, 60 BPM."""
    chunks = [b"MThd\x00\x00\x00\x06\x00\x01" + (TRACKS + 1).to_bytes(2, "big") + (1000).to_bytes(2, "big")]
    chunks.append(_chunk(b"\x00\xff\x51\x03" + (1_000_000).to_bytes(3, "big")))
    for track in range(TRACKS):
        chunks.append(_chunk(_music(random.Random(track), track, notes // TRACKS)))
    path.write_bytes(b"".join(chunks))


def _chunk(events: bytes) -> bytes:
    events += b"\x00\xff\x2f\x00"
    return b"MTrk" + len(events).to_bytes(4, "big") + events


def _music(rng: random.Random, track: int, notes: int) -> bytes:
    """Return events of scales and occasional chords, in a pitch range that depends on the track."""
    events: list[tuple[int, int, int, int]] = []
    t, degree, direction = 0, 0, 1
    while len(events) < 2 * notes:
        length = rng.choice((125, 125, 250, 250, 500, 1000))
        chord = (0, 2, 4) if rng.random() < 0.15 else (0,)
        for step in chord:
            position = degree + step
            note = min(28 + 4 * track + 12 * (position // 7) + SCALE[position % 7], 127)
            events.append((t, 0x90 | track, note, rng.randint(30, 120)))
            events.append((t + length - 10, 0x90 | track, note, 0))
        t += length
        direction = -direction if degree + direction not in range(12) or rng.random() < 0.08 else direction
        degree = min(max(degree + direction, 0), 11)
    events.sort(key=lambda event: (event[0], event[3]))
    data, now = bytearray(), 0
    for at, status, note, velocity in events:
        delta, now = at - now, at
        if delta > 127:
            data.append(0x80 | delta >> 7)
        data += bytes((delta & 0x7F, status, note, velocity))
    return bytes(data)


def timed(action: Callable[[], object]) -> float:
    """Return the duration of `action`, ms."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def peak_mb() -> float:
    """Return the peak memory of this process, MB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def words_over(notes: Notes) -> list[RecognisedWord]:
    """Return words that are spread over the notes."""
    step = max(len(notes) // WORDS, 1)
    names = ("read", "click", "page down", "where am i", "tab")
    return [
        RecognisedWord(int(row["on"]), int(row["on"]) + 600_000, (0, 5, 0), names[n % 5], "core", "read")
        for n, row in enumerate(notes.table[::step])
    ]


def measure(path: Path) -> Report:
    """Open the file in a real widget, scroll over it, and play live."""
    application = QApplication.instance() or QApplication([])
    roll = PianoRoll()
    roll.resize(*SIZE)
    roll.show()
    application.processEvents()

    def show() -> None:
        notes = read_midi(path).notes
        roll.set_notes(notes)
        roll.repaint()

    opening = [timed(show) for _ in range(5)]
    report = Report("pianoroll")
    report.series(f"open {len(roll.scene.notes):,} notes and paint them", opening, "ms", target=2000)
    roll.set_words(words_over(read_midi(path).notes), [])
    roll.repaint()

    rng = random.Random(1)
    for name, seconds in SPANS.items():
        roll.set_span(seconds * SECOND if seconds else int(roll.view.longest))
        roll.show_from(roll.scene.end * 0.4 if seconds else float("-inf"))
        roll.repaint()
        frames = []
        for _ in range(FRAMES):
            roll.pan(rng.choice((-40, 3, 8, 21, 60)))
            frames.append(timed(roll.repaint))
        report.series(f"pan, a frame showing {name}", frames, "ms", target=4)

    end = roll.scene.end
    roll.set_iterations([(n * end // ITERATIONS, (n + 1) * end // ITERATIONS) for n in range(ITERATIONS)])
    roll.set_stacked(True)
    for name, seconds in SPANS.items():
        roll.set_span(seconds * SECOND if seconds else int(roll.view.whole))
        roll.show_from(roll.scene.view_end * 0.4 if seconds else float("-inf"))
        roll.repaint()
        frames = []
        for _ in range(FRAMES):
            roll.pan(rng.choice((-40, 3, 8, 21, 60)))
            frames.append(timed(roll.repaint))
        lanes = len(roll.lanes.visible)
        report.series(
            f"pan {lanes} of {ITERATIONS} iterations, a frame showing {name}", frames, "ms", target=4
        )
    roll.set_stacked(False)

    frames, strikes = [], []
    roll.show_live()
    for n in range(2000):
        t = n * 40_000
        strikes.append(timed(lambda t=t, n=n: roll.note_on(t, "keys", 0, 48 + n % 25, 90)))
        roll.set_now(t + 16_000)
        frames.append(timed(application.processEvents))
        roll.note_off(t + 30_000, "keys", 0, 48 + n % 25)
    report.series("live, one note", strikes, "ms", target=1, at="p99")
    report.series("live, a frame while notes are held", frames, "ms", target=4)
    report.figure("peak memory", peak_mb(), "MB", target=600)
    report.note(f"{SIZE[0]} x {SIZE[1]} px; opening is reading the file and painting the first frame")
    roll.close()
    return report


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--notes", type=int, default=1_000_000, help="number of notes")
    parser.add_argument("--write", type=Path, help="only write the file, to this path")
    chosen = parser.parse_args()
    if chosen.write:
        write_file(chosen.write, chosen.notes)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.mid"
        command = [sys.executable, __file__, "--write", str(path), "--notes", str(chosen.notes)]
        subprocess.run(command, check=True)
        measure(path).show(["--json"] if chosen.json else [])


if __name__ == "__main__":
    main()
