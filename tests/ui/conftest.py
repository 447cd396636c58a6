"""What the window's tests share: the real program without devices and sound, and its real window, off screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pytestqt.qtbot import QtBot

from rubato_desktop.app import App
from rubato_desktop.language.keys import read_line
from rubato_desktop.midi.messages import note_off, note_on
from rubato_desktop.ui.theme import Theme
from rubato_desktop.ui.window import MainWindow


@dataclass
class Player:
    """Somebody at a controller that is not the screen."""

    app: App
    device: str = "controller"

    def down(self, key: int) -> None:
        self.app.engine.receive(note_on(self.app.clock.now(), self.device, 48 + key))

    def up(self, key: int) -> None:
        self.app.engine.receive(note_off(self.app.clock.now(), self.device, 48 + key))

    def play(self, line: str) -> None:
        """Play a line of keys such as ``0 7 0 13+15``; rests are not waited for."""
        for press in read_line(line):
            (self.down if press.down else self.up)(press.key)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The program, running, without devices and sound."""
    running = App(tmp_path / "data", devices=False, sound=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def player(app: App) -> Player:
    return Player(app)


@pytest.fixture
def window(app: App, qtbot: QtBot) -> Iterator[MainWindow]:
    """The main window of the running program, dark."""
    shown = MainWindow(app.engine, Theme("dark"))
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    """Wait until something is so."""

    def wait(holds: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(holds()), timeout=5000)

    return wait
