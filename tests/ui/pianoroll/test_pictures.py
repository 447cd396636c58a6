"""Pictures over the roll in the real window: painting, mouse and keyboard control, and accessibility."""

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
    """The roll of the window with an open recording of some seconds."""
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
def with_picture(app: App, roll: PianoRoll, tmp_path: Path, until: Until) -> PianoRoll:
    """The roll with a picture at 0 s, loaded and painted."""
    source = write_picture(tmp_path / "score.png", 400, 300, TEAL)
    app.engine.run("picture_add", picture=str(source), seconds=0.0).result(10)
    until(lambda: roll.painter.picture_boxes(roll.parts, roll.grid()) and centre(roll) == TEAL)
    return roll


def box(roll: PianoRoll) -> QPoint:
    ((_, where, _),) = roll.painter.picture_boxes(roll.parts, roll.grid())
    return where.center().toPoint()


def centre(roll: PianoRoll) -> str:
    return roll.grab().toImage().pixelColor(box(roll)).name()


def test_picture_is_painted_at_its_time(with_picture: PianoRoll) -> None:
    ((index, where, bottom),) = with_picture.painter.picture_boxes(with_picture.parts, with_picture.grid())
    assert index == 0 and where.left() == with_picture.parts.notes.left() + round(with_picture.grid().x(0))
    assert where.width() / where.height() == pytest.approx(4 / 3, rel=0.05)
    assert bottom == with_picture.parts.notes.bottom() + 1


def test_picture_is_described_with_name_and_time(with_picture: PianoRoll, qtbot: QtBot) -> None:
    assert "Picture score.png at 0:00" in with_picture.summary()
    accessible = QAccessible.queryAccessibleInterface(with_picture.picture_list)
    assert accessible.text(QAccessible.Text.Name) == "Pictures over the pianoroll"
    assert accessible.child(0).text(QAccessible.Text.Name) == "Picture score.png at 0:00"
    assert with_picture.hit_test.tip(QPointF(box(with_picture))).startswith(
        "Picture score.png at 0:00\nClick: go there"
    )


def test_click_seeks_and_double_click_enlarges(
    app: App, window: MainWindow, with_picture: PianoRoll, qtbot: QtBot, until: Until
) -> None:
    app.engine.run("seek", seconds=0.2).result(10)
    qtbot.mouseClick(with_picture, Qt.MouseButton.LeftButton, pos=box(with_picture))
    until(lambda: app.engine.services.roll.position_now() == 0)
    qtbot.mouseDClick(with_picture, Qt.MouseButton.LeftButton, pos=box(with_picture))
    card = window.roll.card
    until(lambda: card.isVisible() and not card.image.pixmap().isNull())
    assert card.title.text() == "score.png at 0:00"
    shown = card.image.pixmap().toImage()
    assert shown.pixelColor(shown.rect().center()).name() == TEAL
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_picture_is_opened_with_the_computer_keyboard(
    window: MainWindow, with_picture: PianoRoll, qtbot: QtBot, until: Until
) -> None:
    with_picture.picture_list.setFocus()
    qtbot.keyClick(with_picture.picture_list, Qt.Key.Key_Home)
    qtbot.keyClick(with_picture.picture_list, Qt.Key.Key_Return)
    until(window.roll.card.isVisible)


def test_picture_is_enlarged_with_played_words(
    window: MainWindow, with_picture: PianoRoll, player: LivePlayer, until: Until
) -> None:
    player.play("23 11 12 23 14 12")
    until(window.roll.card.isVisible)
    assert window.roll.card.accessibleName() == "Picture score.png at 0:00"
    player.play("23 17 17 23")
    until(lambda: not window.roll.card.isVisible())  # the next word closes it


def test_removing_a_picture_closes_its_card(
    app: App, window: MainWindow, with_picture: PianoRoll, until: Until
) -> None:
    window.roll.card.show_picture(with_picture.pictures.items, 0)
    actions = {action.text(): action for action in with_picture.hit_test.menu(None, 0, 0).actions()}
    actions["Remove score.png"].trigger()
    until(lambda: len(with_picture.pictures) == 0)
    assert not window.roll.card.isVisible() and not with_picture.picture_list.isVisible()


def test_dropped_picture_file_is_added(app: App, roll: PianoRoll, tmp_path: Path, until: Until) -> None:
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


def test_missing_picture_file_shows_its_name(
    app: App, window: MainWindow, with_picture: PianoRoll, until: Until
) -> None:
    with_picture.pictures.items[0].path.unlink()
    app.engine.run("open_file", path=str(app.engine.services.roll.folder)).result(10)
    window.roll.card.show_picture(with_picture.pictures.items, 0)
    until(lambda: "Cannot show" in window.roll.card.image.text())
    with_picture.grab()


def test_close_pictures_do_not_overlap(app: App, roll: PianoRoll, tmp_path: Path, until: Until) -> None:
    for n in range(3):
        source = write_picture(tmp_path / f"{n}.png", 40 + n, 30)
        app.engine.run("picture_add", picture=str(source), seconds=0.1 * n).result(10)
    until(lambda: len(roll.pictures) == 3)
    boxes = [where for _, where, _ in roll.painter.picture_boxes(roll.parts, roll.grid())]
    assert all(one.right() <= two.left() for one, two in pairwise(boxes))


def test_button_stacks_iterations(
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
