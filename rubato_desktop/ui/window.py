"""The one main window: puts its parts together and hands each event to those whom it concerns."""

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
from rubato_desktop.ui.accessibility.announce import announce, said
from rubato_desktop.ui.accessibility.screen_reader import ScreenReader
from rubato_desktop.ui.actions import make_menu
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.header import Header
from rubato_desktop.ui.keyboard.computer_keys import ComputerKeys
from rubato_desktop.ui.keyboard.key_labels import faces, shortest
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
from rubato_desktop.ui.panels.word_log_lines import duration
from rubato_desktop.ui.roll_view import RollView
from rubato_desktop.ui.status_line import StatusLine
from rubato_desktop.ui.strip import Strip
from rubato_desktop.ui.style.theme import Theme

SIZE, SMALLEST = (1440, 900), (1024, 640)
COMPUTER = "computer"
VELOCITY = 80  # of keys that do not know how hard they are pressed


def first_size(room: QSize) -> QSize:
    """Return how large the window opens.

    Args:
        room: What the screen leaves to windows, in pixels.
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
        self._words = shortest(engine.services.languages.stack.languages)
        theme.use_languages(engine.services.languages.stack.languages)
        theme.apply()
        self.setWindowTitle("Rubato")
        self.resize(*SIZE)
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self._build()
        self.winId()  # makes the window of the system, at which the computer's keys arrive
        self.computer_keys = ComputerKeys(
            self.windowHandle(),
            lambda key: self._press(COMPUTER, key),
            lambda key: self._release(COMPUTER, key),
        )
        self.computer_keys.enabled = engine.settings.values.computer_keys
        self.talk_key = PushToTalk(self.windowHandle(), lambda on: self.bridge.run("talk", on=on))
        self.talk_key.use(engine.settings.values.talk_key)
        self.bridge.happened.connect(self.hear)
        self.screen_reader = ScreenReader(self, self._set_announced)
        engine.services.state.panels = {panel.name: panel.title for panel in self.side.panels.values()}
        self.side.set_folded(engine.settings.values.folded)
        self._show_preview()

    def _build(self) -> None:
        engine, bridge, theme = self.engine, self.bridge, self.theme
        self.side = Accordion(make_panels(engine, bridge, theme))
        self.dictionary = self.side.body(DictionaryPanel)
        self.side.fold_asked.connect(lambda name: bridge.run("fold", panel=name))
        self.roll = RollView(engine, bridge, theme)
        self.roll.open_word.connect(self.open_word)
        self.side.body(WordLogPanel).open_word.connect(self.open_word)
        self.menu = QMenu(self)
        self.header = Header(engine, bridge, theme, self.menu)
        self.header.asked.connect(self.unfold)
        self.strip = Strip(theme)
        self.strip.typed.connect(self._typed)
        self.strip.left.connect(self.cancel_input)
        self.roll.told.connect(lambda text: self.strip.say_last(text, "ok"))
        self.keyboard = Keyboard(theme)
        self.keyboard.pressed.connect(lambda key: self._press(SCREEN, key))
        self.keyboard.released.connect(lambda key: self._release(SCREEN, key))
        self.status_line = StatusLine(engine, bridge)
        make_menu(self)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.roll, 1)
        middle.addWidget(self.side)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(middle, 1)
        column.addWidget(self.strip)
        column.addWidget(self.keyboard)
        column.addWidget(self.status_line)
        self.setCentralWidget(whole)
        self.banner = Banner(self.roll.roll, theme)
        self.result_card = ResultCard(self.roll.roll, theme)
        self.strip.last.unfolded.connect(self.show_last_result)
        self.question = QuestionCard(self.roll.roll, bridge, theme)
        self.question.show_question(engine.services.confirmation.text, self._words)
        self.list_card = ListCard(self.roll.roll, theme)
        self.list_card.chosen.connect(self._choose)

    # Events -----------------------------------------------------------------------------------------

    def hear(self, event: Event) -> None:
        """An event of the engine that concerns the window as a whole; its parts hear for themselves."""
        match event:
            case Played(message=message, key=key) if key is not None:
                self._light(message.device, key, message.is_note_on)
            case PreviewChanged():
                self._show_preview()
            case LanguagesChanged():
                self._words = shortest(self.engine.services.languages.stack.languages)
                self.theme.use_languages(self.engine.services.languages.stack.languages)
                self._show_preview()
            case WordHeard():
                self.list_card.hide()
                self.result_card.hide()
            case CommandDone():
                self._done(event)
            case WordMissed(run=run, nearest=nearest):
                mood = "erased" if run.reason == "erased" else "missed"
                near = f" · near: {nearest[0][1]} {format_keys(nearest[0][0])}" if nearest else ""
                self.strip.say_last(f"{run.reason}: {format_keys(run.keys)}{near}", mood)
            case Listed():
                self.list_card.show_list(event)
            case Notice():
                self.banner.show_notice(event)
            case QuestionAsked(text=text):
                self.question.show_question(text, self._words)
            case PanelFolded(panel=panel, folded=folded) if not folded:
                self.side.reveal(panel)
            case SettingChanged(name=name, value=value):
                self._set(name, value)
            case FrontRequested():
                self.to_front()
        announce(self, said(event, secret=self.engine.services.state.secret))

    def _set_announced(self, on: bool) -> None:
        self.engine.services.state.announced = on

    def _set(self, name: str, value: Any) -> None:
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

    def _done(self, event: CommandDone) -> None:
        result = event.result
        if result.name == "quit" and result.status == "ok":
            self.close()
            return
        name = event.word.word if event.word else ""
        if result.text.lower().startswith(name.lower()):
            name = ""
        took = duration(result.elapsed_ms) if event.word and result.status == "ok" else ""
        self.strip.say_last(" · ".join(filter(None, [name, result.text, took])), result.status)

    def _light(self, device: str, key: int, down: bool) -> None:
        (self._held.add if down else self._held.discard)((device, key))
        self.keyboard.hold(key, any(held == key for _, held in self._held))

    def _show_preview(self) -> None:
        preview = self.engine.preview
        self.keyboard.show_faces(faces(preview, self._words))
        piano_on = next((word for word in self._words.values() if word.command == "piano_on"), None)
        self.strip.show_preview(preview, self._words, format_keys(piano_on.keys) if piano_on else "")

    # Playing ----------------------------------------------------------------------------------------

    def _press(self, device: str, key: int) -> None:
        base = self.engine.binding(device)[1]
        self.engine.receive(note_on(self.engine.clock.now(), device, base + key, VELOCITY))

    def _release(self, device: str, key: int) -> None:
        base = self.engine.binding(device)[1]
        self.engine.receive(note_off(self.engine.clock.now(), device, base + key))

    def _typed(self, name: str, text: str) -> None:
        """A text was typed for a word, which may have lapsed while it was typed: then it is done all the same."""
        word = self._words.get(name)
        if self.engine.preview.word == name:
            self.engine.give(text)
        elif word is not None and word.command:
            self.bridge.run(word.command, **{**word.args, word.parameters[-1].name: text})

    def _choose(self, number: int) -> None:
        """A number of the list was chosen with the mouse: the word that waits for one gets it, else it is opened."""
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
        """Show a word's entry in the dictionary."""
        self.unfold("dictionary")
        self.dictionary.open_word(name)

    def unfold(self, name: str) -> None:
        """Open a panel and bring it into view."""
        if name in self.engine.settings.values.folded:
            self.bridge.run("fold", panel=name)
        else:
            self.side.reveal(name)

    def to_front(self) -> None:
        """Come to the front."""
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
