"""The dictionary at the side: search, the tree of words, playing a word, and giving a new word its meaning."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from rubato_desktop.commands.registry import REGISTRY
from rubato_desktop.engine import Engine
from rubato_desktop.events import CommandDone, Event, LanguagesChanged, WordHeard
from rubato_desktop.language.keys import format_keys
from rubato_desktop.plurals import counted
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.dictionary_model import DictionaryModel
from rubato_desktop.ui.panels.dictionary_rows import DictionaryRows, speaker_area
from rubato_desktop.ui.style.theme import Theme


class WordTree(QTreeView):
    """The tree of words. Enter or the loudspeaker plays a word's keys; a click unfolds it.

    Args:
        theme: Its colours.
        model: The dictionary.

    Signals:
        play_requested: Name of a word to play.
    """

    play_requested = Signal(str)

    def __init__(self, theme: Theme, model: DictionaryModel) -> None:
        super().__init__()
        self._words = model
        self.setModel(model)
        self._rows = DictionaryRows(theme, model, self)
        self.setItemDelegate(self._rows)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setMouseTracking(True)
        self.setUniformRowHeights(False)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(24)
        self.setAccessibleName("Words")
        self.setAccessibleDescription("Enter plays a word's keys; the right arrow shows its meaning.")
        theme.changed.connect(self.viewport().update)
        # Qt keeps the height of a row that it has laid out, also when the row unfolds.
        self.expanded.connect(self.scheduleDelayedItemsLayout)
        self.collapsed.connect(self.scheduleDelayedItemsLayout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        point: QPoint = event.position().toPoint()
        index = self.indexAt(point)
        entry = self._words.entry(index)
        if event.button() != Qt.MouseButton.LeftButton or entry is None or entry.line:
            return
        row = self.visualRect(index)
        if entry.word is None or not speaker_area(row).contains(point):
            self.setExpanded(index, not self.isExpanded(index))
        else:
            self.play_requested.emit(entry.word.name)

    def _activate(self, index: QModelIndex | QPersistentModelIndex) -> None:
        entry = self._words.entry(index)
        if entry is not None and entry.word is not None:
            self.play_requested.emit(entry.word.name)
        elif entry is not None:
            self.setExpanded(index, not self.isExpanded(index))


class DictionaryPanel(QWidget):
    """Search field, word tree, and a field for the meaning of a new word.

    Args:
        engine: Its languages and their usage are shown.
        bridge: Runs commands and delivers events.
        theme: Its colours.

    Signals:
        fact_changed: The fact for the panel's header.
    """

    name: ClassVar = "dictionary"
    title: ClassVar = "Dictionary"
    fact_changed = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge = engine, bridge
        self.fact = ""
        summaries = {command.id: command.summary for command in REGISTRY.values()}
        self.model = DictionaryModel(summaries, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search words or keys, e.g. page or 0 3")
        self.search.setAccessibleName("Search the dictionary")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.meaning = QLineEdit()
        self.meaning.setPlaceholderText("What does it mean?")
        self.meaning.setAccessibleName("Meaning of the new word")
        self.meaning.returnPressed.connect(self._save_meaning)
        self._meaning_label = QLabel()
        self._meaning_label.setBuddy(self.meaning)
        self._meaning_row = QWidget()
        row = QHBoxLayout(self._meaning_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._meaning_label)
        row.addWidget(self.meaning, 1)
        self._meaning_row.hide()
        self.tree = WordTree(theme, self.model)
        self.tree.play_requested.connect(lambda word: bridge.run("hear", word=word))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        fields = QVBoxLayout()
        fields.setContentsMargins(16, 0, 16, 4)
        fields.addWidget(self._meaning_row)
        fields.addWidget(self.search)
        layout.addLayout(fields)
        layout.addWidget(self.tree, 1)
        bridge.happened.connect(self.on_event)
        self._show()

    def on_event(self, event: Event) -> None:
        """Follow languages, usage and new words."""
        match event:
            case LanguagesChanged():
                self._show()
            case WordHeard():
                self._update_usage(event)
            case CommandDone(result=result) if (
                result.name in ("add_word", "meaning", "undo") and result.status == "ok"
            ):
                self._ask_meaning(result.name, tuple(result.value.get("keys", ())) if result.value else ())

    def open_word(self, name: str) -> None:
        """Scroll to a word and unfold it."""
        self.search.clear()
        index = self.model.find(name)
        if index.isValid():
            self.tree.setExpanded(index, True)
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def _update_usage(self, event: WordHeard) -> None:
        word = self._engine.services.languages.stack.word(event.word.word)
        if word is not None:
            self.model.update_usage(word.keys)

    def _show(self) -> None:
        current = self.model.entry(self.tree.currentIndex())
        name = current.word.name if current is not None and current.word is not None else ""
        self.model.show(
            self._engine.services.languages.stack.languages, self._engine.services.languages.usage
        )
        self._unfold_languages()
        if name:
            self.tree.setCurrentIndex(self.model.find(name))

    def _unfold_languages(self) -> None:
        for row in range(self.model.rowCount()):
            self.tree.setExpanded(self.model.index(row, 0), True)
        self.fact = counted(self.model.count, "word")
        self.fact_changed.emit(self.fact)

    def _search(self, text: str) -> None:
        self.model.filter(text)
        self._unfold_languages()

    def _ask_meaning(self, command: str, keys: tuple[int, ...]) -> None:
        """Ask for the meaning of a word that was just added; hide the field after any other command."""
        asks = command == "add_word" and bool(keys)
        if asks:
            self._meaning_label.setText(f"New word {format_keys(keys)}:")
            self.meaning.setAccessibleName(f"Meaning of the new word {format_keys(keys)}")
            self.meaning.clear()
        self._meaning_row.setVisible(asks)
        if asks and self.isVisible() and self.window().isActiveWindow():
            self.meaning.setFocus()

    def _save_meaning(self) -> None:
        if self.meaning.text().strip():
            self._bridge.run("meaning", text=self.meaning.text())
