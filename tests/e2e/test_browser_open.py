"""`rubato browser open`: from nothing to a connected browser, in a real Chromium on a real display."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from program import Program
from servers import Xvfb
from waiting import until
from web_server import Site

from rubato_desktop.services.browser.launcher import PROFILE

pytestmark = pytest.mark.xdist_group("browser")


def rubato(data: Path, *words: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    """Run the command line in a process of its own; returns its exit status, stdout and stderr."""
    command = [sys.executable, "-m", "rubato_desktop", *words, "--data", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, env=env or os.environ, timeout=60)
    return done.returncode, done.stdout, done.stderr


def browser_of(data: Path) -> int | None:
    """Return the process id of the profile's browser; its lock is a link named host-pid."""
    with contextlib.suppress(OSError, ValueError):
        return int((data / PROFILE / "SingletonLock").readlink().name.rpartition("-")[2])
    return None


def kill_browser(data: Path) -> None:
    if (process := browser_of(data)) is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(os.getpgid(process), signal.SIGKILL)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = Program(tmp_path / "data")
    yield running
    kill_browser(running.data)
    running.end(signal.SIGKILL)


def has_browser(program: Program) -> bool:
    return "browser" in program.ask("status")["value"]["has"]


def urls(program: Program) -> list[Any]:
    return [tab["url"] for tab in program.send("tabs")["value"] or []]


def test_opened_browser_is_confirmed_once_and_reconnects(program: Program, display: Xvfb, site: Site) -> None:
    data = program.data
    code, said, wrong = rubato(data, "browser", "open", site.page("article.html"), "--json")
    assert code == 0, wrong
    assert json.loads(said)["url"] == site.page("article.html")
    until(lambda: "connect" in program.ask("status")["value"]["question"], "the question")
    code, said, wrong = rubato(data, "browser", "pair")
    assert code == 0 and "is connected" in said, wrong
    until(lambda: has_browser(program), "the browser to connect")
    until(lambda: site.page("article.html") in urls(program), "the page to be open")
    # A second browser passes its page to the first one.
    assert rubato(data, "browser", "open", site.page("news.html"))[0] == 0
    until(lambda: site.page("news.html") in urls(program), "the second page to be open")
    kill_browser(data)
    until(lambda: not has_browser(program), "the browser to be gone")
    refused = program.send("scroll", "1")
    assert (refused["status"], refused["error"]["code"]) == ("refused", "needs_browser")
    (data / PROFILE / "SingletonLock").unlink(missing_ok=True)
    assert rubato(data, "browser", "open", site.page("news.html"))[0] == 0
    until(lambda: has_browser(program), "the browser to reconnect without a question")
    assert "connect" not in program.ask("status")["value"]["question"]


def test_pairing_without_a_waiting_browser_is_refused(program: Program) -> None:
    code, said, _ = rubato(program.data, "browser", "pair")
    assert code == 1 and "No browser is waiting" in said


def test_missing_screen_is_explained(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    code, said, wrong = rubato(tmp_path, "browser", "open", "about:blank", env=env)
    assert (code, said) == (2, "") and wrong == "rubato: There is no screen to open the browser on\n"
