"""Stacked iterations: layout, painting, mouse and keyboard control, and accessibility."""

from __future__ import annotations

import re
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
# The same note 2 s after the start of each take, and one outside all takes.
NOTES = Notes.of(
    [(begin + 2 * SECOND, begin + 4 * SECOND, 0, 0, 60, 127) for begin, _ in TAKES]
    + [(25 * SECOND, 26 * SECOND, 0, 0, 90, 100)],
    ["piano"],
)
WORD = RecognisedWord(31 * SECOND, 31_500_000, (0, 5, 0), "read", "core", "read")


@pytest.fixture
def roll(qtbot: QtBot) -> Iterator[PianoRoll]:
    """A dark pianoroll with three stacked takes."""
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


def where(roll: PianoRoll, lane: int, offset: float, note: int = 60) -> QPoint:
    """Return the point of a time (µs from the start of a take) and MIDI note on the widget."""
    stack = roll.stack
    assert stack is not None
    area = roll.lanes.notes(lane)
    edges = stack.pitches.edges(area.height())
    row = stack.pitches.highest - note
    return QPointF(
        area.left() + roll.grid().x(offset), area.top() + (edges[row] + edges[row + 1]) / 2
    ).toPoint()


def collect(roll: PianoRoll, name: str) -> list[object]:
    emitted: list[object] = []
    getattr(roll, name).connect(lambda *what: emitted.append(what[0] if len(what) == 1 else what))
    return emitted


def colour(image: QImage, point: QPoint) -> str:
    return image.pixelColor(point).name()


def test_takes_are_aligned_at_their_starts(roll: PianoRoll) -> None:
    image = roll.grab().toImage()
    for lane in range(3):
        ground = colour(image, where(roll, lane, 5 * SECOND))
        assert colour(image, where(roll, lane, 3 * SECOND)) != ground
        assert colour(image, where(roll, lane, SECOND)) == ground
    assert len({roll.lanes.rect(lane).height() for lane in range(3)}) == 1


def test_area_after_a_take_is_empty(roll: PianoRoll) -> None:
    image = roll.grab().toImage()
    background = roll.painter.colours.background.name()
    assert colour(image, where(roll, 2, 10 * SECOND)) == background
    assert colour(image, where(roll, 1, 10 * SECOND)) != background


def test_playhead_is_painted_in_its_lane(roll: PianoRoll) -> None:
    roll.set_playhead(35 * SECOND)
    image = roll.grab().toImage()
    head = roll.painter.colours.playhead.name()
    assert roll.scene.lane == 1
    assert colour(image, where(roll, 1, 5 * SECOND, 55)) == head
    assert colour(image, where(roll, 0, 5 * SECOND, 55)) != head
    roll.set_playhead(45 * SECOND)
    assert roll.scene.lane is None
    assert colour(roll.grab().toImage(), where(roll, 1, 5 * SECOND, 55)) != head


def test_summary_lists_the_iterations(roll: PianoRoll) -> None:
    roll.set_playhead(35 * SECOND)
    assert roll.summary() == (
        "Evening. 3 stacked iterations: 1st 0:10 long, 1 note; 2nd 0:12 long, 1 note; "
        "3rd 0:08 long, 1 note. 0:00 to 0:12 of each. Playhead in the 2nd, at 0:05."
    )
    roll.set_playhead(45 * SECOND)
    assert "Playhead outside the iterations" in roll.summary()
    roll.set_stacked(False)
    assert "3 iterations in all" in roll.summary()


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_ordinals(number: int, text: str) -> None:
    assert ordinal(number) == text


def test_click_seeks_within_the_take(roll: PianoRoll, qtbot: QtBot) -> None:
    sought = collect(roll, "seek")
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=where(roll, 1, 6 * SECOND, 55))
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=where(roll, 2, 3 * SECOND))
    assert sought[0] == pytest.approx(36 * SECOND, abs=2 * roll.view.us_per_px)
    assert sought[1] == 52 * SECOND, "a click on a note seeks to its onset"


def test_click_after_a_take_seeks_to_its_end(roll: PianoRoll, qtbot: QtBot) -> None:
    sought = collect(roll, "seek")
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=where(roll, 2, 11 * SECOND, 55))
    assert sought == [58 * SECOND - 1]


def test_word_is_shown_in_its_take_and_opens_on_click(roll: PianoRoll, qtbot: QtBot) -> None:
    opened = collect(roll, "open_word")
    words = roll.lanes.words(1)
    spot = QPoint(words.left() + round(roll.grid().x(SECOND)) + 5, words.center().y())
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=spot)
    assert opened == [WORD]
    assert roll.hit_test.tip(QPointF(spot)).startswith("read, keys 0 5 0")


