"""Cards over the lower edge of another widget: they follow its size, and a text too long for it scrolls."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

WIDEST = 560  # px
LOWEST = 76  # px; a card for which less is left lies over the others
GAP = 14


class ScrollingText(QScrollArea):
    """Labels one below the other, which scroll where there is no room for all of them."""

    def __init__(self) -> None:
        super().__init__()
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add_label(self, *, strong: bool = False) -> QLabel:
        """Add a label below the others.

        Args:
            strong: Whether its text is bold.
        """
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setProperty("strong", strong)
        self._column.addWidget(label)
        return label

    def heightForWidth(self, width: int) -> int:
        return self._column.heightForWidth(width)

    def sizeHint(self) -> QSize:
        return QSize(100, self._column.heightForWidth(max(100, self.width())))

    def minimumSizeHint(self) -> QSize:
        return QSize(50, self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The Tab key stops here only where there is something to scroll.
        scrolls = self.heightForWidth(self.width()) > self.height()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if scrolls else Qt.FocusPolicy.NoFocus)


class EscapeCloses(QFrame):
    """A frame that Esc closes while the focus is in it, before Esc does what it does in the window."""

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if overrides and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


class Card(QFrame):
    """A card, hidden until `place` shows it.

    Cards over the same widget stand one above the other, by their rank: what must not move is lowest.

    Args:
        over: The widget above whose lower edge it stands.
        name: Its object name, for its style.
    """

    rank: ClassVar = 0

    def __init__(self, over: QWidget, name: str) -> None:
        super().__init__(over)
        self.setObjectName(name)
        self.text = ScrollingText()
        over.installEventFilter(self)
        self.hide()

    def place(self) -> None:
        """Show the card, as high as its text needs."""
        self.show()
        self.raise_()
        self._arrange()

    def _arrange(self) -> None:
        over = self.parentWidget()
        assert over is not None
        cards = [card for card in over.children() if isinstance(card, Card) and not card.isHidden()]
        width = min(WIDEST, over.width() - 2 * GAP)
        bottom = over.height() - GAP
        for card in sorted(cards, key=lambda card: card.rank):
            room = max(LOWEST, bottom - GAP)
            height = min(room, max(card.heightForWidth(width), card.minimumSizeHint().height()))
            top = max(GAP, bottom - height)
            card.setGeometry(QRect((over.width() - width) // 2, top, width, height))
            bottom = top - GAP

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._arrange()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._arrange()
        return False

    def _style(self, ground: str, edge: str) -> None:
        """Give the card its colours, ``#rrggbb`` each."""
        name = self.objectName()
        self.setStyleSheet(
            f"QFrame#{name} {{ background: {ground}; border: 1px solid {edge}; border-radius: 8px; }}"
            f" QFrame#{name} QLabel {{ background: transparent; }}"
        )
