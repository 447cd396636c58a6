"""A process that records to a small real disk that fills up, in its own mount namespace.

    unshare --mount full_disk_process.py FOLDER ROUNDS SEED

It mounts a tmpfs of `SIZE` bytes on FOLDER. Each round fills the disk and records until writing fails. Then either
space is freed and the recording is stopped, or the process is killed and its recording recovered. The result of each
round is printed as a line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from recording_process import messages, numbers

from rubato_desktop.clock import SystemClock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, Event, Notice, Played
from rubato_desktop.services.sessions import journal
from rubato_desktop.services.sessions.journal_format import decode, decode_header
from rubato_desktop.services.sessions.recorder import Recorder
from rubato_desktop.services.sessions.session import list_sessions, read_session

SIZE = 256 * 1024
EXTRA = 100  # numbers played while the disk is full


class Disk:
    """A small disk, and the file that fills it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.filler = folder / "filler"

    @property
    def free(self) -> int:
        stat = os.statvfs(self.filler.parent)
        return stat.f_bavail * stat.f_frsize

    def fill(self, leaving: int) -> None:
        """Fill the disk except for `leaving` bytes."""
        with self.filler.open("wb") as file:
            file.write(b"\0" * max(0, self.free - leaving))

    def free_space(self) -> None:
        self.filler.unlink()


class NumberRecorder:
    """Plays numbers and records them."""

    def __init__(self, data: Path) -> None:
        self.clock, self.bus = SystemClock(), Bus()
        self.notices: list[Notice] = []
        self.recorder = Recorder(data, self.clock, self.bus)
        self.bus.subscribe(self.recorder.listen)
        self.bus.subscribe(self.listen)
        self.recorder.begin()
        self.recorder.recovered.result()
        self.recovered = [*self.notices]
        self.notices.clear()
        self.recorder.start(self.clock.now())
        self.played = 0
        self.times: list[int] = []  # monotonic time of each number, ns

    def listen(self, event: Event) -> None:
        if isinstance(event, Notice):
            self.notices.append(event)

    def play_until_full(self) -> None:
        while not self.notices:
            self.play(1)
            time.sleep(0.0005)  # interval between numbers

    def play(self, count: int) -> None:
        for _ in range(count):
            t = self.clock.now()
            for message in messages(t, self.played):
                self.bus.publish(Played(t, message))
            self.times.append(time.monotonic_ns())
            self.played += 1

    def wait_until_written(self) -> None:
        while len(self.notices) < 2:
            time.sleep(0.002)


def whole(path: Path) -> bool:
    """Return True if every line of a journal is readable."""
    lines = path.read_bytes().splitlines(keepends=True)
    decode_header(lines[0])
    return all(line.endswith(b"\n") and decode(line) for line in lines[1:])


def record_and_stop(disk: Disk, leaving: int, by_itself: bool) -> dict[str, object]:
    """Record on a full disk, free space and stop the recording.

    Args:
        disk: The disk.
        leaving: Free bytes at the start.
        by_itself: Whether the recorder resumes by itself before it is stopped; otherwise, it is stopped while the disk
            is full.
    """
    disk.fill(leaving)
    recording = NumberRecorder(disk.data)
    recording.play_until_full()
    recording.play(EXTRA)
    refused = ""
    if not by_itself:
        try:
            recording.recorder.stop(recording.clock.now()).result()
        except RubatoError as error:
            refused = error.code
    disk.free_space()
    if by_itself:
        recording.wait_until_written()
        recording.play(EXTRA)
        recording.recorder.stop(recording.clock.now()).result()
    recording.recorder.close()
    [info] = list_sessions(disk.data)
    [kept] = (disk.data / "journals/kept").glob("*.jsonl")
    return {
        "refused": refused,
        "complete": numbers(read_session(info.folder)) == list(range(recording.played)),
        "whole": whole(kept),
        "notices": [notice.happened for notice in recording.notices],
    }


def record_and_kill(disk: Disk, leaving: int) -> dict[str, object]:
    """Kill a recording process whose disk is full, free space and recover."""
    disk.fill(leaving)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        recording = NumberRecorder(disk.data)
        recording.play_until_full()
        os.write(writing, json.dumps(recording.times).encode() + b"\n")
        signal.pause()
    os.close(writing)
    with open(reading) as pipe:  # noqa: PTH123 - a file descriptor, not a path
        times = json.loads(pipe.readline())
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    disk.free_space()
    recording = NumberRecorder(disk.data)
    recording.recorder.close()
    session = next(info for info in list_sessions(disk.data) if info.recovered)
    kept = numbers(read_session(session.folder))
    return {
        "notices": [notice.happened for notice in recording.recovered],
        "whole": kept == list(range(len(kept))),
        "kept": len(kept),
        "lost_s": (times[-1] - times[len(kept)]) / 1e9 if len(kept) < len(times) else 0.0,
    }


def main(folder: Path, rounds: int, seed: int) -> None:
    journal.RETRY_S = 0.02
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=True)
    disk = Disk(folder)
    rng = random.Random(seed)
    for number in range(rounds):
        leaving = rng.randrange(8_192, 40_000)
        if number % 3 == 2:
            result = {"kind": "killed", **record_and_kill(disk, leaving)}
        else:
            by_itself = number % 3 == 0
            result = {
                "kind": "by itself" if by_itself else "later",
                **record_and_stop(disk, leaving, by_itself),
            }
        print(json.dumps(result), flush=True)
        subprocess.run(["rm", "-rf", disk.data], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
