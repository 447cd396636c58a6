"""The devices panel, with a real MIDI system and a controller in another process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from controller import Controller
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from servers import JackServer

from rubato_desktop.app import App
from rubato_desktop.ui.panels.devices import DeviceRow, DevicesPanel, quantile
from rubato_desktop.ui.panels.word_log import WordLogPanel
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.window import MainWindow

Until = Callable[[Callable[[], object]], None]
KEYS = "Keystation 25"


@pytest.fixture
def connected(jack: JackServer, tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window of a program that looks for MIDI devices."""
    app = App(tmp_path / "data", sound=False)
    app.start()
    app.engine.set("folded", ["browser"])
    window = MainWindow(app.engine, Theme("dark"))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    app.stop()


def row(window: MainWindow) -> DeviceRow | None:
    return window.side.body(DevicesPanel)._rows.get(KEYS)


def test_a_device_is_plugged_in_used_and_unplugged(connected: MainWindow, until: Until) -> None:
    with Controller(KEYS) as keys:
        until(lambda: row(connected) is not None and row(connected).state.text() == "connected")
        assert connected.header.devices.text() == KEYS
        keys.play("12 5 5 12")
        until(lambda: "languages" in [line.title for line in connected.side.body(WordLogPanel).log.lines])
        keys.unplug()
        until(lambda: row(connected).state.text() == "not connected")
        until(lambda: connected.header.devices.text() == f"{KEYS}: not connected")


def test_role_use_and_lowest_key_are_set_in_its_row(connected: MainWindow, until: Until) -> None:
    with Controller(KEYS) as keys:
        until(lambda: row(connected) is not None and row(connected).learn.isEnabled())
        shown = row(connected)
        assert shown is not None
        shown.role.setCurrentIndex(shown.role.findData("command"))
        shown.role.activated.emit(shown.role.currentIndex())
        until(lambda: connected.engine.services.devices.states()[0].role == "command")
        shown.learn.click()
        until(lambda: shown.learn.text() == "Press it")
        keys.send("90 24 40", "80 24 00")
        until(lambda: shown.base.text() == "Lowest key: note 36")
        assert shown.learn.text() == "Learn"
        QTest.mouseClick(shown.used, Qt.MouseButton.LeftButton, pos=shown.used.rect().center() * 0.2)
        until(lambda: not connected.engine.services.devices.states()[0].used)
        until(lambda: shown.state.text() == "not used")


def test_computer_keys_and_echo_are_switched(window: MainWindow, app: App, until: Until) -> None:
    window.side.body(DevicesPanel).computer.click()
    until(lambda: not app.engine.settings.values.computer_keys)
    window.side.body(DevicesPanel).echo.click()
    until(lambda: not app.engine.settings.values.echo)
    app.engine.set("echo", True)
    until(window.side.body(DevicesPanel).echo.isChecked)


def test_the_chart_is_created_only_when_it_is_opened(window: MainWindow, app: App, until: Until) -> None:
    app.engine.set("folded", ["dictionary", "browser", "hearing", "answers"])
    until(window.side.body(DevicesPanel).isVisible)
    assert window.side.body(DevicesPanel)._chart is None
    app.engine.latency.extend([0.2, 0.3, 4.0])
    window.side.body(DevicesPanel).show_chart.click()
    assert (
        "Latency of the last 3 words, at most 4.00 ms"
        in window.side.body(DevicesPanel)._chart.accessibleName()
    )


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.95, 96), (1.0, 100), (0.0, 1)])
def test_quantiles(share: float, value: int) -> None:
    assert quantile(range(1, 101), share) == value
