"""What the world does to the bridge: whoever goes, comes back or has no business there."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bridge_fixtures import Bridge
from fake_extension import WINDOWS, FakeExtension, ok
from waiting import until

from extension_bridge.frames import frame
from extension_bridge.line import connect
from rubato_desktop.services.browser import Browser, BrowserError
from rubato_desktop.services.browser import browser as browser_module

Open = Callable[..., FakeExtension]
Start = Callable[..., Bridge]

APP = """
import sys
from pathlib import Path
from rubato_desktop.services.browser import Browser
browser = Browser(Path(sys.argv[1]), trust_all=True)
browser.start()
print("ready", flush=True)
if browser.wait(30):
    asked = browser.ask("read", deadline=60)
    print("asked", flush=True)
    asked.exception()
sys.stdin.readline()
"""


def app(data: Path) -> subprocess.Popen[str]:
    """The app's side in a process of its own, which asks for `read` as soon as a browser has joined."""
    process = subprocess.Popen(
        [sys.executable, "-c", APP, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


def address(bridge: Bridge) -> str:
    return str(json.loads((bridge.data / "bridge.json").read_bytes())["address"])


def test_an_app_that_is_killed_in_mid_command_is_told_at_once_and_its_command_never_comes_again(
    tmp_path: Path, open_browser: Open
) -> None:
    data = tmp_path / "data"
    killed = app(data)
    extension = open_browser(answer=lambda command: None)
    extension.wait_for("host", lambda args: args["app"] == "on")
    extension.join()
    until(lambda: extension.commands)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert extension.wait_for("host")["app"] == "off"
    assert (data / "bridge.json").exists(), "nobody took it back; it leads nowhere"
    with pytest.raises(OSError):
        connect(json.loads((data / "bridge.json").read_bytes())["address"])
    following = app(data)
    try:
        extension.wait_for("host", lambda args: args["app"] == "on")
        assert len(extension.commands) == 1
        extension.join()
        until(lambda: len(extension.commands) == 2, "only what the new one asked")
    finally:
        following.kill()
        following.communicate()


@pytest.mark.parametrize("how", ["host killed", "browser closed"])
def test_what_is_on_its_way_fails_exactly_once_when_the_browser_goes(
    how: str, bridge: Bridge, open_browser: Open
) -> None:
    extension = open_browser(answer=lambda command: None).join()
    assert bridge.browser.wait(30)
    ends: list[BaseException | None] = []
    asked = [bridge.browser.ask("read", deadline=1 + n) for n in range(3)]
    for future in asked:
        future.add_done_callback(lambda ended: ends.append(ended.exception()))
    until(lambda: len(extension.commands) == 3)
    (extension.kill if how == "host killed" else extension.close)()
    errors = [future.exception(30) for future in asked]
    assert [(e.status, e.code) for e in errors if isinstance(e, BrowserError)] == [
        ("failed", "disconnected")
    ] * 3
    until(lambda: not bridge.browser.connected)
    refused = bridge.browser.ask("read").exception(30)
    assert isinstance(refused, BrowserError) and refused.code == "needs_browser"
    assert len(ends) == 3
    # Whoever opens the browser again goes on.
    open_browser().join()
    assert bridge.browser.wait(30)
    bridge.browser.ask("ping").result(30)


def test_an_app_that_closes_ends_what_is_on_its_way(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser(answer=lambda command: None).join()
    assert bridge.browser.wait(30)
    asked = bridge.browser.ask("read", deadline=60)
    until(lambda: extension.commands)
    bridge.browser.close()
    error = asked.exception(30)
    assert isinstance(error, BrowserError) and error.code == "disconnected"
    bridge.browser.close()
    late = bridge.browser.ask("read").exception(30)
    assert isinstance(late, BrowserError) and late.code == "needs_browser"


def test_only_the_owner_can_reach_it_and_nothing_is_left_behind(bridge: Bridge) -> None:
    path = Path(address(bridge))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((bridge.data / "bridge.json").stat().st_mode) == 0o600
    bridge.browser.close()
    assert not path.parent.exists() and not (bridge.data / "bridge.json").exists()


def test_a_process_of_another_user_is_not_let_in_even_through_an_open_door(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(address(bridge))
    path.parent.chmod(0o777)
    path.chmod(0o777)
    root = os.geteuid() == 0
    if not root:
        # Nobody may become somebody else; so it is we who are somebody else.
        monkeypatch.setattr(os, "getuid", lambda: 65534)

    def knock() -> None:
        if root:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(path))
        with contextlib.suppress(OSError):
            line.sendall(frame(b'{"v":1,"id":1,"type":"command","name":"a","args":{},"deadline_ms":9}'))
            os.write(1, line.recv(100))
        os.write(1, b"that was all")

    # A line that is closed must not kill whoever speaks into it.
    done = subprocess.run(["true"], preexec_fn=knock, restore_signals=False, capture_output=True, timeout=60)
    assert done.stdout == b"that was all", "no answer came"
    assert "another user" in caplog.text
    monkeypatch.undo()
    connect(str(path)).close()


def test_the_host_does_not_speak_to_a_socket_of_another_user(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extension_bridge.line.user_of", lambda line: os.getuid() + 1)
    with pytest.raises(PermissionError):
        connect(address(bridge))


def test_random_bytes_on_the_socket_disturb_nobody(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    assert bridge.browser.wait(30)
    dice = random.Random(7)
    for _ in range(100):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(address(bridge))
            said = dice.randbytes(dice.randrange(3_000))
            if dice.random() < 0.7:
                said = b"".join(frame(dice.randbytes(dice.randrange(60))) for _ in range(20))
            line.sendall(said)
    bridge.browser.ask("ping").result(30)
    assert len(extension.commands) == 1


def test_a_stranger_on_the_socket_gets_no_word_in(start_bridge: Start) -> None:
    bridge = start_bridge()
    line = connect(address(bridge))
    line.send(json.dumps({"v": 1, "type": "event", "name": "windows", "args": WINDOWS}).encode())
    line.send(b'{"v":1,"id":4,"type":"command","name":"quit","args":{},"deadline_ms":9}')
    answer = line.receive()
    assert isinstance(answer, bytes) and json.loads(answer)["error"]["code"] == "pairing"
    line.close()
    assert bridge.requests == [] and bridge.browser.windows == ()


def test_another_version_that_reaches_the_app_is_told_and_taken_no_further(bridge: Bridge) -> None:
    line = connect(address(bridge))
    line.send(b'{"v":2,"id":1,"type":"hello","name":"extension","args":{},"deadline_ms":9}')
    answer = line.receive()
    assert isinstance(answer, bytes) and json.loads(answer)["error"]["code"] == "version"
    assert bridge.browser.problem and bridge.browser.problem.code == "version"
    assert "Update Rubato Desktop" in str(bridge.browser.problem)
    line.close()


def test_so_many_may_connect_and_no_more(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_module, "MAX_CONNECTIONS", 2)
    lines = [connect(address(bridge)) for _ in range(3)]
    assert lines[2].receive() is None
    for line in lines:
        line.close()


def test_a_data_folder_that_cannot_be_written_is_a_problem_in_words_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    browser = Browser(tmp_path / "file")
    browser.start()
    try:
        problem = browser.problem
        assert problem and problem.code == "needs_browser" and "No browser can connect" in problem.happened
        refused = browser.ask("ping").exception(30)
        assert isinstance(refused, BrowserError) and refused.happened == problem.happened
    finally:
        browser.close()


def test_whose_bridge_is_whose_is_not_mixed_up(start_bridge: Start) -> None:
    first = start_bridge()
    mine = address(first)
    second = start_bridge()
    assert address(second) != mine
    first.browser.close()
    assert address(second), "the second's own stays"


def test_an_extension_that_takes_nothing_any_more_is_let_go(
    bridge: Bridge, open_browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rubato_desktop.services.browser.connection.MAX_UNSENT", 50)
    extension = open_browser(answer=lambda command: ok(command, {})).join()
    assert bridge.browser.wait(30)
    extension.process.send_signal(signal.SIGSTOP)
    try:
        asked = [bridge.browser.ask("write", text="x" * 90_000, deadline=60) for _ in range(80)]
        errors = [future.exception(60) for future in asked]
        codes = [error.code for error in errors if isinstance(error, BrowserError)]
        assert (
            set(codes) <= {"disconnected", "needs_browser"}
            and len(codes) == 80
            and codes[0] == "disconnected"
        )
    finally:
        extension.process.send_signal(signal.SIGCONT)
