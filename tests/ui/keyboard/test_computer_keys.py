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
    """A window with a text field, a button and a choice."""

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
    """Keys that went down and up, such as ``+7 -7``."""
    played: list[str] = []
    desk.keys = ComputerKeys(
        desk.windowHandle(), lambda key: played.append(f"+{key}"), lambda key: played.append(f"-{key}")
    )
    return played


def test_25_different_positions_play_the_25_keys() -> None:
    assert len(LAYOUT) == COUNT
    for codes in zip(*((position.label, position.scan, position.mac) for position in LAYOUT), strict=True):
        assert len(set(codes)) == COUNT


@pytest.mark.parametrize("key", range(COUNT))
def test_a_key_is_recognised_by_its_position_on_each_system(key: int) -> None:
    position = LAYOUT[key]
    # Whatever is printed on it: here, Ä on every key.
    letter = Qt.Key.Key_Adiaeresis
    assert key_of(event(letter, position.scan + XKB_OFFSET), "linux") == key
    assert key_of(event(letter, position.scan), "win32") == key
    assert key_of(event(letter, 0, position.mac), "darwin") == key


def test_without_a_scan_code_the_letter_decides() -> None:
    assert key_of(event(Qt.Key.Key_Z, 0), "linux") == 0
    assert key_of(event(Qt.Key.Key_I, 0), "linux") == 24


def test_other_keys_play_nothing() -> None:
    assert key_of(event(Qt.Key.Key_P, 25 + XKB_OFFSET), "linux") is None
    assert key_of(event(Qt.Key.Key_Tab, 0), "linux") is None


def test_the_layout_rises_like_a_keyboard() -> None:
    assert "".join(position.label for position in LAYOUT) == "ZSXDCVGBHNJMQ2W3ER5T6Y7UI"


def test_press_and_release_play(desk: Desk, played: list[str]) -> None:
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_Z)
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_B)
    QTest.keyRelease(desk.windowHandle(), Qt.Key.Key_Z)
    QTest.keyRelease(desk.windowHandle(), Qt.Key.Key_B)
    assert played == ["+0", "+7", "-0", "-7"]


def test_a_repeating_key_plays_once(desk: Desk, played: list[str]) -> None:
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


def test_shift_does_not_matter(desk: Desk, played: list[str]) -> None:
    QTest.keyClick(desk.windowHandle(), Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    assert played == ["+0", "-0"]


def test_a_window_that_loses_the_focus_releases_held_keys(
    desk: Desk, played: list[str], qtbot: QtBot
) -> None:
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_Z)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: played == ["+0", "-0"])


def test_a_key_held_while_the_focus_moves_to_a_text_field_is_released(desk: Desk, played: list[str]) -> None:
    QTest.keyPress(desk.windowHandle(), Qt.Key.Key_Z)
    desk.field.setFocus()
    QTest.keyRelease(desk.windowHandle(), Qt.Key.Key_Z)
    assert played == ["+0", "-0"]


def test_nothing_plays_while_it_is_off(desk: Desk, played: list[str]) -> None:
    desk.keys.enabled = False
    QTest.keyClick(desk.windowHandle(), Qt.Key.Key_Z)
    assert played == []
