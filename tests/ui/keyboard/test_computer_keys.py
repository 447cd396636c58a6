"""The computer's keyboard as the 25 keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rubato_desktop.language.keys import COUNT
from rubato_desktop.ui.keyboard.computer_keys import LAYOUT, XKB_OFFSET, ComputerKeys, key_of

NONE = Qt.KeyboardModifier.NoModifier


def event(code: Qt.Key, scan: int, virtual: int = 0, kind: QEvent.Type = QEvent.Type.KeyPress) -> QKeyEvent:
    return QKeyEvent(kind, code, NONE, scan, virtual, 0)


class Desk(QWidget):
    """A window with something to write in, and something not."""

    keys: ComputerKeys

    def __init__(self) -> None:
        super().__init__()
        self.field, self.button, self.choice = QLineEdit(), QPushButton("press"), QComboBox()
        layout = QVBoxLayout(self)
        for item in (self.field, self.button, self.choice):
            layout.addWidget(item)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    shown = Desk()
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    shown.button.setFocus()
    return shown


@pytest.fixture
def played(desk: Desk) -> list[str]:
    """What was played, such as ``+7 -7``."""
    heard: list[str] = []
    desk.keys = ComputerKeys(
        desk.windowHandle(), lambda key: heard.append(f"+{key}"), lambda key: heard.append(f"-{key}")
    )
    return heard


def test_25_different_places_play_25_keys() -> None:
    assert len(LAYOUT) == COUNT
    for places in zip(*((place.label, place.scan, place.mac) for place in LAYOUT), strict=True):
        assert len(set(places)) == COUNT


@pytest.mark.parametrize("key", range(COUNT))
def test_a_key_is_known_by_its_place_on_each_system(key: int) -> None:
    place = LAYOUT[key]
    # What is printed on it may be anything: here every key says Ä.
    letter = Qt.Key.Key_Adiaeresis
    assert key_of(event(letter, place.scan + XKB_OFFSET), "linux") == key
    assert key_of(event(letter, place.scan), "win32") == key
    assert key_of(event(letter, 0, place.mac), "darwin") == key


def test_without_a_place_the_letter_counts() -> None:
    assert key_of(event(Qt.Key.Key_Z, 0), "linux") == 0
    assert key_of(event(Qt.Key.Key_I, 0), "linux") == 24


def test_other_keys_play_nothing() -> None:
    assert key_of(event(Qt.Key.Key_P, 25 + XKB_OFFSET), "linux") is None
    assert key_of(event(Qt.Key.Key_Tab, 0), "linux") is None


def test_the_layout_rises_like_a_keyboard() -> None:
    assert "".join(place.label for place in LAYOUT) == "ZSXDCVGBHNJMQ2W3ER5T6Y7UI"


def test_pressing_and_releasing_plays(desk: Desk, played: list[str]) -> None:
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_Z)
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_B)
    QTest.keyRelease(desk.windowHandle(), Qt.Key.Key_Z)
    QTest.keyRelease(desk.windowHandle(), Qt.Key.Key_B)
    assert played == ["+0", "+7", "-0", "-7"]


def test_a_key_that_repeats_by_itself_plays_once(desk: Desk, played: list[str]) -> None:
    repeat = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Z, NONE, "z", True)
    up = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Z, NONE, "z", True)
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_Z)
    for one in (up, repeat, up, repeat):
        QApplication.sendEvent(desk.windowHandle(), one)
    QTest.keyRelease(desk.windowHandle(), Qt.Key.Key_Z)
    assert played == ["+0", "-0"]


def test_a_text_field_keeps_its_keys(desk: Desk, played: list[str]) -> None:
    desk.field.setFocus()
    for letter in (Qt.Key.Key_Z, Qt.Key.Key_B):
        QTest.keyClick(desk.windowHandle(), letter)
    assert (played, desk.field.text()) == ([], "zb")


@pytest.mark.parametrize(
    "modifier",
    [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier],
)
def test_shortcuts_are_left_alone(desk: Desk, played: list[str], modifier: Qt.KeyboardModifier) -> None:
    QTest.keyClick(desk.windowHandle(), Qt.Key.Key_Z, modifier)
    assert played == []


def test_shift_plays_all_the_same(desk: Desk, played: list[str]) -> None:
    QTest.keyClick(desk.windowHandle(), Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    assert played == ["+0", "-0"]


def test_losing_the_window_releases_what_is_held(desk: Desk, played: list[str], qtbot: QtBot) -> None:
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_Z)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: played == ["+0", "-0"])


def test_what_was_pressed_before_writing_began_is_still_released(desk: Desk, played: list[str]) -> None:
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_Z)
    desk.field.setFocus()
    QTest.keyRelease(desk.windowHandle(), Qt.Key.Key_Z)
    assert played == ["+0", "-0"]


def test_switched_off_nothing_plays(desk: Desk, played: list[str]) -> None:
    desk.keys.enabled = False
    QTest.keyClick(desk.windowHandle(), Qt.Key.Key_Z)
    assert played == []
