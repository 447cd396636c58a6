"""One program per data folder, tested with real processes."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.ipc import local_socket as local_socket
from rubato_desktop.ipc.single_instance import LOCK, SingleInstance, request

START = """
import json, os, sys
from pathlib import Path
from rubato_desktop.ipc.single_instance import SingleInstance, request
data = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
instance = SingleInstance.claim(data, lambda content: {"pid": os.getpid(), "received": content})
first = instance is not None
print(json.dumps({"first": first, "pid": os.getpid() if first else request(data, {"do": "front"})["pid"]}), flush=True)
sys.stdin.readline()
if instance is not None:
    instance.close()
"""


class Start:
    """A start of the program in its own process, up to the claim of the data folder."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line() == "ready"

    def go(self) -> None:
        self._say()

    def outcome(self) -> dict[str, Any]:
        outcome: dict[str, Any] = json.loads(self._line())
        return outcome

    def end(self) -> None:
        self._say()
        self.process.wait(30)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _say(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Return a folder for temporary files whose path is short enough for a socket, wherever pytest keeps its own."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def start(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Start]]:
    """Return a function that starts the program on a data folder; all are killed at the end."""
    monkeypatch.setenv("TMPDIR", str(temporary))
    with ExitStack() as ending:

        def begin(data: Path) -> Start:
            started = Start(data)
            ending.callback(started.kill)
            return started

        yield begin


@pytest.fixture
def first(start: Callable[..., Start], tmp_path: Path) -> Start:
    """The program, running on `tmp_path`/data."""
    running = start(tmp_path / "data")
    running.go()
    assert running.outcome()["first"]
    return running


def sockets(folder: Path) -> list[Path]:
    return list(folder.glob("rubato-*/*"))


def test_a_second_start_reaches_the_first(first: Start, start: Callable[..., Start], tmp_path: Path) -> None:
    second = start(tmp_path / "data")
    second.go()
    assert second.outcome() == {"first": False, "pid": first.process.pid}


def test_the_running_program_responds_to_a_request(first: Start, tmp_path: Path) -> None:
    content = {"do": "run", "command": "play", "args": {"seconds": 1.5, "name": "Prélude ♪"}}
    assert request(tmp_path / "data", content) == {"pid": first.process.pid, "received": content}


def test_another_data_folder_has_its_own_program(
    first: Start, start: Callable[..., Start], tmp_path: Path
) -> None:
    other = start(tmp_path / "other")
    other.go()
    assert other.outcome() == {"first": True, "pid": other.process.pid}


def test_after_a_kill_the_next_start_takes_over(
    first: Start, start: Callable[..., Start], tmp_path: Path, temporary: Path
) -> None:
    left_behind = sockets(temporary)
    first.kill()
    assert sockets(temporary) == left_behind
    following = start(tmp_path / "data")
    following.go()
    assert following.outcome()["first"]
    assert request(tmp_path / "data", {})["pid"] == following.process.pid
    assert not set(sockets(temporary)) & set(left_behind), "the socket of the killed one is gone"


def test_a_clean_end_leaves_no_socket_and_the_next_start_works(
    first: Start, start: Callable[..., Start], tmp_path: Path
) -> None:
    first.end()
    assert list(tmp_path.glob("rubato-*")) == []
    following = start(tmp_path / "data")
    following.go()
    assert following.outcome()["first"]


@pytest.mark.parametrize("killed_before", [False, True], ids=["on a fresh folder", "after a kill"])
def test_exactly_one_of_several_simultaneous_starts_wins(
    killed_before: bool, start: Callable[..., Start], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    if killed_before:
        before = start(data)
        before.go()
        before.outcome()
        before.kill()
    starts = [start(data) for _ in range(6)]
    for one in starts:
        one.go()
    outcomes = [one.outcome() for one in starts]
    beginners = [outcome["pid"] for outcome in outcomes if outcome["first"]]
    assert len(beginners) == 1
    assert {outcome["pid"] for outcome in outcomes} == set(beginners), "all others were answered by it"


def test_a_data_folder_with_a_long_path_works(start: Callable[..., Start], tmp_path: Path) -> None:
    data = tmp_path / ("a" * 120) / ("b" * 120)
    running = start(data)
    running.go()
    assert running.outcome()["first"]
    assert request(data, {})["pid"] == running.process.pid


def test_a_long_folder_for_temporary_files_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("t" * 120)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    instance = SingleInstance.claim(tmp_path, lambda content: {"heard": content})
    assert instance
    try:
        assert request(tmp_path, {"a": 1}) == {"heard": {"a": 1}}
    finally:
        instance.close()
    assert list(deep.iterdir()) == []


def test_only_the_owner_can_reach_it(first: Start, tmp_path: Path, temporary: Path) -> None:
    (socket,) = sockets(temporary)
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "data" / LOCK).stat().st_mode) == 0o600


def test_a_program_that_hangs_is_reported(first: Start, tmp_path: Path) -> None:
    os.kill(first.process.pid, signal.SIGSTOP)
    assert SingleInstance.claim(tmp_path / "data", lambda _: {}) is None
    with pytest.raises(RubatoError) as caught:
        request(tmp_path / "data", {"do": "front"}, timeout=0.2)
    assert caught.value.code == "no_answer"


def test_a_process_that_holds_the_folder_without_listening_is_named(tmp_path: Path) -> None:
    instance = SingleInstance.claim(tmp_path, lambda _: {})
    assert instance
    try:
        local_socket.remove(json.loads((tmp_path / LOCK).read_bytes())["address"])
        with pytest.raises(RubatoError) as caught:
            SingleInstance.claim(tmp_path, lambda _: {}, timeout=0.1)
    finally:
        instance.close()
    assert caught.value.code == "no_answer"
    assert str(os.getpid()) in caught.value.todo


@pytest.mark.parametrize(
    "left", [b"", b"{", b"[1]", b'{"address": 7}', b'{"address": "/nowhere/x"}', b"\xff\xfe"]
)
def test_old_content_of_the_lock_file_is_ignored(left: bytes, tmp_path: Path) -> None:
    (tmp_path / LOCK).write_bytes(left)
    with pytest.raises(RubatoError) as caught:
        request(tmp_path, {})
    assert caught.value.code == "not_running"
    instance = SingleInstance.claim(tmp_path, lambda _: {"ok": True})
    assert instance
    try:
        assert request(tmp_path, {}) == {"ok": True}
    finally:
        instance.close()


def test_a_file_that_is_not_a_socket_is_not_removed(tmp_path: Path) -> None:
    mine = tmp_path / "rubato.socket"
    mine.write_text("my own")
    (tmp_path / LOCK).write_text(json.dumps({"address": str(mine)}))
    instance = SingleInstance.claim(tmp_path, lambda _: {})
    assert instance
    instance.close()
    assert mine.read_text() == "my own"


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RubatoError) as caught:
        SingleInstance.claim(tmp_path / "file", lambda _: {})
    assert caught.value.code == "bad_data"
