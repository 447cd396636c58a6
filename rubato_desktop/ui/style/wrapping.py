"""Text in as many lines as it needs, for widgets and rows that paint their own."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextLayout, QTextOption


def wrap(text: str, face: QFont, width: int) -> tuple[str, ...]:
    """Break a text into lines.

    Args:
        text: Plain text; its own line breaks are kept.
        face: The font it is set in.
        width: Room in px. A word that is longer, such as an address, is broken anywhere.

    Returns:
        At least one line.
    """
    return _wrap(text, face.toString(), max(1, width))


@lru_cache(maxsize=1024)
def _wrap(text: str, face: str, width: int) -> tuple[str, ...]:
    font = QFont()
    font.fromString(face)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    lines = []
    for paragraph in text.splitlines() or [""]:
        layout = QTextLayout(paragraph, font)
        layout.setTextOption(option)
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(width)
            lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()].rstrip())
        layout.endLayout()
    return tuple(lines)


def wrapped_height(text: str, face: QFont, width: int) -> int:
    """Return the height in px of a text that is wrapped to `width` px; 0 for an empty text."""
    return len(wrap(text, face, width)) * QFontMetrics(face).height() if text else 0


def draw_wrapped(painter: QPainter, area: QRect, text: str, face: QFont, colour: str) -> int:
    """Draw a text from the top of `area` in as many lines as it needs; returns its height in px."""
    if not text:
        return 0
    step = QFontMetrics(face).height()
    painter.setFont(face)
    painter.setPen(QColor(colour))
    lines = wrap(text, face, area.width())
    for number, line in enumerate(lines):
        row = QRect(area.left(), area.top() + number * step, area.width(), step)
        painter.drawText(row, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), line)
    return len(lines) * step
