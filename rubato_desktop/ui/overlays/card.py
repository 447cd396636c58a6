"""A card over the lower edge of another widget, which it follows when that one changes its size."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect
from PySide6.QtWidgets import QFrame, QWidget

WIDEST = 560  # px
GAP = 14


class Card(QFrame):
    """Hidden until somebody shows it.

    Args:
        over: The widget above whose lower edge it stands.
    """

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        over.installEventFilter(self)
        self.hide()

    def place(self) -> None:
        """Take the room that its text needs now."""
        over = self.parentWidget()
        assert over is not None
        width = min(WIDEST, over.width() - 2 * GAP)
        height = max(self.heightForWidth(width), self.minimumSizeHint().height())
        self.setGeometry(QRect((over.width() - width) // 2, over.height() - height - GAP, width, height))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return False
