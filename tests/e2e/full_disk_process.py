"""A program that records onto a real small disk that fills up, in a mount namespace of its own.

    unshare --mount full_disk_process.py FOLDER ROUNDS SEED

It mounts a disk of `SIZE` on FOLDER, and in each round records while a ballast leaves it no room: it makes room again
and stops, or it is killed and recovers. It prints what it found in each round, one line of JSON a round.
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
MORE = 100  # numbers played while there is no room


class Disk:
    """A small disk and what fills it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.ballast = folder / "ballast"

    @property
    def free(self) -> int:
        found = os.statvfs(self.ballast.parent)
        return found.f_bavail * found.f_frsize

    def fill(self, leaving: int) -> None:
        """Leave so many bytes."""
        with self.ballast.open("wb") as file:
            file.write(b"\0" * max(0, self.free - leaving))

    def make_room(self) -> None:
        self.ballast.unlink()


class Recording:
    """A recorder that plays numbers to itself."""

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
        self.times: list[int] = []  # ns, monotonic, of each number

    def listen(self, event: Event) -> None:
        if isinstance(event, Notice):
            self.notices.append(event)

    def play_until_full(self) -> None:
        while not self.notices:
            self.play(1)
            time.sleep(0.0005)  # the tempo

    def play(self, more: int) -> None:
        for _ in range(more):
            t = self.clock.now()
            for message in messages(t, self.played):
                self.bus.publish(Played(t, message))
            self.times.append(time.monotonic_ns())
            self.played += 1

    def wait_for_room(self) -> None:
        while len(self.notices) < 2:
            time.sleep(0.002)


def whole(path: Path) -> bool:
    """True when every line of a journal can be read."""
    lines = path.read_bytes().splitlines(keepends=True)
    decode_header(lines[0])
    return all(line.endswith(b"\n") and decode(line) for line in lines[1:])


def room_is_made(disk: Disk, leaving: int, by_itself: bool) -> dict[str, object]:
    """Record through a full disk; room is made, and the recording is stopped after or in between."""
    disk.fill(leaving)
    recording = Recording(disk.data)
    recording.play_until_full()
    recording.play(MORE)
    refused = ""
    if not by_itself:
        try:
            recording.recorder.stop(recording.clock.now()).result()
        except RubatoError as error:
            refused = error.code
    disk.make_room()
    if by_itself:
        recording.wait_for_room()
        recording.play(MORE)
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


def killed(disk: Disk, leaving: int) -> dict[str, object]:
    """Kill a program whose disk is full, make room, and recover."""
    disk.fill(leaving)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        recording = Recording(disk.data)
        recording.play_until_full()
        os.write(writing, json.dumps(recording.times).encode() + b"\n")
        signal.pause()
    os.close(writing)
    with open(reading) as pipe:  # noqa: PTH123 - a file descriptor, not a path
        times = json.loads(pipe.readline())
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    disk.make_room()
    recording = Recording(disk.data)
    recording.recorder.close()
    found = next(info for info in list_sessions(disk.data) if info.recovered)
    kept = numbers(read_session(found.folder))
    return {
        "said": [notice.happened for notice in recording.recovered],
        "whole": kept == list(range(len(kept))),
        "kept": len(kept),
        "lost_s": (times[-1] - times[len(kept)]) / 1e9 if len(kept) < len(times) else 0.0,
    }


def main(folder: Path, rounds: int, seed: int) -> None:
    journal.RETRY_S = 0.02
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=True)
    disk = Disk(folder)
    chance = random.Random(seed)
    for number in range(rounds):
        leaving = chance.randrange(8_192, 40_000)
        if number % 3 == 2:
            found = {"kind": "killed", **killed(disk, leaving)}
        else:
            by_itself = number % 3 == 0
            found = {"kind": "by itself" if by_itself else "later", **room_is_made(disk, leaving, by_itself)}
        print(json.dumps(found), flush=True)
        subprocess.run(["rm", "-rf", disk.data], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
