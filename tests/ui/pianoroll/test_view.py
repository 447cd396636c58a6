"""The pianoroll widget: what it paints, mouse and keyboard control, and accessibility."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QHelpEvent, QImage, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.notes import Notes
from rubato_desktop.ui.pianoroll import Mark, NoteInfo, PianoRoll, RollColours
from rubato_desktop.ui.pianoroll.colours import mix, readable
from rubato_desktop.ui.style.palette import contrast

SECOND = 1_000_000
TEAL, VIOLET = QColor("#4fd1c5"), QColor("#b794f4")

READ = RecognisedWord(2 * SECOND, 2_500_000, (0, 5, 0), "read", "core", "read")
NAME = RecognisedWord(5 * SECOND, 5_500_000, (0, 16, 21), "nocturne", "names", "call")
MISSED = RejectedRun(8 * SECOND, 8_500_000, (0, 8, 0), "unknown")
RECORDING = Notes.of(
    [
        (1_000_000, 4_000_000, 0, 0, 65, 100),
        (2_000_000, 2_200_000, 1, 0, 48, 100),
        (2_250_000, 2_400_000, 1, 0, 53, 100),
        (2_500_000, 2_700_000, 1, 0, 48, 100),
        (100_000_000, 101_000_000, 0, 0, 60, 100),
    ],
    ["piano", "Keystation"],
)


@pytest.fixture
def roll(qtbot: QtBot) -> Iterator[PianoRoll]:
    """An empty dark pianoroll on the screen."""
    widget = PianoRoll()
    qtbot.addWidget(widget)
    widget.resize(1000, 520)
    widget.set_colours({"core": TEAL, "names": VIOLET}, RollColours.dark())
    widget.show()
    qtbot.waitExposed(widget)
    yield widget
    widget.close()


@pytest.fixture
def opened(roll: PianoRoll) -> PianoRoll:
    """The pianoroll with an open recording."""
    roll.set_notes(RECORDING, "Evening")
    roll.set_words([READ, NAME], [MISSED])
    return roll


def point(roll: PianoRoll, t: int, note: int) -> QPointF:
    """Return the point of a time (µs) and MIDI note on the widget."""
    area = roll.parts.notes
    edges = roll.scene.pitches.edges(area.height())
    row = roll.scene.pitches.highest - note
    return QPointF(area.left() + roll.grid().x(t), area.top() + (edges[row] + edges[row + 1]) / 2)


def label(roll: PianoRoll, index: int) -> QPointF:
    """Return the centre of the label of a word."""
    indices = range(len(roll.scene.words))
    return roll.painter.labels.rects(indices, roll.parts, roll.view, roll.grid().x)[index].center()


def colour_at(roll: PianoRoll, t: int, note: int) -> str:
    return roll.grab().toImage().pixelColor(point(roll, t, note).toPoint()).name()


def click(qtbot: QtBot, roll: PianoRoll, where: QPointF) -> None:
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=where.toPoint())


def wheel(roll: PianoRoll, notches: float, ctrl: bool = False, x: float = 500, pixels: int = 0) -> None:
    held = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    where = QPointF(x, 200)
    angle = QPoint(0, round(notches * 120))
    event = QWheelEvent(
        where,
        where,
        QPoint(pixels, 0),
        angle,
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(roll, event)


def collect(roll: PianoRoll, name: str) -> list[object]:
    """Return a list that receives every value a signal emits from now on."""
    emitted: list[object] = []
    getattr(roll, name).connect(emitted.append)
    return emitted


# Painting


def test_notes_have_the_colour_of_their_track_or_the_language_of_their_word(opened: PianoRoll) -> None:
    table = opened.painter.shade_table()
    ground = colour_at(opened, 6 * SECOND, 65)
    assert colour_at(opened, 3 * SECOND, 65) not in (ground, TEAL.name())
    red, green, blue, _ = QColor(colour_at(opened, 2_100_000, 48)).getRgb()
    assert abs(red - TEAL.red()) < 25 and abs(green - TEAL.green()) < 25 and abs(blue - TEAL.blue()) < 25
    assert table.shape[1:] == (16, 4)


def test_held_note_grows_until_its_release(roll: PianoRoll) -> None:
    ground = colour_at(roll, 3 * SECOND, 60)
    roll.note_on(2 * SECOND, "keys", 0, 60, 100)
    roll.set_now(4 * SECOND)
    assert colour_at(roll, 3 * SECOND, 60) != ground
    assert colour_at(roll, 5 * SECOND, 60) == colour_at(roll, 5 * SECOND, 64)
    roll.set_now(6 * SECOND)
    assert colour_at(roll, 5 * SECOND, 60) != ground
    roll.note_off(3_500_000, "keys", 0, 60)
    assert colour_at(roll, 3 * SECOND, 60) != ground
    assert colour_at(roll, 5 * SECOND, 60) == ground


def test_recognised_word_colours_its_notes(roll: PianoRoll) -> None:
    played = [(2_000_000, 48), (2_250_000, 53), (2_300_000, 60), (2_500_000, 48)]  # 60 is not one of its keys
    for t, note in played:
        roll.note_on(t, "keys", 0, note, 127)
        roll.note_off(t + 200_000, "keys", 0, note)
    before = colour_at(roll, 2_100_000, 48)
    roll.add_word(READ)
    assert colour_at(roll, 2_100_000, 48) == TEAL.name() != before
    assert colour_at(roll, 2_400_000, 60) == before


def test_note_out_of_range_adds_rows(roll: PianoRoll) -> None:
    assert roll.scene.pitches.highest < 100
    roll.note_on(SECOND, "keys", 0, 100, 100)
    assert roll.scene.pitches.lowest <= 48 and roll.scene.pitches.highest >= 100


def test_live_playing_is_retained_while_a_recording_is_shown(roll: PianoRoll) -> None:
    roll.set_notes(RECORDING, "Evening")
    roll.note_on(SECOND, "keys", 0, 60, 100)
    roll.note_off(2 * SECOND, "keys", 0, 60)
    roll.add_word(READ)
    assert (len(roll.scene.notes), len(roll.scene.words), roll.live) == (5, 0, False)
    roll.show_live()
    assert (len(roll.scene.notes), len(roll.scene.words), roll.live) == (1, 1, True)
    roll.show_opened()
    assert len(roll.scene.notes) == 5


def test_disconnected_device_releases_its_notes(roll: PianoRoll) -> None:
    roll.note_on(SECOND, "keys", 0, 60, 100)
    roll.note_on(SECOND, "other", 0, 64, 100)
    roll.release_all(2 * SECOND, "keys")
    assert roll.scene.held == (64,)


def test_changed_base_recolours_the_recording(opened: PianoRoll) -> None:
    before = colour_at(opened, 2_100_000, 48)
    opened.set_base(60)
    assert opened.scene.pitches.key_of(60) == 0
    assert colour_at(opened, 2_100_000, 48) != before


@pytest.mark.parametrize("colours", [RollColours.dark(), RollColours.light()], ids=["dark", "light"])
@pytest.mark.parametrize("name", ["#4fd1c5", "#b794f4", "#ffcc00", "#202020", "#f8f8f8", "#3355ff"])
def test_labels_are_readable_in_any_language_colour(colours: RollColours, name: str) -> None:
    ground = mix(colours.background, QColor(name), 0.2)
    assert contrast(readable(QColor(name), ground).name(), ground.name()) >= 4.5
    assert contrast(colours.quiet.name(), colours.background.name()) >= 4.5


def test_high_dpi_screen_shows_the_same_colours(opened: PianoRoll) -> None:
    def picture(scale: int) -> QImage:
        image = QImage(opened.size() * scale, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        painter = QPainter(image)
        opened.painter.paint(painter, opened.rect(), opened.parts, opened.view, opened.font())
        painter.end()
        return image

    one, two = picture(1), picture(2)
    for t, note in ((3 * SECOND, 65), (2_100_000, 48), (6_100_000, 60)):
        where = point(opened, t, note).toPoint()
        assert one.pixelColor(where) == two.pixelColor(where * 2)


def test_partial_repaint_equals_full_repaint(roll: PianoRoll, qtbot: QtBot) -> None:
    random = np.random.default_rng(4)
    for n in range(60):
        t, note = n * 150_000, int(random.integers(48, 73))
        roll.note_on(t, "keys", 0, note, 90)
        roll.set_now(t + 70_000)
        QApplication.processEvents()
        roll.note_off(t + 100_000, "keys", 0, note)
        if n % 10 == 9:
            roll.add_word(RecognisedWord(t - 600_000, t, (0, 5, 0), "read", "core", "read"))
        QApplication.processEvents()
    roll._slide.stop()
    QApplication.processEvents()
    roll.note_on(9_100_000, "keys", 0, 60, 90)
    roll.set_now(9_400_000)
    QApplication.processEvents()
    on_screen = roll.screen().grabWindow(roll.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert on_screen == roll.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


# Costs


def test_frame_timer_runs_only_while_playing_and_visible(opened: PianoRoll, qtbot: QtBot) -> None:
    opened.set_source(lambda: 0)
    assert not opened._frames.isActive()
    opened.set_playing(True)
    assert opened._frames.isActive()
    opened.hide()
    assert not opened._frames.isActive()
    opened.show()
    assert opened._frames.isActive()
    opened.set_playing(False)
    assert not opened._frames.isActive()


def test_frame_timer_runs_while_a_note_is_held(roll: PianoRoll, qtbot: QtBot) -> None:
    times = iter(range(SECOND, 100 * SECOND, 16_000))
    roll.set_source(lambda: next(times))
    assert not roll._frames.isActive()
    roll.note_on(SECOND, "keys", 0, 60, 100)
    qtbot.waitUntil(lambda: roll.scene.now > SECOND + 60_000)
    roll.note_off(2 * SECOND, "keys", 0, 60)
    assert not roll._frames.isActive()


def test_moving_playhead_repaints_only_a_strip(opened: PianoRoll) -> None:
    painted: list[int] = []
    paint = opened.painter.paint
    opened.painter.paint = lambda p, dirty, *rest: (painted.append(dirty.width()), paint(p, dirty, *rest))  # type: ignore[method-assign]
    opened.set_playhead(3 * SECOND)
    QApplication.processEvents()
    painted.clear()
    opened.set_playhead(3_016_000)
    QApplication.processEvents()
    assert painted and max(painted) < 60


# Scrolling and zooming


def test_page_turns_when_the_playhead_reaches_the_edge(opened: PianoRoll, qtbot: QtBot) -> None:
    left = opened.view.left
    opened.set_playhead(9 * SECOND)
    assert opened.view.left == left
    opened.set_playhead(60 * SECOND)
    qtbot.waitUntil(lambda: opened.view.left > 50 * SECOND)
    assert opened.view.left < 60 * SECOND < opened.view.right


def test_view_follows_the_last_word(roll: PianoRoll, qtbot: QtBot) -> None:
    roll.set_now(60 * SECOND)
    roll.add_word(RecognisedWord(59 * SECOND, 60 * SECOND, (0, 5, 0), "read", "core", "read"))
    qtbot.waitUntil(lambda: roll.view.left < 59 * SECOND < roll.view.right)


def test_panning_stops_following_until_the_button_is_clicked(opened: PianoRoll, qtbot: QtBot) -> None:
    emitted = collect(opened, "follow_changed")
    assert not opened.follow_button.isVisible()
    wheel(opened, -5)
    assert (opened.following, opened.follow_button.isVisible(), emitted) == (False, True, [False])
    left = opened.view.left
    opened.set_playhead(90 * SECOND)
    assert opened.view.left == left
    qtbot.mouseClick(opened.follow_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.view.left <= 90 * SECOND <= opened.view.right)
    assert (opened.following, opened.follow_button.isVisible(), emitted) == (True, False, [False, True])


def test_wheel_pans_and_ctrl_wheel_zooms_at_the_pointer(opened: PianoRoll) -> None:
    left = opened.view.left
    wheel(opened, -3)
    assert opened.view.left == pytest.approx(left + 0.3 * opened.view.span)
    area, span = opened.parts.notes, opened.view.span
    t = opened.view.t_at(700 - area.left())
    wheel(opened, 2, ctrl=True, x=700)
    assert opened.view.span == pytest.approx(span / 1.25**2)
    assert opened.view.x_of(t) == pytest.approx(700 - area.left())


def test_touchpad_pans_by_pixels(opened: PianoRoll) -> None:
    wheel(opened, 0, pixels=-120)
    assert opened.view.x_of(0) == pytest.approx(0.05 * opened.view.width - 120)


def test_dragging_pans_and_does_not_click(opened: PianoRoll, qtbot: QtBot) -> None:
    emitted = collect(opened, "seek")
    left = opened.view.left
    qtbot.mousePress(opened, Qt.MouseButton.LeftButton, pos=QPoint(600, 200))
    for x in (590, 500, 400):
        qtbot.mouseMove(opened, QPoint(x, 200))
    qtbot.mouseRelease(opened, Qt.MouseButton.LeftButton, pos=QPoint(400, 200))
    assert opened.view.left == pytest.approx(left + 200 * opened.view.us_per_px)
    assert emitted == []


@pytest.mark.parametrize(
    ("key", "change"),
    [
        (Qt.Key.Key_Right, "later"),
        (Qt.Key.Key_PageDown, "later"),
        (Qt.Key.Key_End, "later"),
        (Qt.Key.Key_Left, "earlier"),
        (Qt.Key.Key_PageUp, "earlier"),
        (Qt.Key.Key_Home, "earlier"),
        (Qt.Key.Key_Plus, "closer"),
        (Qt.Key.Key_Minus, "wider"),
    ],
)
def test_keys_pan_and_zoom(opened: PianoRoll, qtbot: QtBot, key: Qt.Key, change: str) -> None:
    opened.set_playhead(None)
    opened.show_from(40 * SECOND)
    left, span = opened.view.left, opened.view.span
    qtbot.keyClick(opened, key)
    changes = {
        "later": opened.view.left > left and opened.view.span == span,
        "earlier": opened.view.left < left and opened.view.span == span,
        "closer": opened.view.span < span,
        "wider": opened.view.span > span,
    }
    assert [name for name, so in changes.items() if so] == [change]


def test_zoom_keeps_the_playhead_in_place(opened: PianoRoll) -> None:
    opened.set_playhead(4 * SECOND)
    x = opened.view.x_of(4 * SECOND)
    opened.zoom(2)
    assert opened.view.x_of(4 * SECOND) == pytest.approx(x)
    opened.set_span(20 * SECOND)
    assert opened.view.span == 20 * SECOND


def test_click_in_the_overview_centres_the_view(opened: PianoRoll, qtbot: QtBot) -> None:
    area = opened.parts.overview
    qtbot.mouseClick(opened, Qt.MouseButton.LeftButton, pos=QPoint(area.center()))
    middle = opened.view.left + opened.view.span / 2
    assert middle == pytest.approx(opened.scene.end / 2, rel=0.02)


# Clicks, tool tips and the menu


def test_click_on_empty_space_seeks(opened: PianoRoll, qtbot: QtBot) -> None:
    emitted = collect(opened, "seek")
    click(qtbot, opened, point(opened, 6 * SECOND, 60))
    assert emitted == [pytest.approx(6 * SECOND, abs=opened.view.us_per_px)]


def test_click_on_a_note_seeks_to_its_onset_and_shows_details(opened: PianoRoll, qtbot: QtBot) -> None:
    sought, details = collect(opened, "seek"), collect(opened, "open_note")
    click(qtbot, opened, point(opened, 3 * SECOND, 65))
    assert sought == [SECOND]
    assert details == [NoteInfo(SECOND, 4 * SECOND, 65, "piano")]


def test_click_on_a_word_opens_its_entry(opened: PianoRoll, qtbot: QtBot) -> None:
    emitted = collect(opened, "open_word")
    click(qtbot, opened, label(opened, 1))
    assert emitted == [NAME]


def test_click_on_a_rejected_run_offers_to_define_it(opened: PianoRoll, qtbot: QtBot) -> None:
    emitted = collect(opened, "define")
    click(qtbot, opened, label(opened, 2))
    assert emitted == [MISSED]


def test_double_click_plays_from_there(opened: PianoRoll, qtbot: QtBot) -> None:
    emitted = collect(opened, "play_from")
    qtbot.mouseDClick(opened, Qt.MouseButton.LeftButton, pos=point(opened, 6 * SECOND, 60).toPoint())
    assert emitted == [pytest.approx(6 * SECOND, abs=opened.view.us_per_px)]


def test_times_beyond_32_bits_are_emitted_correctly(roll: PianoRoll, qtbot: QtBot) -> None:
    hours = 5 * 3600 * SECOND
    roll.set_notes(Notes.of([(hours, hours + SECOND, 0, 0, 60, 90)], ["a"]))
    roll.show_from(hours - SECOND)
    emitted = collect(roll, "seek")
    click(qtbot, roll, point(roll, hours + 500_000, 60))
    assert emitted == [hours]


def test_tool_tips(opened: PianoRoll) -> None:
    opened.set_marks([Mark(7 * SECOND, 7 * SECOND, "remark", "too fast")])
    tips = [
        (label(opened, 0), "read, keys 0 5 0, core, at 0:02.00\nClick: open its entry"),
        (label(opened, 2), "not understood: keys 0 8 0, at 0:08.00\nClick: define it as a word"),
        (point(opened, 3 * SECOND, 65), "F4, key 17, piano, at 0:01.00, 3.00 s long\nClick: go there"),
        (point(opened, 7 * SECOND, 60), "Remark at 0:07 too fast\nClick: go there"),
    ]
    for where, text in tips:
        assert opened.hit_test.tip(where).startswith(text)
        QApplication.sendEvent(opened, QHelpEvent(QEvent.Type.ToolTip, where.toPoint(), QPoint(5, 5)))


def test_menu_has_the_actions_of_the_mouse(opened: PianoRoll, qtbot: QtBot) -> None:
    sought, played = collect(opened, "seek"), collect(opened, "play_from")
    menu = opened.hit_test.menu(None, 3 * SECOND)
    actions = {action.text(): action for action in menu.actions()}
    actions["Go to 0:03"].trigger()
    actions["Play from 0:03"].trigger()
    actions["Show all"].trigger()
    assert (sought, played) == ([3 * SECOND], [3 * SECOND])
    assert opened.view.right > opened.scene.end
    assert "Open read" in [action.text() for action in opened.hit_test.menu(0, 0).actions()]
    menu.close()


# Keyboard and screen reader


def test_word_list_is_navigated_with_the_keyboard(opened: PianoRoll, qtbot: QtBot) -> None:
    emitted = collect(opened, "open_word")
    words = opened.word_list
    model = words.model()
    assert [model.index(n, 0).data() for n in range(model.rowCount())] == [
        "read, keys 0 5 0, core, at 0:02",
        "nocturne, keys 0 16 21, names, at 0:05",
        "not understood: keys 0 8 0, at 0:08",
    ]
    words.go_to(0)
    qtbot.keyClick(words, Qt.Key.Key_Right)
    qtbot.keyClick(words, Qt.Key.Key_Return)
    assert emitted == [NAME]
    qtbot.keyClick(words, Qt.Key.Key_End)
    qtbot.keyClick(words, Qt.Key.Key_Right)
    assert words.currentIndex().row() == 2


def test_live_word_is_added_to_the_list(roll: PianoRoll) -> None:
    roll.add_word(READ)
    roll.add_missed(MISSED)
    model = roll.word_list.model()
    assert [model.index(n, 0).data() for n in range(model.rowCount())] == [
        "read, keys 0 5 0, core, at 0:02",
        "not understood: keys 0 8 0, at 0:08",
    ]


def test_accessible_description_summarises_the_view(opened: PianoRoll, qtbot: QtBot) -> None:
    opened.set_playhead(3 * SECOND)
    assert opened.accessibleName() == "Pianoroll"
    qtbot.waitUntil(
        lambda: (
            opened.accessibleDescription()
            == "Evening. 0:00 to 0:11, 4 notes, words: read, nocturne, unknown 0 8 0. Playhead at 0:03."
        )
    )


def test_accessible_tree_is_a_canvas_with_lists(opened: PianoRoll) -> None:
    canvas = QAccessible.queryAccessibleInterface(opened)
    inside = [canvas.child(n) for n in range(canvas.childCount())]
    assert canvas.role() == QAccessible.Role.Canvas
    assert canvas.text(QAccessible.Text.Name) == "Pianoroll"
    assert [(child.role(), child.text(QAccessible.Text.Name)) for child in inside] == [
        (QAccessible.Role.Button, "Follow"),
        (QAccessible.Role.List, "Words of the pianoroll"),
        (QAccessible.Role.List, "Pictures over the pianoroll"),
    ]
    assert inside[1].child(0).text(QAccessible.Text.Name) == "read, keys 0 5 0, core, at 0:02"


def test_widgets_can_be_created_and_deleted_repeatedly(qtbot: QtBot) -> None:
    for _ in range(20):
        widget = PianoRoll()
        widget.show()
        QApplication.processEvents()
        assert QAccessible.queryAccessibleInterface(widget).childCount() == 3
        widget.close()
        widget.deleteLater()
        QApplication.processEvents()
