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
LANES = 10  # programs at the same time
FEW = pytest.param(1, id="a few times")
FIFTY = pytest.param(5, id="fifty times", marks=pytest.mark.long)
MIN_NUMBERS, MAX_NUMBERS = 30, 400  # numbers before a kill: 0.1 s to over 2 s
DISKS = 3
FEW_DISKS = pytest.param(3, id="a few times")
FIFTY_DISKS = pytest.param(17, id="fifty times", marks=pytest.mark.long)
SECOND_NS = 1_000_000_000


class Launcher:
    """Forks recording processes, which may be killed, faster than starting the program each time."""

    def __init__(self) -> None:
        script = [sys.executable, str(HERE / "recording_process.py")]
        self._process = subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, *arguments: Path) -> int:
        """Start a process and return its id."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps([str(argument) for argument in arguments]), file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()


@dataclass
class Lane:
    """A program that is started and killed repeatedly with the same data folder."""

    launcher: Launcher
    data: Path
    own: Path
    notices: list[str] = field(default_factory=list)  # of recovered recordings, of all starts
    process: int = 0

    @property
    def times(self) -> list[int]:
        """Time at which each number was played, ns."""
        content = (self.own / "times").read_bytes()
        return [int.from_bytes(content[at : at + TIME_BYTES]) for at in range(0, len(content), TIME_BYTES)]

    def start(self) -> None:
        self.own.mkdir(exist_ok=True)
        (self.own / "times").write_bytes(b"")
        self.process = self.launcher.start(self.data, self.own / "notices", self.own / "times")

    def kill(self, after: int) -> int:
        """Kill the program after it has played `after` numbers; return the time, ns."""
        until(
            lambda: (self.own / "times").stat().st_size >= after * TIME_BYTES,
            "the program to play the numbers",
        )
        when = time.monotonic_ns()
        os.kill(self.process, signal.SIGKILL)
        until(self._gone, "the program to end")
        self.notices += [
            line for line in json.loads((self.own / "notices").read_text()) if "recovered" in line
        ]
        return when

    def _gone(self) -> bool:
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return True
        return False


def recorded(info: SessionInfo) -> list[int]:
    return numbers(read_session(info.folder))


@pytest.fixture
def lanes(tmp_path: Path) -> Iterator[list[Lane]]:
    launcher = Launcher()
    yield [Lane(launcher, tmp_path / f"data-{number}", tmp_path / f"own-{number}") for number in range(LANES)]
    launcher.close()


@pytest.mark.parametrize("kills", [FEW, FIFTY])
def test_killed_program_loses_at_most_the_last_second(kills: int, lanes: list[Lane]) -> None:
    rng = random.Random(2)
    for _ in range(kills):
        for lane in lanes:
            lane.start()
        kills_in_order = sorted(
            ((rng.randrange(MIN_NUMBERS, MAX_NUMBERS), lane) for lane in lanes), key=lambda kill: kill[0]
        )
        killed = [(lane, lane.kill(after)) for after, lane in kills_in_order]
        for lane, when in killed:
            recovered = recover(lane.data)
            retained = [number for one in recovered for info in one.sessions for number in recorded(info)]
            assert retained == list(range(len(retained)))
            lost = [moment for moment in lane.times[len(retained) :] if moment < when]
            assert not lost or when - lost[0] <= SECOND_NS
            notices = [one.happened for one in recovered]
            assert not retained or f"{len(retained):,} notes and 0 words" in notices[0]


def test_next_start_reports_what_it_recovered(lanes: list[Lane]) -> None:
    lane = lanes[0]
    for _ in range(3):
        lane.start()
        lane.kill(after=200)
    oldest_first = list_sessions(lane.data)[::-1]
    assert len(lane.notices) == 2
    for info, notice in zip(oldest_first, lane.notices, strict=True):
        assert f"{len(recorded(info)):,} notes and 0 words" in notice
        assert str(info.folder) in notice


def test_programs_with_the_same_data_folder_do_not_interfere(lanes: list[Lane]) -> None:
    """Each start looks for crashed recordings while the other programs are recording."""
    together = lanes[:4]
    for lane in together:
        lane.data = lanes[0].data
        lane.start()
    for lane in together:
        lane.kill(after=150)
        assert lane.notices == []
    assert len(recover(lanes[0].data)) == 4
    for info in list_sessions(lanes[0].data):
        assert recorded(info) == list(range(info.notes))
        assert info.notes > 0


@pytest.mark.parametrize("times", [FEW_DISKS, FIFTY_DISKS])
def test_full_disk_loses_nothing_unless_the_program_is_killed(times: int, tmp_path: Path) -> None:
    """Uses real disks of 256 KiB, mounted by processes in their own namespaces."""
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    script = [*namespace, sys.executable, str(HERE / "full_disk_process.py"), str(tmp_path), str(times)]
    runs = [
        subprocess.Popen([*script, str(seed)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for seed in range(DISKS)
    ]
    rounds = []
    for run in runs:
        output, errors = run.communicate()
        assert run.returncode == 0, errors
        rounds += [json.loads(line) for line in output.splitlines()]
    assert len(rounds) == DISKS * times
    for result in rounds:
        assert result["whole"], result
        if result["kind"] == "killed":
            assert f"{result['kept']:,} notes" in result["notices"][0]
            assert result["kept"] > 0 and result["lost_s"] <= 1
            continue
        assert result["complete"], result
        assert result["refused"] == ("not_written" if result["kind"] == "later" else "")
        assert "is full" in result["notices"][0]
        assert result["notices"][1:] == ["The journal is being written again"]