def test_click_in_the_overview_seeks_in_the_whole_recording(roll: PianoRoll, qtbot: QtBot) -> None:
    sought = collect(roll, "seek")
    strip = roll.parts.overview
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=QPoint(strip.center().x(), strip.center().y()))
    assert sought == [pytest.approx(roll.scene.end / 2, rel=0.01)]


def test_up_and_down_request_another_iteration(roll: PianoRoll, qtbot: QtBot) -> None:
    requested = collect(roll, "iteration_requested")
    roll.setFocus()
    qtbot.keyClick(roll, Qt.Key.Key_Down)
    qtbot.keyClick(roll, Qt.Key.Key_Up)
    assert requested == [1, -1]


def test_menu_marks_start_and_end_of_an_iteration(roll: PianoRoll) -> None:
    marks, stacked = collect(roll, "mark_requested"), collect(roll, "stack_requested")
    actions = {action.text(): action for action in roll.hit_test.menu(None, 7 * SECOND).actions()}
    actions["Start an iteration here"].trigger()
    actions["End the iteration here"].trigger()
    actions["Stack iterations"].trigger()
    assert marks == [("start", 7 * SECOND), ("end", 7 * SECOND)] and stacked == [False]


def test_tool_tip_has_the_position_in_the_take(roll: PianoRoll) -> None:
    tip = roll.hit_test.tip(QPointF(where(roll, 1, 6 * SECOND, 55)))
    assert re.match(r"Iteration 2 at 0:0[56]\.\d\d \(0:3[56]\.\d\d in the recording\)", tip)


def test_zoom_keeps_the_time_under_the_pointer(roll: PianoRoll) -> None:
    x = where(roll, 0, 3 * SECOND).x()
    roll.zoom_at(4, x)
    assert roll.view.t_at(x - roll.parts.notes.left()) == pytest.approx(3 * SECOND, abs=20_000)
    roll.show_from(float("-inf"))
    assert roll.view.left < 0


def test_unstacking_restores_the_previous_view(roll: PianoRoll) -> None:
    roll.set_stacked(False)
    roll.set_span(5 * SECOND)
    before = roll.view.left, roll.view.span
    roll.set_stacked(True)
    assert roll.view.span > 12 * SECOND, "the longest take is visible"
    roll.set_stacked(False)
    assert (roll.view.left, roll.view.span) == before


def test_playhead_scrolls_to_its_lane(roll: PianoRoll) -> None:
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


def test_removing_the_iterations_unstacks(roll: PianoRoll) -> None:
    roll.set_iterations([])
    assert roll.stack is None and not roll.scene.stacked
    roll.grab()


def test_live_playing_is_never_stacked(roll: PianoRoll) -> None:
    roll.show_live()
    assert roll.stack is None
    roll.grab()
    roll.show_opened()
    assert roll.stack is not None


def test_scrolled_image_equals_a_full_repaint(roll: PianoRoll) -> None:
    random = np.random.default_rng(1)
    on = np.sort(random.integers(0, 60 * SECOND, 6000))
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
    roll.painter.stack.invalidate()
    assert moved == roll.grab().toImage()


def test_changed_words_and_colours_are_painted(roll: PianoRoll) -> None:
    before = roll.grab().toImage()
    word = RecognisedWord(32 * SECOND, 33 * SECOND, (12,), "read", "core", "read")
    roll.set_words([word], [])
    after = roll.grab().toImage()
    assert (
        colour(after, where(roll, 1, 3 * SECOND)) == "#4fd1c5" != colour(before, where(roll, 1, 3 * SECOND))
    )
    roll.set_colours({"core": QColor("#ff0000")}, RollColours.light())
    assert colour(roll.grab().toImage(), where(roll, 1, 3 * SECOND)) == "#ff0000"


def test_lanes_have_equal_heights_and_scroll_no_more_than_needed() -> None:
    lanes = Lanes.of(QRect(50, 20, 800, 300), 10, 14, True, 0)
    assert lanes.height >= 70 and lanes.visible == range(0, 4)
    assert lanes.at(20 + lanes.height * 2 + 30) == 2 and lanes.at(10) is None
    assert lanes.scrolled_to(0) == 0
    low = Lanes.of(QRect(50, 20, 800, 300), 10, 14, True, lanes.scrolled_to(9))
    assert low.top == low.max_top and 9 in low.visible
    assert Lanes.of(QRect(50, 20, 800, 300), 2, 14, False, 99).top == 0


def test_times_are_converted_to_lanes_and_back() -> None:
    stack = Stack(TAKES, NoteStore(), 48)
    assert [stack.lane_of(t * SECOND) for t in (5, 10, 19.9, 20, 30, 60)] == [None, 0, 0, None, 1, None]
    assert stack.local(31 * SECOND) == SECOND and stack.local(25 * SECOND) is None
    assert stack.moment(2, 99 * SECOND) == 58 * SECOND - 1 and stack.moment(2, -5) == 50 * SECOND
    assert stack.longest == 12 * SECOND
