"""A killed program or a full disk loses at most the last second, and the next start reports what it recovered."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from e2e.recording_process import TIME_BYTES, numbers
from waiting import until

from rubato_desktop.services.sessions.recovery import recover
from rubato_desktop.services.sessions.session import SessionInfo, list_sessions, read_session

HERE = Path(__file__).parent
LANES = 10  # programs at one time
FEW = pytest.param(1, id="a few times")
FIFTY = pytest.param(5, id="fifty times", marks=pytest.mark.long)
LEAST, MOST = 30, 400  # numbers played before a kill: 0.1 s to 2 s and more
DISKS = 3
FEW_DISKS = pytest.param(3, id="a few times")
FIFTY_DISKS = pytest.param(17, id="fifty times", marks=pytest.mark.long)
SECOND_NS = 1_000_000_000


class Nursery:
    """Starts programs that record, quickly: each is a process of its own, and may be killed."""

    def __init__(self) -> None:
        script = [sys.executable, str(HERE / "recording_process.py")]
        self._process = subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, *arguments: Path) -> int:
        """Start a program; returns its process id."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps([str(argument) for argument in arguments]), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


@dataclass
class Lane:
    """A program that records into a data folder and is started and killed again and again."""

    nursery: Nursery
    data: Path
    own: Path
    said: list[str] = field(default_factory=list)  # by all starts: what they recovered
    process: int = 0

    @property
    def times(self) -> list[int]:
        """When the program played each number, ns."""
        content = (self.own / "times").read_bytes()
        return [int.from_bytes(content[at : at + TIME_BYTES]) for at in range(0, len(content), TIME_BYTES)]

    def start(self) -> None:
        self.own.mkdir(exist_ok=True)
        (self.own / "times").write_bytes(b"")
        self.process = self.nursery.start(self.data, self.own / "said", self.own / "times")

    def kill(self, after: int) -> int:
        """Kill the program when it has played so many numbers; returns when, ns."""
        until(lambda: (self.own / "times").stat().st_size >= after * TIME_BYTES, "the program to play")
        when = time.monotonic_ns()
        os.kill(self.process, signal.SIGKILL)
        until(self._gone, "the program to be gone")
        self.said += [line for line in json.loads((self.own / "said").read_text()) if "recovered" in line]
        return when

    def _gone(self) -> bool:
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        return False


def kept(info: SessionInfo) -> list[int]:
    return numbers(read_session(info.folder))


@pytest.fixture
def lanes(tmp_path: Path) -> Iterator[list[Lane]]:
    nursery = Nursery()
    yield [Lane(nursery, tmp_path / f"data-{number}", tmp_path / f"own-{number}") for number in range(LANES)]
    nursery.close()


@pytest.mark.parametrize("kills", [FEW, FIFTY])
def test_a_killed_program_loses_at_most_the_last_second(kills: int, lanes: list[Lane]) -> None:
    chance = random.Random(2)
    for _ in range(kills):
        for lane in lanes:
            lane.start()
        orders = sorted(((chance.randrange(LEAST, MOST), lane) for lane in lanes), key=lambda order: order[0])
        killed = [(lane, lane.kill(after)) for after, lane in orders]
        for lane, when in killed:
            recovered = recover(lane.data)
            found = [number for one in recovered for info in one.sessions for number in kept(info)]
            assert found == list(range(len(found)))
            lost = [moment for moment in lane.times[len(found) :] if moment < when]
            assert not lost or when - lost[0] <= SECOND_NS
            said = [one.happened for one in recovered]
            assert not found or f"{len(found):,} notes and 0 words" in said[0]


def test_the_next_start_says_what_it_recovered(lanes: list[Lane]) -> None:
    lane = lanes[0]
    for _ in range(3):
        lane.start()
        lane.kill(after=200)
    oldest_first = list_sessions(lane.data)[::-1]
    assert len(lane.said) == 2
    for info, said in zip(oldest_first, lane.said, strict=True):
        assert f"{len(kept(info)):,} notes and 0 words" in said
        assert str(info.folder) in said


def test_programs_with_one_data_folder_do_not_touch_one_another(lanes: list[Lane]) -> None:
    """Each start looks for what crashed while the others record."""
    together = lanes[:4]
    for lane in together:
        lane.data = lanes[0].data
        lane.start()
    for lane in together:
        lane.kill(after=150)
        assert lane.said == []
    assert len(recover(lanes[0].data)) == 4
    for info in list_sessions(lanes[0].data):
        assert kept(info) == list(range(info.notes))
        assert info.notes > 0


@pytest.mark.parametrize("times", [FEW_DISKS, FIFTY_DISKS])
def test_a_full_disk_loses_nothing_and_a_kill_then_what_came_after(times: int, tmp_path: Path) -> None:
    """On real disks of 256 KiB, which a process mounts in a namespace of its own."""
    alone = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    script = [*alone, sys.executable, str(HERE / "full_disk_process.py"), str(tmp_path), str(times)]
    runs = [
        subprocess.Popen([*script, str(seed)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for seed in range(DISKS)
    ]
    rounds = []
    for run in runs:
        told, wrong = run.communicate()
        assert run.returncode == 0, wrong
        rounds += [json.loads(line) for line in told.splitlines()]
    assert len(rounds) == DISKS * times
    for found in rounds:
        assert found["whole"], found
        if found["kind"] == "killed":
            assert f"{found['kept']:,} notes" in found["said"][0]
            assert found["kept"] > 0 and found["lost_s"] <= 1
            continue
        assert found["complete"], found
        assert found["refused"] == ("not_written" if found["kind"] == "later" else "")
        assert "is full" in found["notices"][0]
        assert found["notices"][1:] == ["The journal is being written again"]
