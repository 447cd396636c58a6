"""Fixtures of the window's tests: the real program without devices and sound, and its real window, off screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from live_player import LivePlayer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pytestqt.qtbot import QtBot

from rubato_desktop.app import App
from rubato_desktop.events import Event
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.window import MainWindow


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The program, running, without devices and sound."""
    running = App(tmp_path / "data", devices=False, sound=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def player(app: App) -> LivePlayer:
    return LivePlayer(app)


@pytest.fixture
def publish(app: App) -> Callable[[Event], None]:
    """Publish an event on the engine's thread."""
    return lambda event: app.engine.post(lambda: app.bus.publish(event))


@pytest.fixture
def window(app: App, qtbot: QtBot) -> Iterator[MainWindow]:
    """The main window of the running program, in the dark theme."""
    shown = MainWindow(app.engine, Theme("dark"))
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    yield shown
    shown.close()


@pytest.fixture
def until(qtbot: QtBot) -> Callable[[Callable[[], object]], None]:
    """Wait until a condition holds."""

    def wait(holds: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(holds()), timeout=30_000)

    return wait
