"""How long a key waits while a session is started, saved, stopped, named and recovered.

    .venv/bin/python benchmarks/recording.py [--messages 1000000] [--disk-ms 500] [--json]

A million messages are played into the recorder first. Then notes come every few milliseconds, as from a device, while
the session is made; what is measured ends when the note is published. Then the same on a slow disk: each sync takes
`--disk-ms` longer. A witness, a process that only sleeps, tells how late the machine itself is meanwhile: a key that
waited no longer than the witness waited for the processor.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from report import Report

from rubato_desktop.app import App
from rubato_desktop.events import Event, Played, Result
from rubato_desktop.interpreter import settle
from rubato_desktop.language.keys import BASE_NOTE
from rubato_desktop.midi.messages import note_off, note_on

GAP_S = 0.003
LEAST_S = 5.0  # so long each thing is measured at least
LIMIT_MS = 5
FEW = 5_000  # messages on the slow disk
SOURCE = "source"  # the device that fills the recording
NAME = [0, 16, 21]


# Sleeps again and again until its input ends; says how much too long, ms.
WITNESS = """
import json, select, sys, time
late = []
while True:
    began = time.perf_counter()
    if select.select([sys.stdin], [], [], 0.003)[0]:
        break
    late.append((time.perf_counter() - began - 0.003) * 1000)
print(json.dumps(late))
"""


class Witness:
    """How late a process is that does nothing, from its start until it is asked."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", WITNESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def late(self) -> list[float]:
        """End it; returns its delays, ms."""
        said, _ = self._process.communicate()
        return list(json.loads(said))


class Measured(NamedTuple):
    """Waits of keys and of the witness (ms), and how long it took (s)."""

    keys: list[float]
    witness: list[float]
    took: float


class Desk:
    """The program, and somebody who plays."""

    def __init__(self, data: Path) -> None:
        self.app = App(data, devices=False, sound=False)
        self.app.services.settings.set_device(SOURCE, role="performance")
        self._there = threading.Semaphore(0)
        self._published = 0
        self.app.bus.subscribe(self._listen)
        self.app.start()
        self.app.engine.settle()

    def _listen(self, event: Event) -> None:
        if isinstance(event, Played) and event.message.device != SOURCE:
            self._published = time.perf_counter_ns()
            self._there.release()

    def do(self, command: str, **args: object) -> Result:
        return self.app.engine.run(command, **args).result()

    def fill(self, messages: int) -> None:
        """Play so many messages, in a piece's tempo made short."""
        for number in range(messages // 2):
            t = self.app.clock.now()
            note = 30 + number % 60
            self.app.engine.receive(note_on(t, SOURCE, note))
            self.app.engine.receive(note_off(t, SOURCE, note))
            if number % 10_000 == 0:
                self.app.engine.settle(60)
        self.app.engine.settle(60)
        assert self.app.recorder.journal.flush(600)

    def key(self, number: int) -> float:
        """Play a key; returns how long it waited, ms."""
        make = note_off if number % 2 else note_on
        began = time.perf_counter_ns()
        self.app.engine.receive(make(self.app.clock.now(), "controller", BASE_NOTE + 13))
        assert self._there.acquire(timeout=60)
        return (self._published - began) / 1e6

    def play_while(self, begin: Callable[[], Callable[[], bool]]) -> Measured:
        """Play keys from before something begins until after it ends."""
        witness = Witness()
        delays = [self.key(number) for number in range(20)]
        ended = begin()
        began = time.perf_counter()
        took = 0.0
        while not took or time.perf_counter() - began < LEAST_S:
            delays.append(self.key(len(delays)))
            if not took and ended():
                took = time.perf_counter() - began
            time.sleep(GAP_S)
        return Measured(delays, witness.late(), took)

    def play_during(self, command: str, **args: object) -> Measured:
        """Play keys while a command is carried out."""
        results: list[Result] = []

        def begin() -> Callable[[], bool]:
            future = self.app.engine.run(command, **args)
            future.add_done_callback(lambda done: results.append(done.result()))
            return future.done

        measured = self.play_while(begin)
        assert results[0].status == "ok", results[0].text
        return measured


def add(report: Report, title: str, found: Measured, target: float | None = LIMIT_MS) -> None:
    report.series(f"key while: {title}", found.keys, "ms", target=target, at="max")
    report.series("  the witness meanwhile", found.witness, "ms")
    if found.took > 0.01:
        report.figure("  until it was there", found.took, "s")


def measure(report: Report, desk: Desk, of: str) -> None:
    add(report, f"nothing, {of}", desk.play_while(lambda: lambda: True), target=None)
    add(report, f"save, {of}", desk.play_during("save"))
    add(report, f"stop, with a name, {of}", desk.play_during("record_stop", name=NAME))
    add(report, f"start, {of}", desk.play_during("record_start"))


def recovery(report: Report, data: Path) -> None:
    """A run that crashed with all those messages is recovered while keys are played."""
    journal = next((data / "journals" / "kept").glob("*.jsonl"))
    lines = journal.read_bytes().splitlines(keepends=True)
    with tempfile.TemporaryDirectory() as folder:
        left = Path(folder) / "journals" / "20260101-000000.jsonl"
        left.parent.mkdir()
        # As a crash leaves it: nothing says that the sessions were kept, or that the program ended.
        marks = (b'{"kind":"mark","mark":"kept"', b'{"kind":"mark","mark":"end"')
        left.write_bytes(b"".join(line for line in lines if not line.startswith(marks)))
        del lines
        desk = Desk(Path(folder))
        add(report, "recovering it at the next start", desk.play_while(lambda: lambda: not left.exists()))
        desk.app.stop()


def main() -> None:
    settle()
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--disk-ms", type=float, default=500)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = Report("recording")
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.do("record_start")
        desk.fill(options.messages)
        measure(report, desk, f"{options.messages:,} messages")
        desk.app.stop()
        recovery(report, Path(folder))
    sync = os.fsync

    def slow(file: int) -> None:
        time.sleep(options.disk_ms / 1000)
        sync(file)

    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.do("record_start")
        desk.fill(FEW)
        os.fsync = slow
        measure(report, desk, f"slow disk, {FEW:,} messages")
        os.fsync = sync
        desk.app.stop()
    report.note(
        f"the slow disk takes {options.disk_ms:g} ms longer for each sync of the program's own process"
    )
    report.show(sys.argv[1:])


if __name__ == "__main__":
    main()
