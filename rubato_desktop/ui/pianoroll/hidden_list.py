"""Lists that lie over the roll and paint nothing: for the keyboard and for screen readers.

What the roll paints is their face. So Tab reaches what is in them, arrows go from one to the next, Enter opens one, and
a screen reader finds a plain list.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

Index = QModelIndex | QPersistentModelIndex


class TextModel(QAbstractListModel):
    """Things in order of time, each as a line of text."""

    def count(self) -> int:
        """How many there are."""
        raise NotImplementedError

    def text(self, place: int) -> str:
        """Return the line of one."""
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
    """A list for keys and ears.

    Args:
        model: What is in it.
        parent: The roll.
        name: What a screen reader calls it.
        description: What can be done in it.

    Signals:
        chosen(int): The place the keyboard is at.
        opened(int): The place that Enter was pressed on.
        focused(bool): Keyboard focus came or went.
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
        """Paint nothing: what the roll paints beneath is its face."""

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

    def go_to(self, place: int) -> None:
        """Make a place the current one; one before the first or after the last is the first or last."""
        count = self._texts.rowCount()
        if count:
            self.setCurrentIndex(self._texts.index(min(max(place, 0), count - 1)))
