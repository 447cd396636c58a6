"""Faults of the bridge: killed processes, disconnects, foreign processes and invalid input."""

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
    pending = browser.ask("read", deadline=60)
    print("pending", flush=True)
    pending.exception()
sys.stdin.readline()
"""


def app(data: Path) -> subprocess.Popen[str]:
    """Run the app's side in a process of its own; it sends `read` as soon as a browser connects."""
    process = subprocess.Popen(
        [sys.executable, "-c", APP, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline() == "ready\n"
    return process


def address(bridge: Bridge) -> str:
    return str(json.loads((bridge.data / "bridge.json").read_bytes())["address"])


def test_killed_app_is_reported_and_its_command_not_repeated(tmp_path: Path, open_browser: Open) -> None:
    data = tmp_path / "data"
    killed = app(data)
    extension = open_browser(answer=lambda command: None)
    extension.wait_for("host", lambda args: args["app"] == "on")
    extension.join()
    until(lambda: extension.commands)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert extension.wait_for("host")["app"] == "off"
    assert (data / "bridge.json").exists(), "it is left behind, but nothing listens there"
    with pytest.raises(OSError):
        connect(json.loads((data / "bridge.json").read_bytes())["address"])
    following = app(data)
    try:
        extension.wait_for("host", lambda args: args["app"] == "on")
        assert len(extension.commands) == 1
        extension.join()
        until(lambda: len(extension.commands) == 2, "only the new app's request")
    finally:
        following.kill()
        following.communicate()


@pytest.mark.parametrize("how", ["host killed", "browser closed"])
def test_pending_commands_fail_once_when_the_browser_disconnects(
    how: str, bridge: Bridge, open_browser: Open
) -> None:
    extension = open_browser(answer=lambda command: None).join()
    assert bridge.browser.wait(30)
    ends: list[BaseException | None] = []
    pending = [bridge.browser.ask("read", deadline=1 + n) for n in range(3)]
    for future in pending:
        future.add_done_callback(lambda ended: ends.append(ended.exception()))
    until(lambda: len(extension.commands) == 3)
    (extension.kill if how == "host killed" else extension.close)()
    errors = [future.exception(30) for future in pending]
    assert [(e.status, e.code) for e in errors if isinstance(e, BrowserError)] == [
        ("failed", "disconnected")
    ] * 3
    until(lambda: not bridge.browser.connected)
    refused = bridge.browser.ask("read").exception(30)
    assert isinstance(refused, BrowserError) and refused.code == "needs_browser"
    assert len(ends) == 3
    # A new connection works.
    open_browser().join()
    assert bridge.browser.wait(30)
    bridge.browser.ask("ping").result(30)


def test_closing_the_app_fails_pending_commands(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser(answer=lambda command: None).join()
    assert bridge.browser.wait(30)
    pending = bridge.browser.ask("read", deadline=60)
    until(lambda: extension.commands)
    bridge.browser.close()
    error = pending.exception(30)
    assert isinstance(error, BrowserError) and error.code == "disconnected"
    bridge.browser.close()
    late = bridge.browser.ask("read").exception(30)
    assert isinstance(late, BrowserError) and late.code == "needs_browser"


def test_socket_is_private_and_removed_at_the_end(bridge: Bridge) -> None:
    path = Path(address(bridge))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((bridge.data / "bridge.json").stat().st_mode) == 0o600
    bridge.browser.close()
    assert not path.parent.exists() and not (bridge.data / "bridge.json").exists()


def test_process_of_another_user_is_refused(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = Path(address(bridge))
    path.parent.chmod(0o777)
    path.chmod(0o777)
    root = os.geteuid() == 0
    if not root:
        # Without root, a process cannot change its user; pretend that ours differs.
        monkeypatch.setattr(os, "getuid", lambda: 65534)

    def connect_as_nobody() -> None:
        if root:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        line = socket.socket(socket.AF_UNIX)
        line.connect(str(path))
        with contextlib.suppress(OSError):
            line.sendall(frame(b'{"v":1,"id":1,"type":"command","name":"a","args":{},"deadline_ms":9}'))
            os.write(1, line.recv(100))
        os.write(1, b"done")

    # SIGPIPE stays ignored, so that writing to a closed socket does not kill the process.
    done = subprocess.run(
        ["true"], preexec_fn=connect_as_nobody, restore_signals=False, capture_output=True, timeout=60
    )
    assert done.stdout == b"done", "there was no answer"
    assert "another user" in caplog.text
    monkeypatch.undo()
    connect(str(path)).close()


def test_host_refuses_a_socket_of_another_user(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extension_bridge.line.user_of", lambda line: os.getuid() + 1)
    with pytest.raises(PermissionError):
        connect(address(bridge))


def test_random_bytes_on_the_socket_do_no_harm(bridge: Bridge, open_browser: Open) -> None:
    extension = open_browser().join()
    assert bridge.browser.wait(30)
    rng = random.Random(7)
    for _ in range(100):
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(address(bridge))
            said = rng.randbytes(rng.randrange(3_000))
            if rng.random() < 0.7:
                said = b"".join(frame(rng.randbytes(rng.randrange(60))) for _ in range(20))
            line.sendall(said)
    bridge.browser.ask("ping").result(30)
    assert len(extension.commands) == 1


def test_unpaired_connection_can_do_nothing(start_bridge: Start) -> None:
    bridge = start_bridge()
    line = connect(address(bridge))
    line.send(json.dumps({"v": 1, "type": "event", "name": "windows", "args": WINDOWS}).encode())
    line.send(b'{"v":1,"id":4,"type":"command","name":"quit","args":{},"deadline_ms":9}')
    answer = line.receive()
    assert isinstance(answer, bytes) and json.loads(answer)["error"]["code"] == "pairing"
    line.close()
    assert bridge.requests == [] and bridge.browser.windows == ()


def test_version_mismatch_is_reported(bridge: Bridge) -> None:
    line = connect(address(bridge))
    line.send(b'{"v":2,"id":1,"type":"hello","name":"extension","args":{},"deadline_ms":9}')
    answer = line.receive()
    assert isinstance(answer, bytes) and json.loads(answer)["error"]["code"] == "version"
    assert bridge.browser.problem and bridge.browser.problem.code == "version"
    assert "Update Rubato Desktop" in str(bridge.browser.problem)
    line.close()


def test_connections_are_limited(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_module, "MAX_CONNECTIONS", 2)
    lines = [connect(address(bridge)) for _ in range(3)]
    assert lines[2].receive() is None
    for line in lines:
        line.close()


def test_unwritable_data_folder_becomes_a_problem(tmp_path: Path) -> None:
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


def test_closing_one_bridge_keeps_the_other(start_bridge: Start) -> None:
    first = start_bridge()
    mine = address(first)
    second = start_bridge()
    assert address(second) != mine
    first.browser.close()
    assert address(second), "the second one's file stays"


def test_extension_that_stops_reading_is_disconnected(
    bridge: Bridge, open_browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rubato_desktop.services.browser.connection.MAX_UNSENT", 50)
    extension = open_browser(answer=lambda command: ok(command, {})).join()
    assert bridge.browser.wait(30)
    extension.process.send_signal(signal.SIGSTOP)
    try:
        pending = [bridge.browser.ask("write", text="x" * 90_000, deadline=60) for _ in range(80)]
        errors = [future.exception(60) for future in pending]
        codes = [error.code for error in errors if isinstance(error, BrowserError)]
        assert (
            set(codes) <= {"disconnected", "needs_browser"}
            and len(codes) == 80
            and codes[0] == "disconnected"
        )
    finally:
        extension.process.send_signal(signal.SIGCONT)
