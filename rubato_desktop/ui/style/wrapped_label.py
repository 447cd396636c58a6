"""A label that wraps within its height; what has no room even then can be unfolded."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from rubato_desktop.ui.style.icons import paint_chevron
from rubato_desktop.ui.style.wrapping import wrap

CHEVRON = 18  # px


class WrappedLabel(QLabel):
    """Plain text in as many lines as fit. Where not all of them fit, its tooltip has the whole text.

    Args:
        subject: What the text is about; a screen reader says it first.
        unfolds: Whether a text that is cut short can be unfolded: the label then takes the focus, and a click, Enter
            or the space bar emits `unfolded`.

    Signals:
        unfolded: The user asked for the whole text.
        overflow_changed: Whether the text is cut short has changed.
    """

    unfolded = Signal()
    overflow_changed = Signal(bool)

    def __init__(self, subject: str, *, unfolds: bool = False) -> None:
        super().__init__()
        self._subject = subject
        self._unfolds = unfolds
        self.overflows = False
        self.setAccessibleName(subject)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_text(self, text: str) -> None:
        """Show a text in place of the one before."""
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(f"{self._subject}: {text}")
            self._fit()

    def _room(self) -> int:
        """How many lines fit."""
        return max(1, self.height() // QFontMetrics(self.font()).height())

    def _text_width(self) -> int:
        """Return the width of the lines in px: a chevron stands beside a text that can be unfolded."""
        return self.width() - (CHEVRON if self._unfolds and self.overflows else 0)

    def _fit(self) -> None:
        overflows = len(wrap(self.text(), self.font(), self.width())) > self._room()
        # Only where it is cut short: a screen reader reads the tooltip as well. As rich text it wraps.
        self.setToolTip(f"<p>{escape(self.text())}</p>" if overflows else "")
        if overflows != self.overflows:
            self.overflows = overflows
            self.overflow_changed.emit(overflows)
            if self._unfolds:
                self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if overflows else Qt.FocusPolicy.NoFocus)
                self.setAccessibleDescription("Enter shows the whole text" if overflows else "")
                self.setCursor(Qt.CursorShape.PointingHandCursor if overflows else Qt.CursorShape.ArrowCursor)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, QFontMetrics(self.font()).height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        width = self._text_width()
        lines = wrap(self.text(), self.font(), width)
        shown = list(lines[: self._room()])
        if len(shown) < len(lines):
            rest = " ".join(lines[len(shown) - 1 :])
            shown[-1] = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)
        painter.setPen(self.palette().color(self.foregroundRole()))
        top = (self.height() - len(shown) * metrics.height()) // 2
        across = self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask
        for number, line in enumerate(shown):
            row = QRect(0, top + number * metrics.height(), width, metrics.height())
            painter.drawText(row, int(across | Qt.AlignmentFlag.AlignVCenter), line)
        if width < self.width():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            bottom = top + (len(shown) - 0.5) * metrics.height()
            paint_chevron(painter, self.width() - 6, bottom, False, self.palette().text().color().name(), 3.5)
        if self.hasFocus():
            painter.setPen(QPen(self.palette().link().color(), 2))
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._unfolds and self.overflows and event.button() == Qt.MouseButton.LeftButton:
            self.unfolded.emit()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.overflows and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.unfolded.emit()
        else:
            super().keyPressEvent(event)
