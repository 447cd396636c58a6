"""Iterations one under another, as a hand, an eye and a screen reader find them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rubato_desktop.language.results import RecognisedWord
from rubato_desktop.midi.notes import Notes
from rubato_desktop.ui.pianoroll import Mark, PianoRoll, RollColours
from rubato_desktop.ui.pianoroll.notestore import NoteStore
from rubato_desktop.ui.pianoroll.stack import Lanes, Stack
from rubato_desktop.ui.pianoroll.summary import ordinal

SECOND = 1_000_000
TAKES = [(10 * SECOND, 20 * SECOND), (30 * SECOND, 42 * SECOND), (50 * SECOND, 58 * SECOND)]
# The same note 2 s into each take, and one that belongs to none.
NOTES = Notes.of(
    [(begin + 2 * SECOND, begin + 4 * SECOND, 0, 0, 60, 127) for begin, _ in TAKES]
    + [(25 * SECOND, 26 * SECOND, 0, 0, 90, 100)],
    ["piano"],
)
WORD = RecognisedWord(31 * SECOND, 31_500_000, (0, 5, 0), "read", "core", "read")


@pytest.fixture
def roll(qtbot: QtBot) -> Iterator[PianoRoll]:
    """A dark pianoroll with three takes, one under another."""
    widget = PianoRoll()
    qtbot.addWidget(widget)
    widget.resize(1000, 520)
    widget.set_colours({"core": QColor("#4fd1c5")}, RollColours.dark())
    widget.show()
    qtbot.waitExposed(widget)
    widget.set_notes(NOTES, "Evening")
    widget.set_words([WORD], [])
    widget.set_iterations(TAKES)
    widget.set_stacked(True)
    yield widget
    widget.close()


def where(roll: PianoRoll, lane: int, into: float, note: int = 60) -> QPoint:
    """Where a pitch so many µs into a take is on the widget."""
    stack = roll.stack
    assert stack is not None
    area = roll.lanes.notes(lane)
    edges = stack.pitches.edges(area.height())
    row = stack.pitches.highest - note
    return QPointF(
        area.left() + roll.grid().x(into), area.top() + (edges[row] + edges[row + 1]) / 2
    ).toPoint()


def heard(roll: PianoRoll, name: str) -> list[object]:
    said: list[object] = []
    getattr(roll, name).connect(lambda *what: said.append(what[0] if len(what) == 1 else what))
    return said


def colour(image: QImage, point: QPoint) -> str:
    return image.pixelColor(point).name()


def test_what_is_played_at_the_same_time_of_each_lies_under_one_another(roll: PianoRoll) -> None:
    image = roll.grab().toImage()
    for lane in range(3):
        ground = colour(image, where(roll, lane, 5 * SECOND))
        assert colour(image, where(roll, lane, 3 * SECOND)) != ground
        assert colour(image, where(roll, lane, SECOND)) == ground
    assert len({roll.lanes.rect(lane).height() for lane in range(3)}) == 1


def test_nothing_is_seen_after_the_end_of_a_take(roll: PianoRoll) -> None:
    image = roll.grab().toImage()
    background = roll.painter.colours.background.name()
    assert colour(image, where(roll, 2, 10 * SECOND)) == background
    assert colour(image, where(roll, 1, 10 * SECOND)) != background


def test_the_playhead_is_in_its_lane(roll: PianoRoll) -> None:
    roll.set_playhead(35 * SECOND)
    image = roll.grab().toImage()
    head = roll.painter.colours.playhead.name()
    assert roll.scene.lane == 1
    assert colour(image, where(roll, 1, 5 * SECOND, 55)) == head
    assert colour(image, where(roll, 0, 5 * SECOND, 55)) != head
    roll.set_playhead(45 * SECOND)
    assert roll.scene.lane is None
    assert colour(roll.grab().toImage(), where(roll, 1, 5 * SECOND, 55)) != head


def test_a_screen_reader_is_told_the_iterations(roll: PianoRoll) -> None:
    roll.set_playhead(35 * SECOND)
    assert roll.summary() == (
        "Evening. 3 iterations, one under another: 1st 0:10 long, 1 note; 2nd 0:12 long, 1 note; "
        "3rd 0:08 long, 1 note. 0:00 to 0:12 of each. Playhead in the 2nd, at 0:05 of it."
    )
    roll.set_playhead(45 * SECOND)
    assert "Playhead in none of them" in roll.summary()
    roll.set_stacked(False)
    assert "3 iterations in all" in roll.summary()


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_a_click_goes_to_that_time_of_that_take(roll: PianoRoll, qtbot: QtBot) -> None:
    sought = heard(roll, "seek")
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=where(roll, 1, 6 * SECOND, 55))
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=where(roll, 2, 3 * SECOND))
    assert sought[0] == pytest.approx(36 * SECOND, abs=2 * roll.view.us_per_px)
    assert sought[1] == 52 * SECOND, "on a note: where it begins"


def test_a_click_beside_a_take_stays_within_it(roll: PianoRoll, qtbot: QtBot) -> None:
    sought = heard(roll, "seek")
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=where(roll, 2, 11 * SECOND, 55))
    assert sought == [58 * SECOND - 1]


def test_a_word_is_with_its_take_and_opens(roll: PianoRoll, qtbot: QtBot) -> None:
    opened = heard(roll, "open_word")
    words = roll.lanes.words(1)
    spot = QPoint(words.left() + round(roll.grid().x(SECOND)) + 5, words.center().y())
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=spot)
    assert opened == [WORD]
    assert roll.pointing.tip(QPointF(spot)).startswith("read, keys 0 5 0")


def test_the_overview_shows_the_whole_recording_and_goes_there(roll: PianoRoll, qtbot: QtBot) -> None:
    sought = heard(roll, "seek")
    strip = roll.parts.overview
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=QPoint(strip.center().x(), strip.center().y()))
    assert sought == [pytest.approx(roll.scene.end / 2, rel=0.01)]


def test_up_and_down_go_to_the_same_place_in_another(roll: PianoRoll, qtbot: QtBot) -> None:
    asked = heard(roll, "iteration_asked")
    roll.setFocus()
    qtbot.keyClick(roll, Qt.Key.Key_Down)
    qtbot.keyClick(roll, Qt.Key.Key_Up)
    assert asked == [1, -1]


def test_the_menu_marks_where_an_iteration_begins(roll: PianoRoll) -> None:
    asked, stacked = heard(roll, "mark_asked"), heard(roll, "stack_asked")
    actions = {action.text(): action for action in roll.pointing.menu(None, 7 * SECOND).actions()}
    actions["An iteration starts here"].trigger()
    actions["An iteration ends here"].trigger()
    actions["Iterations one under another"].trigger()
    assert asked == [("start", 7 * SECOND), ("end", 7 * SECOND)] and stacked == [False]


def test_a_tip_tells_which_take_and_where_in_it(roll: PianoRoll) -> None:
    tip = roll.pointing.tip(QPointF(where(roll, 1, 6 * SECOND, 55)))
    assert tip.startswith("Iteration 2, 0:0") and "into it, at 0:3" in tip


def test_zoom_stays_at_the_pointer_and_home_shows_the_beginning(roll: PianoRoll) -> None:
    x = where(roll, 0, 3 * SECOND).x()
    roll.zoom_at(4, x)
    assert roll.view.t_at(x - roll.parts.notes.left()) == pytest.approx(3 * SECOND, abs=20_000)
    roll.show_from(float("-inf"))
    assert roll.view.left < 0


def test_leaving_shows_what_was_seen_before(roll: PianoRoll) -> None:
    roll.set_stacked(False)
    roll.set_span(5 * SECOND)
    before = roll.view.left, roll.view.span
    roll.set_stacked(True)
    assert roll.view.span > 12 * SECOND, "all of the longest is seen"
    roll.set_stacked(False)
    assert (roll.view.left, roll.view.span) == before


def test_the_playhead_brings_its_lane_into_sight(roll: PianoRoll) -> None:
    takes = [(n * SECOND, (n + 1) * SECOND) for n in range(50)]
    roll.set_iterations(takes)
    roll.set_playhead(40_500_000)
    assert 40 in roll.lanes.visible and 0 not in roll.lanes.visible
    roll.scroll_lanes(-1e9)
    assert roll.lanes.visible.start == 0
    x = QPointF(500, 200)
    wheel = QWheelEvent(
        x, x, QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(roll, wheel)
    assert roll.lanes.top > 0


def test_taking_the_iterations_away_leaves_one_row(roll: PianoRoll) -> None:
    roll.set_iterations([])
    assert roll.stack is None and not roll.scene.stacked
    roll.grab()


def test_live_playing_is_never_stacked_and_coming_back_is(roll: PianoRoll) -> None:
    roll.show_live()
    assert roll.stack is None
    roll.grab()
    roll.show_opened()
    assert roll.stack is not None


def test_a_picture_that_moved_is_the_one_that_would_be_painted(roll: PianoRoll) -> None:
    chance = np.random.default_rng(1)
    on = np.sort(chance.integers(0, 60 * SECOND, 6000))
    rows = [(int(t), int(t) + 90_000, n % 3, 0, int(40 + n * 7 % 50), 80) for n, t in enumerate(on)]
    roll.set_notes(Notes.of(rows, ["a", "b", "c"]))
    roll.set_marks([Mark(33 * SECOND, 35 * SECOND, "pause", "recording was paused")])
    roll.set_iterations(TAKES)
    roll.set_stacked(True)
    roll.set_span(4 * SECOND)
    roll.grab()
    for pixels in (7, 120, -33, 300, -41, 1):
        roll.pan(pixels)
        roll.grab()
    moved = roll.grab().toImage()
    roll.painter.stack.forget()
    assert moved == roll.grab().toImage()


def test_other_words_and_colours_are_seen_at_once(roll: PianoRoll) -> None:
    before = roll.grab().toImage()
    word = RecognisedWord(32 * SECOND, 33 * SECOND, (12,), "read", "core", "read")
    roll.set_words([word], [])
    after = roll.grab().toImage()
    assert (
        colour(after, where(roll, 1, 3 * SECOND)) == "#4fd1c5" != colour(before, where(roll, 1, 3 * SECOND))
    )
    roll.set_colours({"core": QColor("#ff0000")}, RollColours.light())
    assert colour(roll.grab().toImage(), where(roll, 1, 3 * SECOND)) == "#ff0000"


def test_lanes_are_of_one_height_and_scrolled_as_little_as_needed() -> None:
    lanes = Lanes.of(QRect(50, 20, 800, 300), 10, 14, True, 0)
    assert lanes.height >= 70 and lanes.visible == range(0, 4)
    assert lanes.at(20 + lanes.height * 2 + 30) == 2 and lanes.at(10) is None
    assert lanes.scrolled_to(0) == 0
    low = Lanes.of(QRect(50, 20, 800, 300), 10, 14, True, lanes.scrolled_to(9))
    assert low.top == low.most and 9 in low.visible
    assert Lanes.of(QRect(50, 20, 800, 300), 2, 14, False, 99).top == 0


def test_where_a_moment_is() -> None:
    stack = Stack(TAKES, NoteStore(), 48)
    assert [stack.lane_of(t * SECOND) for t in (5, 10, 19.9, 20, 30, 60)] == [None, 0, 0, None, 1, None]
    assert stack.local(31 * SECOND) == SECOND and stack.local(25 * SECOND) is None
    assert stack.moment(2, 99 * SECOND) == 58 * SECOND - 1 and stack.moment(2, -5) == 50 * SECOND
    assert stack.longest == 12 * SECOND
