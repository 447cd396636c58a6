"""Pictures over the roll, as a hand, an eye and a screen reader find them; in the real window."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from live_player import LivePlayer
from picture_files import write_picture
from player import Player
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rubato_desktop.app import App
from rubato_desktop.ui.pianoroll import PianoRoll
from rubato_desktop.ui.window import MainWindow

Until = Callable[[Callable[[], object]], None]
TEAL = "#4fd1c5"


@pytest.fixture
def roll(app: App, window: MainWindow, tmp_path: Path, until: Until) -> PianoRoll:
    """The window's roll with a recording of some seconds open."""
    recorded = Player(tmp_path / "recorded")
    recorded.play("0 11 0")
    recorded.play("26 27 28 29 30 31 32 33 26 27 28 29 30 31 32 33")
    recorded.word("12 11 12 24")
    recorded.app.stop()
    (folder,) = (tmp_path / "recorded" / "sessions").glob("*/*/*")
    app.engine.run("open_file", path=str(folder)).result(10)
    until(lambda: window.roll.roll.scene.title)
    return window.roll.roll


@pytest.fixture
def laid(app: App, roll: PianoRoll, tmp_path: Path, until: Until) -> PianoRoll:
    """The same with a picture at 0, read and seen."""
    source = write_picture(tmp_path / "score.png", 400, 300, TEAL)
    app.engine.run("picture_add", picture=str(source), seconds=0.0).result(10)
    until(lambda: roll.painter.picture_boxes(roll.parts, roll.grid()) and centre(roll) == TEAL)
    return roll


def box(roll: PianoRoll) -> QPoint:
    ((_, where, _),) = roll.painter.picture_boxes(roll.parts, roll.grid())
    return where.center().toPoint()


def centre(roll: PianoRoll) -> str:
    return roll.grab().toImage().pixelColor(box(roll)).name()


def test_a_picture_is_seen_at_its_time(laid: PianoRoll) -> None:
    ((place, where, bottom),) = laid.painter.picture_boxes(laid.parts, laid.grid())
    assert place == 0 and where.left() == laid.parts.notes.left() + round(laid.grid().x(0))
    assert where.width() / where.height() == pytest.approx(4 / 3, rel=0.05)
    assert bottom == laid.parts.notes.bottom() + 1


def test_it_is_told_with_its_name_and_time(laid: PianoRoll, qtbot: QtBot) -> None:
    assert "Picture score.png at 0:00" in laid.summary()
    face = QAccessible.queryAccessibleInterface(laid.picture_list)
    assert face.text(QAccessible.Text.Name) == "Pictures over the pianoroll"
    assert face.child(0).text(QAccessible.Text.Name) == "Picture score.png at 0:00"
    assert laid.pointing.tip(QPointF(box(laid))).startswith("Picture score.png at 0:00\nClick: go there")


def test_a_click_goes_there_and_a_double_click_shows_it_large(
    app: App, window: MainWindow, laid: PianoRoll, qtbot: QtBot, until: Until
) -> None:
    app.engine.run("seek", seconds=0.2).result(10)
    qtbot.mouseClick(laid, Qt.MouseButton.LeftButton, pos=box(laid))
    until(lambda: app.engine.services.roll.position_now() == 0)
    qtbot.mouseDClick(laid, Qt.MouseButton.LeftButton, pos=box(laid))
    card = window.roll.card
    until(lambda: card.isVisible() and not card.image.pixmap().isNull())
    assert card.title.text() == "score.png at 0:00"
    shown = card.image.pixmap().toImage()
    assert shown.pixelColor(shown.rect().center()).name() == TEAL
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_by_keys_it_is_reached_and_opened(
    window: MainWindow, laid: PianoRoll, qtbot: QtBot, until: Until
) -> None:
    laid.picture_list.setFocus()
    qtbot.keyClick(laid.picture_list, Qt.Key.Key_Home)
    qtbot.keyClick(laid.picture_list, Qt.Key.Key_Return)
    until(window.roll.card.isVisible)


def test_by_words_it_is_shown_large(
    window: MainWindow, laid: PianoRoll, player: LivePlayer, until: Until
) -> None:
    player.play("23 11 12 23 14 12")
    until(window.roll.card.isVisible)
    assert window.roll.card.accessibleName() == "Picture score.png at 0:00"
    player.play("23 17 17 23")
    until(lambda: not window.roll.card.isVisible())  # the next word closes it


def test_one_that_is_taken_off_is_gone_and_its_card_closes(
    app: App, window: MainWindow, laid: PianoRoll, until: Until
) -> None:
    window.roll.card.show_picture(laid.pictures.items, 0)
    actions = {action.text(): action for action in laid.pointing.menu(None, 0, 0).actions()}
    actions["Take score.png off"].trigger()
    until(lambda: len(laid.pictures) == 0)
    assert not window.roll.card.isVisible() and not laid.picture_list.isVisible()


def test_a_picture_file_that_is_dropped_is_laid_there(
    app: App, roll: PianoRoll, tmp_path: Path, until: Until
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write_picture(tmp_path / "dropped.png")))])
    point = QPointF(roll.parts.notes.left() + roll.grid().x(400_000), roll.parts.notes.center().y())
    entered = QDragEnterEvent(
        point.toPoint(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(roll, entered)
    event = QDropEvent(
        point, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(roll, event)
    assert entered.isAccepted() and event.isAccepted()
    until(lambda: len(roll.pictures) == 1)
    assert roll.pictures.items[0].t == pytest.approx(400_000, abs=2 * roll.view.us_per_px)


def test_a_copy_that_is_gone_is_a_card_with_its_name(
    app: App, window: MainWindow, laid: PianoRoll, until: Until
) -> None:
    laid.pictures.items[0].path.unlink()
    app.engine.run("open_file", path=str(app.engine.services.roll.folder)).result(10)
    window.roll.card.show_picture(laid.pictures.items, 0)
    until(lambda: "cannot be shown" in window.roll.card.image.text())
    laid.grab()


def test_what_stands_close_leaves_room_and_stays_in_order(
    app: App, roll: PianoRoll, tmp_path: Path, until: Until
) -> None:
    for n in range(3):
        source = write_picture(tmp_path / f"{n}.png", 40 + n, 30)
        app.engine.run("picture_add", picture=str(source), seconds=0.1 * n).result(10)
    until(lambda: len(roll.pictures) == 3)
    boxes = [where for _, where, _ in roll.painter.picture_boxes(roll.parts, roll.grid())]
    assert all(one.right() <= two.left() for one, two in pairwise(boxes))


def test_the_button_puts_iterations_under_one_another(
    app: App, window: MainWindow, roll: PianoRoll, qtbot: QtBot, until: Until
) -> None:
    assert not window.roll.stack.isVisible()
    app.engine.run("iteration_start").result(10)
    until(window.roll.stack.isVisible)
    assert window.roll.stack.text() == "1 iteration"
    qtbot.mouseClick(window.roll.stack, Qt.MouseButton.LeftButton)
    until(lambda: roll.stack is not None)
    assert window.roll.stack.isChecked() and round(roll.view.span) == app.engine.services.roll.span
    qtbot.mouseClick(window.roll.stack, Qt.MouseButton.LeftButton)
    until(lambda: roll.stack is None)
    assert not window.roll.stack.isChecked()
