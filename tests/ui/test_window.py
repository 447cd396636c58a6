"""The real window on the real program: keys go in; labels, words and results come out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from live_player import LivePlayer
from PySide6.QtCore import QMimeData, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QWidget

from rubato_desktop.app import App
from rubato_desktop.events import Event, FrontRequested, Listed, Notice, Played
from rubato_desktop.midi.notes import Notes
from rubato_desktop.services.roll.recording import OpenRecording
from rubato_desktop.services.run_state import SCREEN
from rubato_desktop.ui.panels.word_log import WordLogPanel
from rubato_desktop.ui.window import SIZE, SMALLEST, MainWindow, first_size

Until = Callable[[Callable[[], object]], None]
Publish = Callable[[Event], None]


def label(window: MainWindow, key: int) -> str:
    return window.keyboard.keys[key].label.text


def test_an_incomplete_word_shows_what_can_come_next(
    window: MainWindow, player: LivePlayer, until: Until
) -> None:
    player.down(0)
    until(lambda: label(window, 7) == "click")
    assert window.keyboard.keys[0].held
    assert "begin with 0" in window.strip.hint.text()
    player.up(0)
    until(lambda: not window.keyboard.keys[0].held)


def test_the_highest_key_is_a_midi_note_whatever_the_lowest_is(
    window: MainWindow, app: App, until: Until
) -> None:
    app.services.settings.set_device(SCREEN, base_note=127)
    seen: list[Played] = []
    app.bus.subscribe(lambda event: seen.append(event) if isinstance(event, Played) else None)
    window.keyboard.pressed.emit(24)
    window.keyboard.released.emit(24)
    until(lambda: len(seen) == 2)
    assert [event.key for event in seen] == [24, 24]
    assert all(byte < 0x80 for event in seen for byte in event.message.data[1:])


@pytest.mark.parametrize(
    ("room", "size"),
    [((2560, 1440), SIZE), ((1280, 760), (1280, 760)), ((1920, 800), (1440, 800)), ((640, 480), SMALLEST)],
)
def test_the_window_opens_no_larger_than_the_screen(room: tuple[int, int], size: tuple[int, int]) -> None:
    assert first_size(QSize(*room)).toTuple() == size


def test_a_word_appears_with_its_result_in_the_strip_and_the_log(
    window: MainWindow, player: LivePlayer, until: Until
) -> None:
    player.play("12 5 5 12")
    until(lambda: "Languages: 1 Core" in window.strip.last.text())
    line = window.side.body(WordLogPanel).log.lines[0]
    assert (line.title, line.keys, line.mood) == ("languages", "12 5 5 12", "ok")
    assert line.outcome.endswith("ms")


def test_a_run_that_is_no_word_is_shown_with_the_nearest(
    window: MainWindow, player: LivePlayer, until: Until
) -> None:
    player.play("0 8 0")
    until(lambda: window.strip.last.text().startswith("0 8 0 is not a word. Did you mean "))
    assert window.side.body(WordLogPanel).log.lines[0].detail.startswith("did you mean: ")


def test_a_word_that_needs_a_missing_part_says_so(
    window: MainWindow, player: LivePlayer, until: Until
) -> None:
    player.play("0 7 0")
    until(lambda: "needs the browser" in window.strip.last.text())
    assert window.side.body(WordLogPanel).log.lines[0].mood == "refused"


def test_the_mouse_plays_words(window: MainWindow, until: Until) -> None:
    for key in (12, 5, 5, 12):
        QTest.mouseClick(window.keyboard.keys[key], Qt.MouseButton.LeftButton)
    until(
        lambda: (
            window.side.body(WordLogPanel).log.lines
            and window.side.body(WordLogPanel).log.lines[0].title == "languages"
        )
    )


def test_the_computers_keys_play_words(window: MainWindow, until: Until) -> None:
    window.activateWindow()
    until(window.isActiveWindow)
    window.header.menu.setFocus()
    for letter in (Qt.Key.Key_Q, Qt.Key.Key_V, Qt.Key.Key_V, Qt.Key.Key_Q):
        QTest.keyClick(window.windowHandle(), letter)
    until(
        lambda: (
            window.side.body(WordLogPanel).log.lines
            and window.side.body(WordLogPanel).log.lines[0].title == "languages"
        )
    )


def test_the_computers_keys_can_be_switched_off(window: MainWindow, app: App, until: Until) -> None:
    assert window.keyboard.letters
    app.engine.set("computer_keys", False)
    until(lambda: not window.computer_keys.enabled)
    assert not window.keyboard.letters


def test_a_list_is_shown_until_the_next_word(window: MainWindow, player: LivePlayer, until: Until) -> None:
    player.play("12 5 5 12")
    until(window.list_card.isVisible)
    assert [window.list_card.items.item(row).text() for row in range(2)] == ["1   Core", "2   Names"]
    player.play("23 18 18 23")
    until(lambda: not window.list_card.isVisible())


def test_an_item_of_the_list_is_chosen_for_the_pending_word(
    window: MainWindow, app: App, publish: Publish, player: LivePlayer, until: Until
) -> None:
    player.play("12 5 5 12 12 5 7 12")
    until(lambda: app.engine.preview.awaits == "choice")
    publish(Listed(0, "Languages", ("Core", "Names")))
    until(window.list_card.isVisible)
    window.list_card.items.itemActivated.emit(window.list_card.items.item(1))
    until(lambda: app.engine.services.languages.stack.languages[0].name == "names")


def test_a_notice_is_shown_and_logged_and_does_not_block(
    window: MainWindow, publish: Publish, until: Until
) -> None:
    publish(Notice(0, "warning", "The controller is gone", "Held keys were released", "Plug it in again"))
    until(window.banner.isVisible)
    assert window.banner.happened.text() == "The controller is gone."
    assert window.banner.more.text() == "Held keys were released. Plug it in again."
    assert not window.banner.isModal()
    assert window.side.body(WordLogPanel).log.lines[0].title == "The controller is gone"
    QTest.mouseClick(window.banner.findChild(QAbstractButton), Qt.MouseButton.LeftButton)
    assert not window.banner.isVisible()


def test_folding_moves_neither_roll_nor_keys(window: MainWindow, until: Until) -> None:
    before = window.roll.geometry(), window.keyboard.geometry(), window.side.geometry()
    for name in ("dictionary", "devices", "understood"):
        panel = window.side.panels[name]
        was_open = panel.is_open
        panel.header.click()
        until(lambda panel=panel, was_open=was_open: panel.is_open != was_open)
    assert (window.roll.geometry(), window.keyboard.geometry(), window.side.geometry()) == before


def test_panels_fold_by_a_word(window: MainWindow, player: LivePlayer, app: App, until: Until) -> None:
    player.play("23 14 15 23 14")  # the first panel
    player.play("12")
    until(lambda: "dictionary" in app.engine.settings.values.folded)
    until(lambda: not window.side.panels["dictionary"].is_open)


def test_folded_panels_are_folded_at_the_next_start(window: MainWindow, app: App, until: Until) -> None:
    window.side.panels["understood"].header.click()
    until(lambda: "understood" in app.engine.settings.values.folded)
    from rubato_desktop.ui.style.theme import Theme

    again = MainWindow(app.engine, Theme("dark"))
    assert not again.side.panels["understood"].is_open
    again.close()


def test_a_setting_changes_the_theme(window: MainWindow, app: App, until: Until) -> None:
    app.engine.set("theme", "light")
    until(lambda: not window.theme.colours.dark)
    assert window.palette().window().color().lightness() > 200
    app.engine.set("theme", "dark")
    until(lambda: window.theme.colours.dark)


def test_the_header_shows_a_running_recording(window: MainWindow, player: LivePlayer, until: Until) -> None:
    assert not window.header.time.isVisible()
    player.play("0 11 0")
    until(lambda: window.header.record.text() == "Recording")
    assert window.header.time.isVisible()
    window.header.pause.click()
    until(lambda: window.header.record.text() == "Paused")
    window.header.record.click()
    until(lambda: window.header.record.text() == "Record")
    until(lambda: "saved" in window.status_line.right.text())


def test_a_chip_chooses_the_language(window: MainWindow, app: App, until: Until) -> None:
    window.findChild(QWidget, "language-names").click()  # type: ignore[attr-defined]
    until(lambda: app.engine.services.languages.stack.languages[0].name == "names")
    until(lambda: window.findChild(QWidget, "language-names").property("current") is True)


def test_piano_off_is_shown_and_undone_by_a_click(
    window: MainWindow, app: App, player: LivePlayer, until: Until
) -> None:
    player.play("0 7 3 0")
    until(lambda: window.header.piano.text() == "Keys: music only")
    assert "play 0 3 7 0 alone" in window.strip.hint.text()
    window.header.piano.click()
    until(lambda: window.header.piano.text() == "Keys: commands")


def test_a_text_can_be_typed_instead_of_spelled(
    window: MainWindow, app: App, player: LivePlayer, until: Until
) -> None:
    player.play("12 2 3 4 12")
    until(window.strip.entry.isVisible)
    window.strip.entry.setText("Practice room")
    QTest.keyClick(window.strip.entry, Qt.Key.Key_Return)
    until(lambda: app.engine.services.languages.stack.languages[0].title == "Practice room")
    assert not window.strip.entry.isVisible()


def test_a_text_typed_slowly_survives_the_timeout_of_its_word(
    window: MainWindow, app: App, player: LivePlayer, until: Until
) -> None:
    player.play("12 2 3 4 12")
    until(window.strip.entry.isVisible)
    window.strip.entry.setText("Slow")
    app.engine.run("cancel")  # as a timeout would
    until(lambda: not app.engine.preview.keys)
    assert window.strip.entry.isVisible()
    QTest.keyClick(window.strip.entry, Qt.Key.Key_Return)
    until(lambda: app.engine.services.languages.stack.languages[0].title == "Slow")


def test_an_empty_text_field_closes_with_its_word(
    window: MainWindow, player: LivePlayer, until: Until
) -> None:
    player.play("12 2 3 4 12")
    until(window.strip.entry.isVisible)
    player.play("24")
    until(window.strip.entry.isHidden)


def test_escape_discards_a_typed_text_and_cancels_its_word(
    window: MainWindow, app: App, player: LivePlayer, until: Until
) -> None:
    window.activateWindow()
    until(window.isActiveWindow)
    player.play("12 2 3 4 12")
    until(window.strip.entry.hasFocus)
    QTest.keyClicks(window.strip.entry, "never mind")
    QTest.keyClick(window.strip.entry, Qt.Key.Key_Escape)
    until(lambda: not app.engine.preview.keys)
    until(window.strip.entry.isHidden)
    assert window.strip.entry.text() == ""


def test_escape_cancels_the_keys_played_so_far(
    window: MainWindow, app: App, player: LivePlayer, until: Until
) -> None:
    player.play("0")
    until(lambda: app.engine.preview.keys == (0,))
    window.cancel_input()
    until(lambda: app.engine.preview.keys == ())


def test_an_open_recording_is_shown_and_a_click_seeks(window: MainWindow, app: App, until: Until) -> None:
    notes = Notes.of([(0, 500_000, 0, 0, 60, 80), (4_000_000, 4_500_000, 0, 0, 62, 80)], ["piano"])
    app.engine.post(lambda: app.engine.services.roll.open(OpenRecording("étude", notes)))
    until(lambda: window.roll.title.text() == "étude")
    assert not window.roll.roll.live
    window.roll.roll.seek.emit(4_000_000)
    until(lambda: app.engine.services.roll.position == 4_000_000)
    until(lambda: window.roll.position.text().startswith("0:04"))
    window.roll.switch.click()
    until(lambda: window.roll.roll.live)


def test_a_click_on_a_word_in_the_roll_opens_it_in_the_dictionary(
    window: MainWindow, player: LivePlayer, until: Until
) -> None:
    player.play("12 5 5 12")
    until(lambda: window.side.body(WordLogPanel).log.lines)
    window.roll.open_word.emit("languages")
    index = window.dictionary.tree.currentIndex()
    assert index.data() == "languages"
    assert window.dictionary.tree.isExpanded(index)


def test_a_dropped_file_is_opened(window: MainWindow, tmp_path: Path, until: Until) -> None:
    path = tmp_path / "no music.mid"
    path.write_bytes(b"nothing")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    none = Qt.KeyboardModifier.NoModifier
    window.dropEvent(
        QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    )
    until(lambda: window.strip.last.property("mood") == "failed")
    assert "no music.mid" in window.strip.last.text()


def test_a_second_start_brings_the_window_to_the_front(
    window: MainWindow, publish: Publish, until: Until
) -> None:
    window.showMinimized()
    publish(FrontRequested(0))
    until(lambda: not window.isMinimized() and window.isActiveWindow())


def test_quit_is_a_word(window: MainWindow, player: LivePlayer, until: Until) -> None:
    player.play("23 12 0 12 23")
    until(lambda: not window.isVisible())


@pytest.mark.parametrize("size", [SMALLEST, (1440, 900), (2200, 1300)])
def test_every_part_stays_within_the_window(window: MainWindow, size: tuple[int, int], until: Until) -> None:
    window.resize(*size)
    until(lambda: window.width() == size[0])
    parts = (window.header, window.roll, window.side, window.strip, window.keyboard, window.status_line)
    until(lambda: [part for part in parts if not window.rect().contains(part.geometry())] == [])
    assert window.side.panels["dictionary"].width() == window.side.panels["understood"].width()


def test_a_small_window_folds_panels_and_a_large_one_unfolds_them(window: MainWindow, until: Until) -> None:
    def shown() -> set[str]:
        return {panel.name for panel in window.side.panels.values() if panel.is_open}

    assert shown() == {"dictionary", "understood"}
    window.resize(*SMALLEST)
    until(lambda: shown() == {"dictionary"})
    window.resize(1440, 900)
    until(lambda: shown() == {"dictionary", "understood"})


def test_every_control_has_an_accessible_name(window: MainWindow) -> None:
    kinds = (QAbstractButton, QLineEdit, QAbstractItemView)
    used = [item for kind in kinds for item in window.findChildren(kind)]
    assert len(used) > 50

    def name(item: QWidget) -> str:
        return item.accessibleName() or (item.text() if isinstance(item, QAbstractButton) else "")

    nameless = [item for item in used if item.focusPolicy() != Qt.FocusPolicy.NoFocus and not name(item)]
    assert [f"{type(item).__name__} {item.objectName()}" for item in nameless] == []


def test_the_tab_key_reaches_all_parts(window: MainWindow, until: Until) -> None:
    window.activateWindow()
    until(window.isActiveWindow)
    window.header.record.setFocus()
    seen = set()
    for _ in range(60):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        part = window.focusWidget()
        while part is not None and part not in (window.header, window.roll, window.side, window.keyboard):
            part = part.parentWidget()
        if part is not None:
            seen.add(part.objectName() or "roll")
    assert seen == {"header", "roll", "side", "keyboard"}


def test_status_and_panels_know_whether_the_window_is_open(window: MainWindow, app: App) -> None:
    assert "window" in app.engine.run("status").result(10).value["has"]
    assert app.engine.run("panels").result(10).value[0] == "dictionary"
    window.close()
    assert "window" in app.engine.run("status").result(10).value["missing"]
    assert app.engine.run("panels").result(10).error["code"] == "needs_window"
