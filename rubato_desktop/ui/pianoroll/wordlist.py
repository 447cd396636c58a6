"""The words of the roll as a list: for the keyboard and for screen readers.

It lies over the lanes of labels and paints nothing: the labels are its face. So Tab reaches the words, arrows go
from word to word, Enter opens one, and a screen reader finds a plain list.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from rubato_desktop.ui.pianoroll.ruler import format_time
from rubato_desktop.ui.pianoroll.words import Words, describe

Index = QModelIndex | QPersistentModelIndex


class WordModel(QAbstractListModel):
    """The words in order of time."""

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words

    def show(self, words: Words) -> None:
        """List these instead."""
        self.beginResetModel()
        self._words = words
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._words)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.row() >= len(self._words):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            heard = self._words.items[index.row()]
            return describe(heard, format_time(heard.t))
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(80, 20)
        return None


class WordList(QListView):
    """The words, for keys and ears.

    Signals:
        chosen(int): The place of the word the keyboard is at.
        opened(int): The place of a word that Enter was pressed on.
        focused(bool): Keyboard focus came or went.
    """

    chosen = Signal(int)
    opened = Signal(int)
    focused = Signal(bool)

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.words = WordModel(words, self)
        self.setModel(self.words)
        self.setStyleSheet("QListView { background: transparent; border: none; }")
        self.setAccessibleName("Words of the pianoroll")
        self.setAccessibleDescription("Arrows go from word to word, Enter opens the word's entry")
        self.setUniformItemSizes(True)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.viewport().setAutoFillBackground(False)
        self.setAutoFillBackground(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint nothing: the labels beneath are its face."""

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.chosen.emit(current.row())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, here, last = Qt.Key, self.currentIndex().row(), self.words.rowCount() - 1
        moves = {
            keys.Key_Left: here - 1,
            keys.Key_Up: here - 1,
            keys.Key_Right: here + 1,
            keys.Key_Down: here + 1,
            keys.Key_Home: 0,
            keys.Key_End: last,
        }
        if event.key() in moves:
            self.go_to(moves[keys(event.key())])
        elif event.key() in (keys.Key_Return, keys.Key_Enter) and here >= 0:
            self.opened.emit(here)
        else:
            event.ignore()

    def go_to(self, place: int) -> None:
        """Make a word the current one; a place before the first or after the last is the first or last."""
        count = self.words.rowCount()
        if count:
            self.setCurrentIndex(self.words.index(min(max(place, 0), count - 1)))
