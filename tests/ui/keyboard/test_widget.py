"""The 25 keys on the screen: shape, mouse, touch, focus, and accessibility."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rubato_desktop.language.keys import COUNT
from rubato_desktop.ui.keyboard.key_labels import KeyLabel
from rubato_desktop.ui.keyboard.layout import is_black, key_rects
from rubato_desktop.ui.keyboard.widget import Keyboard
from rubato_desktop.ui.style.fitted_text import fit
from rubato_desktop.ui.style.theme import Theme

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def keyboard(qtbot: QtBot) -> Keyboard:
    shown = Keyboard(Theme("dark"))
    shown.resize(1400, 200)
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitExposed(shown)
    return shown


@pytest.fixture
def played(keyboard: Keyboard) -> list[str]:
    """Keys that went down and up, such as ``+7 -7``."""
    played: list[str] = []
    keyboard.pressed.connect(lambda key: played.append(f"+{key}"))
    keyboard.released.connect(lambda key: played.append(f"-{key}"))
    return played


def middle(keyboard: Keyboard, key: int) -> QPoint:
    """A point of a key that no other key covers."""
    area = keyboard.keys[key].geometry()
    return QPoint(area.center().x(), area.bottom() - 12)


def test_there_are_15_white_and_10_black_keys_within_the_area() -> None:
    area = QRectF(10, 20, 1000, 200)
    rects = key_rects(area)
    assert sum(map(is_black, range(COUNT))) == 10
    assert all(area.contains(rect) for rect in rects)
    whites = [rect for key, rect in enumerate(rects) if not is_black(key)]
    assert [round(left.right(), 6) for left in whites[:-1]] == [
        round(right.left(), 6) for right in whites[1:]
    ]


def test_each_black_key_lies_between_its_neighbours() -> None:
    rects = key_rects(QRectF(0, 0, 1500, 200))
    for key in filter(is_black, range(COUNT)):
        assert rects[key - 1].left() < rects[key].left() < rects[key].right() < rects[key + 1].right()


def test_a_mouse_click_plays_and_releases_a_key(keyboard: Keyboard, played: list[str]) -> None:
    for key in range(COUNT):
        QTest.mouseClick(
            keyboard.keys[key], Qt.MouseButton.LeftButton, pos=QPoint(10, keyboard.keys[key].height() - 9)
        )
    assert played == [f"{sign}{key}" for key in range(COUNT) for sign in "+-"]


def test_dragging_the_mouse_plays_each_key_on_the_way(keyboard: Keyboard, played: list[str]) -> None:
    for key in (0, 2, 4):
        keyboard.move_pointer("mouse", QPointF(middle(keyboard, key)))
    keyboard.move_pointer("mouse", None)
    assert played == ["+0", "-0", "+2", "-2", "+4", "-4"]


def test_dragging_off_the_keyboard_releases_the_key(keyboard: Keyboard, played: list[str]) -> None:
    keyboard.move_pointer("mouse", QPointF(middle(keyboard, 7)))
    keyboard.move_pointer("mouse", QPointF(-50, -50))
    assert played == ["+7", "-7"]


def test_two_fingers_play_a_chord(keyboard: Keyboard, played: list[str]) -> None:
    screen = QTest.createTouchDevice()
    touch = QTest.touchEvent(keyboard, screen)
    touch.press(1, middle(keyboard, 13), keyboard).press(2, middle(keyboard, 16), keyboard).commit()
    assert sorted(played) == ["+13", "+16"]
    QTest.touchEvent(keyboard, screen).release(1, middle(keyboard, 13), keyboard).release(
        2, middle(keyboard, 16), keyboard
    ).commit()
    assert sorted(played[2:]) == ["-13", "-16"]


def test_hiding_the_keyboard_releases_held_keys(keyboard: Keyboard, played: list[str]) -> None:
    keyboard.move_pointer("mouse", QPointF(middle(keyboard, 7)))
    keyboard.hide()
    assert played == ["+7", "-7"]


def test_arrow_keys_move_the_focus_and_the_space_bar_plays(
    keyboard: Keyboard, played: list[str], until: Until
) -> None:
    keyboard.activateWindow()
    keyboard.take_focus()
    until(keyboard.keys[0].hasFocus)
    for step in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left):
        QTest.keyClick(keyboard.focusWidget(), step)
    assert keyboard.keys[1].hasFocus()
    QTest.keyClick(keyboard.keys[1], Qt.Key.Key_Space)
    assert played == ["+1", "-1"]
    QTest.keyClick(keyboard.keys[1], Qt.Key.Key_End)
    assert keyboard.keys[24].hasFocus()


def test_the_tab_key_stops_once_at_the_keyboard(keyboard: Keyboard) -> None:
    keyboard.move_focus(0, Qt.Key.Key_Right)
    stops = [key.key for key in keyboard.keys if key.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert stops == [1]


def test_a_screen_reader_reads_the_label_of_a_key(keyboard: Keyboard) -> None:
    keyboard.show_labels([KeyLabel("completes", "click", language="core")] + [KeyLabel()] * 24)
    assert keyboard.keys[0].accessibleName() == "Key 0: completes click"
    assert keyboard.keys[1].accessibleName() == "Key 1: no word"


def test_a_held_key_looks_different(keyboard: Keyboard) -> None:
    before = keyboard.grab().toImage()
    keyboard.hold(7, True)
    assert keyboard.grab().toImage() != before
    keyboard.hold(7, False)
    assert keyboard.grab().toImage() == before


def test_completing_and_leading_look_different_without_colour(keyboard: Keyboard) -> None:
    pictures = []
    for kind in ("completes", "leads"):
        keyboard.show_labels([KeyLabel(kind, "click", language="core")] * COUNT)
        pictures.append(
            keyboard.grab().toImage().convertToFormat(keyboard.grab().toImage().Format.Format_Grayscale8)
        )
    assert pictures[0] != pictures[1]


LABELS = ("click", "right click", "start recording", "where am i", "find everywhere", "Donaudampfschifffahrt")


@pytest.mark.parametrize("width", [28, 36, 50, 82])
@pytest.mark.parametrize("label", LABELS)
def test_a_label_never_overflows_its_key(label: str, width: int, qapp: object) -> None:
    from PySide6.QtGui import QFontMetricsF

    face, lines = fit(label, width, 30, bold=True)
    metrics = QFontMetricsF(face)
    assert all(metrics.horizontalAdvance(line) <= width for line in lines)
    assert len(lines) * metrics.height() <= 31 or len(lines) == 1
