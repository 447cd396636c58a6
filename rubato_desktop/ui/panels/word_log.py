"""The word log at the side: each word with its result, each run that is no word and why, each notice."""

from __future__ import annotations

from collections import deque
from typing import Any, ClassVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from rubato_desktop.engine import Engine
from rubato_desktop.events import CommandDone, Event, Notice, Result, WordHeard, WordMissed
from rubato_desktop.plurals import counted
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.word_log_lines import Line, missed_line, notice_line, with_result, word_line
from rubato_desktop.ui.panels.word_log_rows import ROLE, WordLogRows
from rubato_desktop.ui.style.theme import Theme, font

Index = QModelIndex | QPersistentModelIndex
NO_PARENT = QModelIndex()
CAPACITY = 1000  # lines


class LogModel(QAbstractListModel):
    """The lines, newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: deque[Line] = deque(maxlen=CAPACITY)

    def add(self, line: Line) -> None:
        """Put a line at the top, and drop the oldest where there are too many."""
        if len(self.lines) == CAPACITY:
            self.beginRemoveRows(NO_PARENT, CAPACITY - 1, CAPACITY - 1)
            self.lines.pop()
            self.endRemoveRows()
        self.beginInsertRows(NO_PARENT, 0, 0)
        self.lines.appendleft(line)
        self.endInsertRows()

    def add_result(self, result: Result) -> None:
        """Add a result to the line of its word."""
        for row, line in enumerate(self.lines):
            if line.id == result.id and line.mood == "waiting":
                self.lines[row] = with_result(line, result)
                self.dataChanged.emit(self.index(row), self.index(row))
                return

    def rowCount(self, parent: Index = NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.spoken
        return None


class WordLogPanel(QListView):
    """The log. The current line is unfolded: it shows all of its text.

    Args:
        engine: Its languages tell which arguments a word sets.
        bridge: Delivers the events.
        theme: Its colours.

    Signals:
        fact_changed: The fact for the panel's header.
        open_word: Name of a word, on Enter or a double click on its line.
    """

    name: ClassVar = "understood"
    title: ClassVar = "Word log"
    fact_changed = Signal(str)
    open_word = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._theme = engine, theme
        self.fact = "empty"
        self._words = 0
        self._missed = 0
        self.log = LogModel(self)
        self._rows = WordLogRows(theme, self)
        self.setModel(self.log)
        self.setItemDelegate(self._rows)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.title)
        self.setAccessibleDescription("Each word with its result, the newest first. Enter opens the word.")
        self.activated.connect(self._open)
        theme.changed.connect(self.viewport().update)
        bridge.happened.connect(self.on_event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        # The line stays where it is while one above it folds: a double click must not hit its neighbour.
        before = self.visualRect(current).top()
        self.doItemsLayout()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.visualRect(current).top() - before)
        whole = self.visualRect(current).height() <= self.viewport().height()
        hint = QAbstractItemView.ScrollHint
        self.scrollTo(current, hint.EnsureVisible if whole else hint.PositionAtTop)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.log.lines:
            painter = QPainter(self.viewport())
            painter.setFont(font(0.95))
            painter.setPen(self._theme.colours.muted)
            area = self.viewport().rect().adjusted(16, 6, -16, 0)
            painter.drawText(
                area, Qt.TextFlag.TextWordWrap, "Each word you play appears here with its result."
            )
            painter.end()

    def on_event(self, event: Event) -> None:
        """Add what happened to the log."""
        match event:
            case WordHeard():
                word = self._engine.services.languages.stack.word(event.word.word)
                self.log.add(word_line(event, word.args if word is not None else {}))
                self._words += 1
                self._show_fact()
            case WordMissed():
                self.log.add(missed_line(event))
                self._missed += event.run.reason != "erased"
                self._show_fact()
            case CommandDone(result=result, word=word) if word is not None:
                self.log.add_result(result)
            case Notice():
                self.log.add(notice_line(event))

    def _show_fact(self) -> None:
        missed = f" · {self._missed} missed" if self._missed else ""
        self.fact = counted(self._words, "word") + missed
        self.fact_changed.emit(self.fact)

    def _open(self, index: QModelIndex) -> None:
        line: Line | None = index.data(ROLE)
        if line is not None and line.word:
            self.open_word.emit(line.word)
