"""The numbered list shown last, over the pianoroll, until something is chosen or it is closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QListWidget, QToolButton, QWidget

from rubato_desktop.events import Listed
from rubato_desktop.ui.style.icons import sign
from rubato_desktop.ui.style.theme import Theme

GAP = 14
WIDEST = 620


class ListCard(QFrame):
    """A numbered list in the upper left corner of `over`.

    Args:
        over: The widget in whose corner it stands.
        theme: Its colours.
    """

    chosen = Signal(int)  # a number, from 1: by Enter or a double click

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over)
        self._theme = theme
        self.setObjectName("card")
        self.title = QLabel()
        self.title.setProperty("strong", True)
        self.items = QListWidget()
        self.items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.items.setAccessibleName("The list")
        self.items.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.items.itemActivated.connect(lambda item: self.chosen.emit(self.items.row(item) + 1))
        self._close = QToolButton()
        self._close.setProperty("flat", True)
        self._close.setAccessibleName("Close the list")
        self._close.setToolTip("Close (Esc)")
        self._close.clicked.connect(self.hide)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 8, 8, 10)
        grid.addWidget(self.title, 0, 0)
        grid.addWidget(self._close, 0, 1)
        grid.addWidget(self.items, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        over.installEventFilter(self)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_list(self, listed: Listed) -> None:
        """Show a list in place of the one before."""
        self.title.setText(listed.title if listed.items else f"{listed.title}: none")
        self.items.clear()
        self.items.addItems([f"{number}   {item}" for number, item in enumerate(listed.items, 1)])
        self.items.setAccessibleName(listed.title)
        self.items.setVisible(bool(listed.items))
        self._place()
        self.show()
        self.raise_()

    def _dress(self) -> None:
        c = self._theme.colours
        self._close.setIcon(sign("close", c.muted))
        self.setStyleSheet(
            f"QFrame#card {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}"
            f" QFrame#card QLabel {{ background: transparent; }}"
            f" QFrame#card QListWidget {{ background: transparent; }}"
        )

    def _place(self) -> None:
        over = self.parentWidget()
        assert over is not None
        width = min(WIDEST, over.width() - 2 * GAP)
        rows = self.items.count()
        line = max(18, self.items.sizeHintForRow(0)) if rows else 0
        height = min(over.height() - 2 * GAP, self.title.sizeHint().height() + 48 + rows * line)
        self.setGeometry(QRect(GAP, GAP, width, height))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
