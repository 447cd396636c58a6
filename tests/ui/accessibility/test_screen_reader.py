"""Whether a screen reader is running, from a real session bus, and what the window announces to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from screen_reader import accessible_bus, switch_reader

from rubato_desktop.events import EntryRead
from rubato_desktop.ui.accessibility import screen_reader
from rubato_desktop.ui.accessibility.announce import announcement
from rubato_desktop.ui.window import MainWindow

# Qt connects to the bus once per process, so each query runs in a process of its own.
QUERY = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication
app = QApplication([])
from rubato_desktop.ui.accessibility.screen_reader import is_running
print(is_running())
"""


@pytest.fixture(scope="module")
def bus() -> Iterator[Any]:
    with accessible_bus() as started:
        yield started


def query() -> str:
    done = subprocess.run(
        [sys.executable, "-c", QUERY], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def test_start_and_end_of_a_screen_reader_are_noticed(bus: Any) -> None:
    assert query() == "False", "nobody has started the accessibility bus"
    switch_reader(True)
    assert query() == "True"
    switch_reader(False)
    assert query() == "False"


@pytest.mark.parametrize(
    ("platform", "function"), [("linux", "_on_linux"), ("win32", "_on_windows"), ("darwin", "_on_macos")]
)
def test_each_system_has_its_own_query_and_a_failed_one_means_no(
    monkeypatch: pytest.MonkeyPatch, platform: str, function: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(screen_reader, function, lambda: True)
    assert screen_reader.is_running()

    def fails() -> bool:
        raise OSError("no such program")

    monkeypatch.setattr(screen_reader, function, fails)
    assert not screen_reader.is_running()


def test_the_window_reports_a_screen_reader_to_the_services(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, until: Callable[[Callable[[], object]], None]
) -> None:
    monkeypatch.setattr("rubato_desktop.ui.accessibility.screen_reader.QAccessible.isActive", lambda: True)
    monkeypatch.setattr(screen_reader, "is_running", lambda: True)
    window.screen_reader.poll()
    assert window.engine.services.state.announced
    monkeypatch.setattr(screen_reader, "is_running", lambda: False)
    until(lambda: not window.engine.services.state.announced)


def test_an_entry_is_announced_except_in_a_password_field() -> None:
    assert announcement(EntryRead(0, "name", keys=(0, 16, 0))) == "0 16 0"
    assert announcement(EntryRead(0, "write", text="hello")) == "hello"
    assert announcement(EntryRead(0, "write", text="secret"), secret=True) == ""
