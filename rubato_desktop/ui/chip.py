"""The rounded buttons of the header: each shows a state and leads to more about it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from rubato_desktop.ui.style.icons import icon

WIDEST, NARROWEST = 210, 80  # px of text


class Chip(QPushButton):
    """A small rounded button with a coloured dot: a state, and the way to more about it.

    Where the header has no room for its text, it is cut short; its accessible name and tooltip are whole.

    Args:
        name: Its object name.
        narrowest: Room in px that a longer text has at least.
    """

    def __init__(self, name: str, narrowest: int = NARROWEST) -> None:
        super().__init__()
        self._narrowest = narrowest
        self._whole = self._tooltip = ""
        self._size = QSize()
        self._frame = 0  # px of the size beside the text
        self.setObjectName(name)
        self.setProperty("chip", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_state(self, text: str, dot: str, tooltip: str) -> None:
        """Show a state.

        Args:
            text: The state in a few words.
            dot: Colour of the dot before it; empty for none.
            tooltip: More about it; a screen reader reads it after the text.
        """
        self._whole = text
        self.ensurePolished()  # now, since its style decides its size
        self.setIcon(icon("record", dot, 14) if dot else QIcon())
        self.setText(_without_mnemonics(text))
        self._size = super().sizeHint()
        self._frame = self._size.width() - self.fontMetrics().horizontalAdvance(text)
        self._tooltip = tooltip
        self._fit()
        self.setAccessibleName(text)

    def _fit(self) -> None:
        room = self.width() - self._frame + 1  # advances are rounded down
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, room)
        if (text := _without_mnemonics(shown)) != self.text():
            self.setText(text)
        self.setToolTip(self._tooltip if shown == self._whole else f"{self._whole}\n{self._tooltip}")

    def sizeHint(self) -> QSize:
        return QSize(min(self._size.width(), self._frame + WIDEST), self._size.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self._size.width(), self._frame + self._narrowest), self._size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _without_mnemonics(text: str) -> str:
    return text.replace("&", "&&")
