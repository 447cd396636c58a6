"""Long texts wrap, unfold or scroll: nothing that matters ends in an ellipsis only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from live_player import LivePlayer
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from rubato_desktop.app import App
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import CommandDone, Event, Listed, Notice, Result, WordHeard, WordMissed
from rubato_desktop.language.dictionary import Language, Word
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.devices.state import DeviceState
from rubato_desktop.services.browser import Tab, Window
from rubato_desktop.ui.overlays.card import Card
from rubato_desktop.ui.overlays.picture_card import PictureCard
from rubato_desktop.ui.panels.browser import BrowserPanel
from rubato_desktop.ui.panels.devices import DeviceRow
from rubato_desktop.ui.panels.word_log import WordLogPanel
from rubato_desktop.ui.pianoroll.pictures import PlacedPicture
from rubato_desktop.ui.style.theme import font
from rubato_desktop.ui.style.wrapping import wrap, wrapped_height
from rubato_desktop.ui.window import SMALLEST, MainWindow

Until = Callable[[Callable[[], object]], None]
Publish = Callable[[Event], None]

LONG = " ".join(f"word{n:02d}" for n in range(43)) + " the end"
assert 300 <= len(LONG) <= 310
CONTENT_WIDTH = 300 - 2 * 16 - 10  # px in the narrowest side panel, beside margins and scroll bar
SHORT = "Tab 12: Nocturne"
TAB = RecognisedWord(4_000_000, 5_000_000, (12, 7, 12), "tab", "core", "tab", {})


@pytest.fixture
def window(window: MainWindow, until: Until) -> MainWindow:
    """The window as large as on a small laptop."""
    window.resize(1280, 720)
    window.activateWindow()
    until(lambda: window.width() == 1280 and window.isActiveWindow())
    return window


def result(text: str) -> CommandDone:
    return CommandDone(0, Result(9001, "tab", {}, "failed", text=text), TAB)


def whole(label: QLabel, within: QWidget) -> bool:
    """Whether all of a label is to be seen within another widget."""
    height = max(label.height(), label.heightForWidth(label.width()))
    corner = label.mapTo(within, QPoint(0, 0))
    return within.rect().contains(QRect(corner.x(), corner.y(), label.width(), height))


def test_a_text_is_broken_at_spaces_and_a_long_address_anywhere(qapp: object) -> None:
    assert wrap("one two", font(), 10_000) == ("one two",)
    assert wrap("one\ntwo", font(), 10_000) == ("one", "two")
    assert wrap("", font(), 100) == ("",)
    assert " ".join(wrap(LONG, font(), 200)) == LONG
    address = "https://example.org/" + "a" * 200
    assert "".join(wrap(address, font(), 200)) == address and len(wrap(address, font(), 200)) > 5


# Strip --------------------------------------------------------------------------------------------------


def test_a_result_of_two_lines_is_shown_whole_in_the_strip(
    window: MainWindow, publish: Publish, until: Until
) -> None:
    publish(result(LONG[:100]))
    until(lambda: LONG[:100] in window.strip.last.text())
    assert window.strip.last.width() < window.strip.last.fontMetrics().horizontalAdvance(LONG[:100])
    assert not window.strip.last.overflows and not window.strip.last.toolTip()
    assert window.strip.last.focusPolicy() == Qt.FocusPolicy.NoFocus


def unfold_by_click(window: MainWindow) -> None:
    QTest.mouseClick(window.strip.last, Qt.MouseButton.LeftButton)


def unfold_by_enter(window: MainWindow) -> None:
    window.strip.last.setFocus()
    QTest.keyClick(window.strip.last, Qt.Key.Key_Return)


def unfold_by_shortcut(window: MainWindow) -> None:
    QTest.keyClick(window.header.menu, Qt.Key.Key_F4)


@pytest.mark.parametrize("unfold", [unfold_by_click, unfold_by_enter, unfold_by_shortcut])
def test_a_longer_result_unfolds(
    window: MainWindow, publish: Publish, until: Until, unfold: Callable[[MainWindow], None]
) -> None:
    publish(result(LONG))
    until(lambda: LONG in window.strip.last.text())
    assert window.strip.last.overflows and LONG in window.strip.last.toolTip()
    assert window.strip.last.focusPolicy() == Qt.FocusPolicy.StrongFocus
    unfold(window)
    until(window.result_card.isVisible)
    assert LONG in window.result_card.result.text()
    assert whole(window.result_card.result, window.result_card)


def test_esc_closes_the_unfolded_result_and_keeps_what_is_half_played(
    window: MainWindow, app: App, publish: Publish, player: LivePlayer, until: Until
) -> None:
    publish(result(LONG))
    until(lambda: window.strip.last.overflows)
    unfold_by_enter(window)
    until(window.result_card.isVisible)
    player.down(0)
    player.up(0)
    until(lambda: app.engine.preview.keys == (0,))
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert not window.result_card.isVisible() and window.strip.last.hasFocus()
    assert app.engine.preview.keys == (0,)


def test_the_next_word_closes_the_unfolded_result(
    window: MainWindow, publish: Publish, player: LivePlayer, until: Until
) -> None:
    publish(result(LONG))
    until(lambda: window.strip.last.overflows)
    window.show_last_result()
    player.play("12 5 5 12")
    until(lambda: not window.result_card.isVisible())


def test_without_a_result_nothing_unfolds(window: MainWindow) -> None:
    window.show_last_result()
    assert not window.result_card.isVisible()


# Cards --------------------------------------------------------------------------------------------------


def cards(window: MainWindow) -> list[Card]:
    return [card for card in (window.question, window.banner, window.result_card) if card.isVisible()]


def test_a_long_notice_is_shown_whole(window: MainWindow, publish: Publish, until: Until) -> None:
    publish(Notice(0, "warning", LONG[:150], LONG[:150], LONG[-120:]))
    until(window.banner.isVisible)
    until(lambda: whole(window.banner.happened, window.banner) and whole(window.banner.more, window.banner))


def test_a_long_question_is_shown_whole_with_its_buttons(window: MainWindow, app: App, until: Until) -> None:
    app.engine.post(lambda: app.services.confirmation.ask(LONG, lambda yes: "done"))
    until(window.question.isVisible)
    until(lambda: whole(window.question.question, window.question))
    assert window.question.rect().contains(window.question.yes.geometry())


def test_what_has_no_room_scrolls_by_keyboard(window: MainWindow, app: App, until: Until) -> None:
    app.engine.post(lambda: app.services.confirmation.ask(LONG * 12, lambda yes: "done"))
    until(window.question.isVisible)
    assert window.roll.roll.rect().contains(window.question.geometry())
    assert window.question.rect().contains(window.question.yes.geometry())
    text = window.question.text
    until(lambda: text.focusPolicy() == Qt.FocusPolicy.StrongFocus)
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_PageDown)
    assert text.verticalScrollBar().value() > 0


def test_cards_do_not_hide_each_other_and_a_question_does_not_move(
    window: MainWindow, app: App, publish: Publish, until: Until
) -> None:
    app.engine.post(lambda: app.services.confirmation.ask("Forget this page?", lambda yes: "done"))
    until(window.question.isVisible)
    before = window.question.geometry()
    publish(Notice(0, "warning", "The controller is gone", LONG))
    publish(result(LONG))
    until(lambda: window.banner.isVisible() and window.strip.last.overflows)
    window.show_last_result()
    shown = [card.geometry() for card in cards(window)]
    assert len(shown) == 3 and window.question.geometry() == before
    assert not any(a.intersects(b) for a in shown for b in shown if a is not b)
    window.banner.hide()
    assert window.question.geometry() == before


def test_a_message_that_ends_in_a_mark_gets_no_full_stop(
    window: MainWindow, publish: Publish, until: Until
) -> None:
    publish(Notice(0, "info", "Is it on?", "All is kept.", "Look"))
    until(window.banner.isVisible)
    assert (window.banner.happened.text(), window.banner.more.text()) == ("Is it on?", "All is kept. Look.")


# Lists --------------------------------------------------------------------------------------------------


def test_long_items_of_a_list_wrap_and_the_card_is_as_high_as_they_need(
    window: MainWindow, publish: Publish, until: Until
) -> None:
    publish(Listed(0, LONG[:120], (LONG, "short")))
    until(window.list_card.isVisible)
    items = window.list_card.items
    long, short = (items.visualItemRect(items.item(row)).height() for row in (0, 1))
    assert long >= 3 * short
    assert items.verticalScrollBar().maximum() == 0
    assert whole(window.list_card.title, window.list_card)


def test_a_long_list_scrolls_within_the_pianoroll(window: MainWindow, publish: Publish, until: Until) -> None:
    publish(Listed(0, "Links", tuple(f"{n} {LONG}" for n in range(30))))
    until(window.list_card.isVisible)
    assert window.roll.roll.rect().contains(window.list_card.geometry())
    assert window.list_card.items.verticalScrollBar().maximum() > 0


def test_esc_closes_a_list_that_has_the_focus(window: MainWindow, publish: Publish, until: Until) -> None:
    publish(Listed(0, "Links", ("one", "two")))
    until(window.list_card.isVisible)
    window.list_card.items.setFocus()
    QTest.keyClick(window.list_card.items, Qt.Key.Key_Escape)
    assert not window.list_card.isVisible()


# Header ------------------------------------------------------------------------------------------------


def test_long_names_fit_into_the_header(window: MainWindow, player: LivePlayer, until: Until) -> None:
    header = window.header
    player.play("0 11 0")
    until(header.time.isVisible)
    window.resize(*SMALLEST)
    for chip in (header.devices, header.browser):
        chip.show_state(LONG, "#ff0000", "more")
    header.microphone.setVisible(True)
    parts = [part for part in header.children() if isinstance(part, QWidget) and part.isVisible()]
    until(lambda: all(header.rect().contains(part.geometry()) for part in parts))
    areas = [part.geometry() for part in parts]
    assert not any(a.intersects(b) for a in areas for b in areas if a is not b)
    assert header.devices.accessibleName() == LONG and LONG in header.devices.toolTip()
    assert header.sound.text() == header.sound.accessibleName(), "what is short stays whole"


# Panels -------------------------------------------------------------------------------------------------


@pytest.fixture
def log(window: MainWindow, app: App, publish: Publish, until: Until) -> WordLogPanel:
    """The word log with two lines that have no room in two rows, below one that has."""
    app.engine.set("folded", ["dictionary", "browser", "devices", "hearing", "answers"])
    publish(WordHeard(0, TAB, 9001))
    publish(result(LONG))
    publish(WordMissed(0, RejectedRun(0, 1, tuple(range(24)), "unknown"), (((0, 7, 0), LONG, "core"),)))
    publish(Notice(0, "info", SHORT))
    shown = window.side.body(WordLogPanel)
    until(lambda: len(shown.log.lines) == 3 and shown.isVisible() and shown.log.lines[2].detail == LONG)
    return shown


def heights(log: WordLogPanel) -> list[int]:
    return [log.visualRect(log.log.index(row)).height() for row in range(3)]


def test_the_current_line_of_the_log_unfolds_and_the_others_fold(log: WordLogPanel) -> None:
    folded = heights(log)
    assert len(set(folded)) == 1
    log.setFocus()
    QTest.keyClick(log, Qt.Key.Key_Home)
    assert heights(log) == folded, "a line that has room in two rows stays as it is"
    for row in (1, 2):
        QTest.keyClick(log, Qt.Key.Key_Down)
        assert log.currentIndex().row() == row
        unfolded = heights(log)
        text = wrapped_height(LONG, font(0.92), log.viewport().width())
        assert unfolded[row] > folded[row] + text - wrapped_height(SHORT, font(0.92), 1000)
        assert [height for other, height in enumerate(unfolded) if other != row] == folded[:2]


def test_a_title_alone_has_both_rows(log: WordLogPanel, publish: Publish, until: Until) -> None:
    for length, fits in ((48, True), (200, False)):
        publish(Notice(0, "info", LONG[:length]))
        until(lambda length=length: log.log.lines[0].title == LONG[:length])
        assert log._rows.fits(log.log.lines[0], log.viewport().width()) is fits
    one, two = (Notice(0, "info", LONG[:48]), Notice(0, "info", LONG[:45] + "XYZ"))

    def painted(notice: Notice) -> QImage:
        publish(notice)
        until(lambda: log.log.lines[0].title == notice.happened)
        return log.viewport().grab(log.visualRect(log.log.index(0))).toImage()

    assert painted(one) != painted(two), "its end is painted too"


def test_a_click_unfolds_a_line_and_leaves_it_under_the_pointer(log: WordLogPanel) -> None:
    log.setCurrentIndex(log.log.index(1))
    point = log.visualRect(log.log.index(2)).center()
    if not log.viewport().rect().contains(point):
        log.scrollTo(log.log.index(2))
        point = log.visualRect(log.log.index(2)).center()
    QTest.mouseClick(log.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert log.currentIndex().row() == 2
    assert log.indexAt(point).row() == 2


def test_an_unfolded_line_is_painted_to_its_end(log: WordLogPanel) -> None:
    """What stands in the lowest row of an unfolded line is the end of its text."""

    def painted() -> QImage:
        log.setCurrentIndex(log.log.index(2))
        return log.viewport().grab(log.visualRect(log.log.index(2))).toImage()

    before = painted()
    line = log.log.lines[2]
    log.log.lines[2] = type(line)(**{**_fields(line), "detail": LONG[:-3] + "XYZ"})
    assert painted() != before


def _fields(line: object) -> dict[str, object]:
    return {name: getattr(line, name) for name in line.__slots__}  # type: ignore[attr-defined]


def test_an_unfolded_word_of_the_dictionary_shows_its_whole_name_and_help(window: MainWindow) -> None:
    word = Word((0, 7, 0), LONG[:100], "own", command="pedal", help=LONG)
    window.dictionary.model.show([Language("own", "Own", words=(word,))], {})
    tree, model = window.dictionary.tree, window.dictionary.model
    tree.setExpanded(model.index(0, 0), True)
    index = model.find(word.name)
    folded = tree.visualRect(index).height()
    tree.setExpanded(index, True)
    text = wrapped_height(word.name, font(bold=True), tree.viewport().width() // 2)
    assert tree.visualRect(index).height() > folded
    assert tree.visualRect(index).height() >= text
    about = tree.visualRect(model.index(0, 0, index))
    assert about.height() > wrapped_height(LONG, font(0.95), tree.viewport().width())


def test_a_long_device_name_and_its_problem_wrap(window: MainWindow) -> None:
    row = DeviceRow(LONG[:120], window.bridge)
    problem = RubatoError(LONG)
    row.show_state(
        DeviceState(
            LONG[:120],
            connected=False,
            listening=False,
            used=True,
            role="both",
            base_note=48,
            problem=problem,
        )
    )
    assert row.minimumSizeHint().width() < CONTENT_WIDTH
    row.resize(CONTENT_WIDTH, row.heightForWidth(CONTENT_WIDTH))
    row.show()
    assert whole(row.problem, row)
    assert row.used.text().replace("\n", " ") == LONG[:120]
    row.close()


def test_a_long_title_of_a_tab_wraps(window: MainWindow, app: App, until: Until) -> None:
    panel = window.side.body(BrowserPanel)
    app.engine.set("folded", ["dictionary", "devices", "hearing", "answers"])
    until(panel.isVisible)
    panel.tree.show()
    panel._fill([Window(1, 1, True, (Tab(1, 1, LONG, "", active=True), Tab(2, 2, SHORT, "")))])
    channel = panel.tree.topLevelItem(0)
    long, short = (panel.tree.visualItemRect(channel.child(row)).height() for row in (0, 1))
    assert long >= 3 * (short - 6)


def test_a_long_name_of_a_picture_wraps(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    image.save(str(path))
    card = PictureCard(window.roll.roll, window.theme)
    card.show_picture([PlacedPicture(0, path, LONG)], 0)
    assert whole(card.title, card)
