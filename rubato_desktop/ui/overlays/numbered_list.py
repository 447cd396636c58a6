"""The numbered list shown last, over the pianoroll, until an item is chosen or it is closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QListView, QListWidget, QToolButton, QWidget

from rubato_desktop.events import Listed
from rubato_desktop.ui.overlays.card import EscapeCloses
from rubato_desktop.ui.style.icons import icon
from rubato_desktop.ui.style.theme import Theme

GAP = 14
WIDEST = 620  # px


class ListCard(EscapeCloses):
    """A numbered list in the upper left corner of another widget. Long items wrap; a long list scrolls.

    Args:
        over: The widget in whose corner it stands.
        theme: Its colours.

    Signals:
        chosen: The number of an item, from 1, that was chosen by Enter or a double click.
    """

    chosen = Signal(int)

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over)
        self._theme = theme
        self.setObjectName("card")
        self.title = QLabel()
        self.title.setProperty("strong", True)
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.items = QListWidget()
        self.items.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.items.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.items.setResizeMode(QListView.ResizeMode.Adjust)
        self.items.setAccessibleName("The list")
        self.items.setWordWrap(True)
        self.items.itemActivated.connect(lambda item: self.chosen.emit(self.items.row(item) + 1))
        self._close = QToolButton()
        self._close.setProperty("flat", True)
        self._close.setAccessibleName("Close the list")
        self._close.setToolTip("Close (Esc)")
        self._close.clicked.connect(self.hide)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 8, 8, 10)
        self._grid.addWidget(self.title, 0, 0)
        self._grid.addWidget(self._close, 0, 1, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self.items, 1, 0, 1, 2)
        self._grid.setColumnStretch(0, 1)
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
        self.show()
        self.raise_()
        self._place()

    def _dress(self) -> None:
        c = self._theme.colours
        self._close.setIcon(icon("close", c.muted))
        self.setStyleSheet(
            f"QFrame#card {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}"
            f" QFrame#card QLabel {{ background: transparent; }}"
            f" QFrame#card QListWidget {{ background: transparent; }}"
        )

    def _place(self) -> None:
        over = self.parentWidget()
        assert over is not None
        width = min(WIDEST, over.width() - 2 * GAP)
        highest = over.height() - 2 * GAP
        # The rows wrap at the width that the list has then, and only then tell their heights.
        self.setGeometry(QRect(GAP, GAP, width, highest))
        self._grid.activate()
        self.items.doItemsLayout()
        rows = self.items.count()
        end = self.items.visualItemRect(self.items.item(rows - 1)).bottom() if rows else 0
        begin = self.items.visualItemRect(self.items.item(0)).top() if rows else 0
        around = highest - self.items.viewport().height() if rows else self._grid.heightForWidth(width)
        self.resize(width, min(highest, around + end - begin + 1))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False
