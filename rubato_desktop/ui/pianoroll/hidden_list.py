"""Invisible list views over the roll, for keyboard users and screen readers.

The roll paints the items itself. The list makes them reachable with Tab, the arrow keys and Enter, and shows them to a
screen reader as a plain list.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

Index = QModelIndex | QPersistentModelIndex


class TextModel(QAbstractListModel):
    """Items in order of time, each as a line of text."""

    def count(self) -> int:
        """Return the number of items."""
        raise NotImplementedError

    def text(self, row: int) -> str:
        """Return the text of an item."""
        raise NotImplementedError

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self.count()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.row() >= self.count():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(index.row())
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(80, 20)
        return None


class HiddenList(QListView):
    """A list view that paints nothing.

    Args:
        model: The items.
        parent: The roll.
        name: Accessible name.
        description: Accessible description: how to use the list.

    Signals:
        chosen(int): Another row is current; -1 for none.
        opened(int): Enter was pressed on this row.
        focused(bool): The list gained or lost keyboard focus.
    """

    chosen = Signal(int)
    opened = Signal(int)
    focused = Signal(bool)

    def __init__(self, model: TextModel, parent: QWidget, name: str, description: str) -> None:
        super().__init__(parent)
        self._texts = model
        self.setModel(model)
        self.setStyleSheet("QListView { background: transparent; border: none; }")
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)
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
        """Paint nothing: the roll below paints the items."""

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
        keys, here, last = Qt.Key, self.currentIndex().row(), self._texts.rowCount() - 1
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

    def go_to(self, row: int) -> None:
        """Make a row the current one; values out of range select the first or the last row."""
        count = self._texts.rowCount()
        if count:
            self.setCurrentIndex(self._texts.index(min(max(row, 0), count - 1)))
