"""The main window: puts its parts together and shows the events that concern it as a whole."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QVBoxLayout, QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.events import (
    CommandDone,
    Event,
    FrontRequested,
    LanguagesChanged,
    Listed,
    Notice,
    PanelFolded,
    Played,
    PreviewChanged,
    QuestionAsked,
    SettingChanged,
    WordHeard,
    WordMissed,
)
from rubato_desktop.language.keys import format_keys
from rubato_desktop.midi.messages import note_off, note_on
from rubato_desktop.services.run_state import SCREEN
from rubato_desktop.ui.accessibility.announce import announce, announcement
from rubato_desktop.ui.accessibility.screen_reader import ScreenReader
from rubato_desktop.ui.actions import make_menu
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.header import Header
from rubato_desktop.ui.keyboard.computer_keys import ComputerKeys
from rubato_desktop.ui.keyboard.key_labels import key_labels, words_by_name
from rubato_desktop.ui.keyboard.push_to_talk import PushToTalk
from rubato_desktop.ui.keyboard.widget import Keyboard
from rubato_desktop.ui.overlays.banner import Banner
from rubato_desktop.ui.overlays.confirmation import QuestionCard
from rubato_desktop.ui.overlays.numbered_list import ListCard
from rubato_desktop.ui.overlays.result_card import ResultCard
from rubato_desktop.ui.panels.accordion import Accordion
from rubato_desktop.ui.panels.dictionary import DictionaryPanel
from rubato_desktop.ui.panels.table import make_panels
from rubato_desktop.ui.panels.word_log import WordLogPanel
from rubato_desktop.ui.panels.word_log_lines import duration, missed_text
from rubato_desktop.ui.roll_view import RollView
from rubato_desktop.ui.status_line import StatusLine
from rubato_desktop.ui.strip import Strip
from rubato_desktop.ui.style.theme import Theme

SIZE, SMALLEST = (1440, 900), (1024, 640)
COMPUTER = "computer"
VELOCITY = 80  # of keys that do not measure it


def first_size(room: QSize) -> QSize:
    """Return the size of the window when it opens, in px.

    Args:
        room: The part of the screen that is free for windows, in px.
    """
    return QSize(*SIZE).boundedTo(room).expandedTo(QSize(*SMALLEST))


class MainWindow(QMainWindow):
    """The window of a running engine.

    Args:
        engine: What it shows and plays.
        theme: Its colours.
    """

    def __init__(self, engine: Engine, theme: Theme) -> None:
        super().__init__()
        self.engine, self.theme = engine, theme
        self.bridge = Bridge(engine)
        self._held: set[tuple[str, int]] = set()
        self._words = words_by_name(engine.services.languages.stack.languages)
        theme.use_languages(engine.services.languages.stack.languages)
        theme.apply()
        self.setWindowTitle("Rubato")
        self.resize(*SIZE)
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self._build()
        self.winId()  # creates the system's window, which receives the computer's keys
        self.computer_keys = ComputerKeys(
            self.windowHandle(),
            lambda key: self._press(COMPUTER, key),
            lambda key: self._release(COMPUTER, key),
        )
        self.computer_keys.enabled = engine.settings.values.computer_keys
        self.talk_key = PushToTalk(self.windowHandle(), lambda on: self.bridge.run("talk", on=on))
        self.talk_key.use(engine.settings.values.talk_key)
        self.bridge.happened.connect(self.on_event)
        self.screen_reader = ScreenReader(self, self._set_announced)
        engine.services.state.panels = {panel.name: panel.title for panel in self.side.panels.values()}
        self.side.set_folded(engine.settings.values.folded)
        self._show_preview()

    def _build(self) -> None:
        engine, bridge, theme = self.engine, self.bridge, self.theme
        self.side = Accordion(make_panels(engine, bridge, theme))
        self.dictionary = self.side.body(DictionaryPanel)
        self.side.fold_requested.connect(lambda name: bridge.run("fold", panel=name))
        self.roll = RollView(engine, bridge, theme)
        self.roll.open_word.connect(self.open_word)
        self.side.body(WordLogPanel).open_word.connect(self.open_word)
        self.menu = QMenu(self)
        self.header = Header(engine, bridge, theme, self.menu)
        self.header.panel_requested.connect(self.unfold)
        self.strip = Strip(theme)
        self.strip.typed.connect(self._on_typed)
        self.strip.cancelled.connect(self.cancel_input)
        self.roll.described.connect(lambda text: self.strip.show_result(text, "ok"))
        self.keyboard = Keyboard(theme)
        self.keyboard.pressed.connect(lambda key: self._press(SCREEN, key))
        self.keyboard.released.connect(lambda key: self._release(SCREEN, key))
        self.status_line = StatusLine(engine, bridge)
        make_menu(self)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.roll, 1)
        middle.addWidget(self.side)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(middle, 1)
        column.addWidget(self.strip)
        column.addWidget(self.keyboard)
        column.addWidget(self.status_line)
        self.setCentralWidget(content)
        self.banner = Banner(self.roll.roll, theme)
        self.result_card = ResultCard(self.roll.roll, theme)
        self.strip.last.unfolded.connect(self.show_last_result)
        self.question = QuestionCard(self.roll.roll, bridge, theme)
        self.question.show_question(engine.services.confirmation.text, self._words)
        self.list_card = ListCard(self.roll.roll, theme)
        self.list_card.chosen.connect(self._on_chosen)

    # Events -----------------------------------------------------------------------------------------

    def on_event(self, event: Event) -> None:
        """Show what concerns the window as a whole; its parts follow events themselves."""
        match event:
            case Played(message=message, key=key) if key is not None:
                self._light(message.device, key, message.is_note_on)
            case PreviewChanged():
                self._show_preview()
            case LanguagesChanged():
                self._words = words_by_name(self.engine.services.languages.stack.languages)
                self.theme.use_languages(self.engine.services.languages.stack.languages)
                self._show_preview()
            case WordHeard():
                self.list_card.hide()
                self.result_card.hide()
            case CommandDone():
                self._show_result(event)
            case WordMissed(run=run, nearest=nearest):
                mood = "erased" if run.reason == "erased" else "missed"
                self.strip.show_result(missed_text(run, nearest), mood)
            case Listed():
                self.list_card.show_list(event)
            case Notice():
                self.banner.show_notice(event)
            case QuestionAsked(text=text):
                self.question.show_question(text, self._words)
            case PanelFolded(panel=panel, folded=folded) if not folded:
                self.side.reveal(panel)
            case SettingChanged(name=name, value=value):
                self._on_setting(name, value)
            case FrontRequested():
                self.to_front()
        announce(self, announcement(event, secret=self.engine.services.state.secret))

    def _set_announced(self, on: bool) -> None:
        self.engine.services.state.announced = on

    def _on_setting(self, name: str, value: Any) -> None:
        match name:
            case "folded":
                self.side.set_folded(value)
            case "theme":
                self.theme.choose(value)
            case "talk_key":
                self.talk_key.use(value)
            case "computer_keys":
                self.computer_keys.enabled = value
                self.computer_keys.release_all()
                self.keyboard.show_letters(value)

    def _show_result(self, event: CommandDone) -> None:
        result = event.result
        if result.name == "quit" and result.status == "ok":
            self.close()
            return
        name = event.word.word if event.word else ""
        if result.text.lower().startswith(name.lower()):
            name = ""
        elapsed = duration(result.elapsed_ms) if event.word and result.status == "ok" else ""
        self.strip.show_result(" · ".join(filter(None, [name, result.text, elapsed])), result.status)

    def _light(self, device: str, key: int, down: bool) -> None:
        (self._held.add if down else self._held.discard)((device, key))
        self.keyboard.hold(key, any(held == key for _, held in self._held))

    def _show_preview(self) -> None:
        preview = self.engine.preview
        self.keyboard.show_labels(key_labels(preview, self._words))
        piano_on = next((word for word in self._words.values() if word.command == "piano_on"), None)
        self.strip.show_preview(preview, self._words, format_keys(piano_on.keys) if piano_on else "")

    # Playing ----------------------------------------------------------------------------------------

    def _press(self, device: str, key: int) -> None:
        base = self.engine.binding(device)[1]
        self.engine.receive(note_on(self.engine.clock.now(), device, base + key, VELOCITY))

    def _release(self, device: str, key: int) -> None:
        base = self.engine.binding(device)[1]
        self.engine.receive(note_off(self.engine.clock.now(), device, base + key))

    def _on_typed(self, name: str, text: str) -> None:
        """Give a typed text to the word that waits for it; run the command of a word that has timed out meanwhile."""
        word = self._words.get(name)
        if self.engine.preview.word == name:
            self.engine.give(text)
        elif word is not None and word.command:
            self.bridge.run(word.command, **{**word.args, word.parameters[-1].name: text})

    def _on_chosen(self, number: int) -> None:
        """Give the number to the word that waits for one; otherwise open that item."""
        if "choice" in self.engine.preview.awaits:
            self.engine.give(number)
        else:
            self.bridge.run("open", what=number)

    def cancel_input(self) -> None:
        """Discard the keys played so far."""
        if self.engine.preview.keys:
            self.bridge.run("cancel")

    # The window -------------------------------------------------------------------------------------

    def show_last_result(self) -> None:
        """Show the whole of the last result over the pianoroll, if there is one."""
        if text := self.strip.last.text():
            self.result_card.show_result(text)

    def open_word(self, name: str) -> None:
        """Show a word in the dictionary."""
        self.unfold("dictionary")
        self.dictionary.open_word(name)

    def unfold(self, name: str) -> None:
        """Unfold a panel."""
        if name in self.engine.settings.values.folded:
            self.bridge.run("fold", panel=name)
        else:
            self.side.reveal(name)

    def to_front(self) -> None:
        """Bring the window to the front."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.side.setFixedWidth(max(300, min(384, round(self.width() * 0.265))))
        self.keyboard.setFixedHeight(max(138, min(236, round(self.height() * 0.235))))
        super().resizeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.bridge.run("open_file", path=url.toLocalFile())
                return

    def closeEvent(self, event: QCloseEvent) -> None:
        self.computer_keys.release_all()
        self.talk_key.release()
        self.engine.services.state.panels = {}
        self.bridge.close()
        super().closeEvent(event)
