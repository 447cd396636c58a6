"""Whether a screen reader runs, asked of a real session bus; and what the window announces to it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from screen_reader import accessible_bus, switch_reader

from rubato_desktop.events import EntryRead
from rubato_desktop.ui.accessibility import screen_reader
from rubato_desktop.ui.accessibility.announce import said
from rubato_desktop.ui.window import MainWindow

# Qt joins the bus of its process once and for all: each look is a process of its own.
LOOK = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication
app = QApplication([])
from rubato_desktop.ui.accessibility.screen_reader import runs
print(runs())
"""


@pytest.fixture(scope="module")
def bus() -> Iterator[Any]:
    with accessible_bus() as started:
        yield started


def look() -> str:
    done = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def test_it_is_seen_when_it_begins_and_when_it_ends(bus: Any) -> None:
    assert look() == "False", "nobody has started the accessibility bus"
    switch_reader(True)
    assert look() == "True"
    switch_reader(False)
    assert look() == "False"


@pytest.mark.parametrize(
    ("platform", "look"), [("linux", "_on_linux"), ("win32", "_on_windows"), ("darwin", "_on_macos")]
)
def test_each_system_is_asked_in_its_way_and_one_that_does_not_answer_has_none(
    monkeypatch: pytest.MonkeyPatch, platform: str, look: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(screen_reader, look, lambda: True)
    assert screen_reader.runs()

    def fails() -> bool:
        raise OSError("no such program")

    monkeypatch.setattr(screen_reader, look, fails)
    assert not screen_reader.runs()


def test_the_window_tells_the_services_and_the_services_the_voice(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, until: Callable[[Callable[[], object]], None]
) -> None:
    monkeypatch.setattr("rubato_desktop.ui.accessibility.screen_reader.QAccessible.isActive", lambda: True)
    monkeypatch.setattr(screen_reader, "runs", lambda: True)
    window.screen_reader.look()
    assert window.engine.services.state.announced
    monkeypatch.setattr(screen_reader, "runs", lambda: False)
    until(lambda: not window.engine.services.state.announced)


def test_an_entry_is_announced_but_not_what_is_written_into_a_password_field() -> None:
    assert said(EntryRead(0, "name", keys=(0, 16, 0))) == "0 16 0"
    assert said(EntryRead(0, "write", text="hello")) == "hello"
    assert said(EntryRead(0, "write", text="secret"), secret=True) == ""
