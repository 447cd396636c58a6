"""Latency of a key while a session is started, saved, stopped, named and recovered.

    .venv/bin/python benchmarks/recording.py [--messages 1000000] [--disk-ms 500] [--json]

A million messages are recorded first. Then notes arrive every few milliseconds, as from a device, while the session
is written; the measurement ends when the note is published. The same is repeated on a slow disk, where each sync takes
`--disk-ms` longer. A reference process that only sleeps measures the scheduling delays of the machine itself: a key
that was no later than the reference process was waiting for the processor.
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
MIN_DURATION_S = 5.0  # of each measurement
LIMIT_MS = 5
FEW = 5_000  # messages on the slow disk
SOURCE = "source"  # the device that fills the recording
NAME = [0, 16, 21]


# Sleeps repeatedly until its input ends, and prints by how much each sleep was too long (ms).
REFERENCE = """
import json, select, sys, time
late = []
while True:
    began = time.perf_counter()
    if select.select([sys.stdin], [], [], 0.003)[0]:
        break
    late.append((time.perf_counter() - began - 0.003) * 1000)
print(json.dumps(late))
"""


class ReferenceProcess:
    """A process that does nothing but measure its scheduling delays."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", REFERENCE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def stop(self) -> list[float]:
        """End the process and return its delays (ms)."""
        output, _ = self._process.communicate()
        return list(json.loads(output))


class Measurement(NamedTuple):
    """Delays of the keys and of the reference process (ms), and the duration of the operation (s)."""

    keys: list[float]
    reference: list[float]
    duration: float


class Session:
    """The program and a simulated player."""

    def __init__(self, data: Path) -> None:
        self.app = App(data, devices=False, sound=False)
        self.app.services.settings.set_device(SOURCE, role="performance")
        self._received = threading.Semaphore(0)
        self._published = 0
        self.app.bus.subscribe(self._on_event)
        self.app.start()
        self.app.engine.settle()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, Played) and event.message.device != SOURCE:
            self._published = time.perf_counter_ns()
            self._received.release()

    def do(self, command: str, **args: object) -> Result:
        return self.app.engine.run(command, **args).result()

    def fill(self, messages: int) -> None:
        """Play this many messages, as fast as the program takes them."""
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
        """Play a key and return its delay (ms)."""
        make = note_off if number % 2 else note_on
        began = time.perf_counter_ns()
        self.app.engine.receive(make(self.app.clock.now(), "controller", BASE_NOTE + 13))
        assert self._received.acquire(timeout=60)
        return (self._published - began) / 1e6

    def play_while(self, begin: Callable[[], Callable[[], bool]]) -> Measurement:
        """Play keys from before an operation begins until after it ends.

        Args:
            begin: Starts the operation; returns a function that tells whether it has ended.
        """
        reference = ReferenceProcess()
        delays = [self.key(number) for number in range(20)]
        has_ended = begin()
        began = time.perf_counter()
        duration = 0.0
        while not duration or time.perf_counter() - began < MIN_DURATION_S:
            delays.append(self.key(len(delays)))
            if not duration and has_ended():
                duration = time.perf_counter() - began
            time.sleep(GAP_S)
        return Measurement(delays, reference.stop(), duration)

    def play_during(self, command: str, **args: object) -> Measurement:
        """Play keys while a command runs."""
        results: list[Result] = []

        def begin() -> Callable[[], bool]:
            future = self.app.engine.run(command, **args)
            future.add_done_callback(lambda done: results.append(done.result()))
            return future.done

        measured = self.play_while(begin)
        assert results[0].status == "ok", results[0].text
        return measured


def add(report: Report, title: str, measurement: Measurement, target: float | None = LIMIT_MS) -> None:
    report.series(f"key while: {title}", measurement.keys, "ms", target=target, at="max")
    report.series("  reference process", measurement.reference, "ms")
    if measurement.duration > 0.01:
        report.figure("  duration", measurement.duration, "s")


def measure(report: Report, session: Session, title: str) -> None:
    add(report, f"idle, {title}", session.play_while(lambda: lambda: True), target=None)
    add(report, f"save, {title}", session.play_during("save"))
    add(report, f"stop, with a name, {title}", session.play_during("record_stop", name=NAME))
    add(report, f"start, {title}", session.play_during("record_start"))


def recovery(report: Report, data: Path) -> None:
    """Play keys while the recording of a crashed run is recovered."""
    journal = next((data / "journals" / "kept").glob("*.jsonl"))
    lines = journal.read_bytes().splitlines(keepends=True)
    with tempfile.TemporaryDirectory() as folder:
        crashed = Path(folder) / "journals" / "20260101-000000.jsonl"
        crashed.parent.mkdir()
        # As after a crash: no marks that the sessions were saved or that the program ended.
        marks = (b'{"kind":"mark","mark":"kept"', b'{"kind":"mark","mark":"end"')
        crashed.write_bytes(b"".join(line for line in lines if not line.startswith(marks)))
        del lines
        session = Session(Path(folder))
        measurement = session.play_while(lambda: lambda: not crashed.exists())
        add(report, "recovery at the next start", measurement)
        session.app.stop()


def main() -> None:
    settle()
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--disk-ms", type=float, default=500)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = Report("recording")
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder))
        session.do("record_start")
        session.fill(options.messages)
        measure(report, session, f"{options.messages:,} messages")
        session.app.stop()
        recovery(report, Path(folder))
    sync = os.fsync

    def slow(file: int) -> None:
        time.sleep(options.disk_ms / 1000)
        sync(file)

    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder))
        session.do("record_start")
        session.fill(FEW)
        os.fsync = slow
        measure(report, session, f"slow disk, {FEW:,} messages")
        os.fsync = sync
        session.app.stop()
    report.note(
        f"on the slow disk, each sync by the program's own process takes {options.disk_ms:g} ms longer"
    )
    report.show(sys.argv[1:])


if __name__ == "__main__":
    main()
