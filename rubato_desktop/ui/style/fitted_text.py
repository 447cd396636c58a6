"""Text fitted to its area: wrapped, then narrower, then smaller, and only then cut short."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter

from rubato_desktop.ui.style.theme import base_size, font

SMALLEST = 10  # px; the limit of what is readable
NARROW = 87  # percent of the normal width, where the system's font has a condensed face


def fit(
    text: str, width: float, height: float, scale: float = 1.0, bold: bool = False
) -> tuple[QFont, tuple[str, ...]]:
    """Find the largest setting of a text that fits.

    Args:
        text: The text; it breaks only at spaces.
        width: Room in px.
        height: Room in px.
        scale: Its preferred size, as a multiple of the ordinary text height.
        bold: Whether it is bold.

    Returns:
        The font and the lines; the last line ends in an ellipsis where nothing fits.
    """
    return _fit(text, round(width), round(height), scale, bold, base_size())


@lru_cache(maxsize=4096)
def _fit(
    text: str, width: int, height: int, scale: float, bold: bool, base: int
) -> tuple[QFont, tuple[str, ...]]:
    for face in _settings(scale, bold, base):
        metrics = QFontMetricsF(face)
        lines = tuple(_wrap(text, metrics, width))
        fits = len(lines) * metrics.height() <= height + 1
        if fits and all(metrics.horizontalAdvance(line) <= width for line in lines):
            return face, lines
    metrics = QFontMetricsF(face)
    room = max(1, int(height // metrics.height()))
    kept = [*lines[: room - 1], " ".join(lines[room - 1 :])]
    return face, tuple(metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in kept)


def _settings(scale: float, bold: bool, base: int) -> Iterator[QFont]:
    size = max(SMALLEST, round(base * scale))
    for px in range(size, SMALLEST - 1, -1):
        for stretch in (100, NARROW):
            yield font(px / base, bold=bold, stretch=stretch)


def _wrap(text: str, metrics: QFontMetricsF, width: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if line and metrics.horizontalAdvance(longer) > width:
            yield line
            line = word
        else:
            line = longer
    yield line


def draw_fitted(
    painter: QPainter,
    area: QRectF,
    text: str,
    *,
    scale: float = 1.0,
    bold: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter,
) -> None:
    """Draw a text in an area with the painter's pen, as large as fits.

    Args:
        painter: The painter.
        area: The area in px.
        text: The text.
        scale: Its largest size, as a multiple of the ordinary text height.
        bold: Whether it is bold.
        align: Its alignment within the area.
    """
    face, lines = fit(text, area.width(), area.height(), scale, bold)
    painter.setFont(face)
    across = align & Qt.AlignmentFlag.AlignHorizontal_Mask or Qt.AlignmentFlag.AlignHCenter
    step = QFontMetricsF(face).height()
    top = area.top()
    if align & Qt.AlignmentFlag.AlignBottom:
        top = area.bottom() - step * len(lines)
    elif not align & Qt.AlignmentFlag.AlignTop:
        top = area.center().y() - step * len(lines) / 2
    for i, line in enumerate(lines):
        painter.drawText(QRectF(area.left(), top + i * step, area.width(), step), int(across), line)


def draw_line(
    painter: QPainter,
    area: QRect,
    text: str,
    face: QFont,
    colour: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> int:
    """Draw one line of text, vertically centred in an area, cut short where it does not fit.

    Args:
        painter: The painter.
        area: The area in px.
        text: The text.
        face: Its font.
        colour: ``#rrggbb``.
        align: Its horizontal alignment.

    Returns:
        The width of what was drawn, in px.
    """
    if not text or area.width() < SMALLEST:
        return 0
    metrics = QFontMetrics(face)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.setFont(face)
    painter.setPen(QColor(colour))
    painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | align), shown)
    return metrics.horizontalAdvance(shown)
