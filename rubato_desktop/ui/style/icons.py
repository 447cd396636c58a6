"""Icons drawn by the program itself: sharp at every size, in every colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from rubato_desktop.ui.style.palette import DARK


def paint_chevron(painter: QPainter, x: float, y: float, down: bool, colour: str, size: float = 4.0) -> None:
    """Draw a chevron around (x, y): pointing down where something is unfolded, to the right where it is folded."""
    painter.setPen(QPen(QColor(colour), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = size / 2
    if down:
        points = [QPointF(x - size, y - half), QPointF(x, y + half), QPointF(x + size, y - half)]
    else:
        points = [QPointF(x - half, y - size), QPointF(x + half, y), QPointF(x - half, y + size)]
    painter.drawPolyline(QPolygonF(points))


def paint_speaker(painter: QPainter, area: QRectF, colour: str) -> None:
    """Draw a loudspeaker with two waves in a square."""
    unit = area.width() / 16
    x, y = area.left(), area.center().y()
    outline = ((1, -2.5), (4, -2.5), (8, -6), (8, 6), (4, 2.5), (1, 2.5))
    body = QPolygonF([QPointF(x + dx * unit, y + dy * unit) for dx, dy in outline])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(body)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 1.4 * unit, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for radius in (3.0, 6.0):
        ring = QRectF(x + (9 - radius) * unit, y - radius * unit, 2 * radius * unit, 2 * radius * unit)
        painter.drawArc(ring, -50 * 16, 100 * 16)


def icon(name: str, colour: str, size: int = 16) -> QIcon:
    """Return an icon.

    Args:
        name: ``record``, ``stop``, ``play``, ``pause``, ``start``, ``menu``, ``stack``, ``close`` or ``speaker``.
        colour: ``#rrggbb``.
        size: Width and height in px.
    """
    drawn = QIcon()
    for scale in (1, 2):
        pixmap = QPixmap(QSize(size, size) * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _PAINTERS[name](painter, QRectF(0, 0, size, size), colour)
        painter.end()
        drawn.addPixmap(pixmap)
    return drawn


def _solid(painter: QPainter, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))


def _record(painter: QPainter, area: QRectF, colour: str) -> None:
    _solid(painter, colour)
    inset = area.width() * 0.2
    painter.drawEllipse(area.adjusted(inset, inset, -inset, -inset))


def _stop(painter: QPainter, area: QRectF, colour: str) -> None:
    _solid(painter, colour)
    inset = area.width() * 0.24
    painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), 1.5, 1.5)


def _play(painter: QPainter, area: QRectF, colour: str) -> None:
    _solid(painter, colour)
    w, h = area.width(), area.height()
    painter.drawPolygon(
        QPolygonF([QPointF(w * 0.28, h * 0.18), QPointF(w * 0.84, h * 0.5), QPointF(w * 0.28, h * 0.82)])
    )


def _pause(painter: QPainter, area: QRectF, colour: str) -> None:
    _solid(painter, colour)
    w, h = area.width(), area.height()
    for x in (0.24, 0.58):
        painter.drawRoundedRect(QRectF(w * x, h * 0.2, w * 0.18, h * 0.6), 1, 1)


def _lines(
    painter: QPainter, colour: str, lines: tuple[tuple[float, float, float, float], ...], size: float
) -> None:
    painter.setPen(QPen(QColor(colour), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for x0, y0, x1, y1 in lines:
        painter.drawLine(QPointF(x0 * size, y0 * size), QPointF(x1 * size, y1 * size))


def _start(painter: QPainter, area: QRectF, colour: str) -> None:
    _solid(painter, colour)
    w, h = area.width(), area.height()
    painter.drawRoundedRect(QRectF(w * 0.2, h * 0.2, w * 0.12, h * 0.6), 1, 1)
    painter.drawPolygon(
        QPolygonF([QPointF(w * 0.8, h * 0.2), QPointF(w * 0.36, h * 0.5), QPointF(w * 0.8, h * 0.8)])
    )


def _menu(painter: QPainter, area: QRectF, colour: str) -> None:
    _lines(painter, colour, tuple((0.15, y, 0.85, y) for y in (0.25, 0.5, 0.75)), area.width())


def _stack(painter: QPainter, area: QRectF, colour: str) -> None:
    _lines(
        painter,
        colour,
        ((0.2, 0.22, 0.8, 0.22), (0.2, 0.5, 0.66, 0.5), (0.2, 0.78, 0.73, 0.78)),
        area.width(),
    )


def _close(painter: QPainter, area: QRectF, colour: str) -> None:
    _lines(painter, colour, ((0.25, 0.25, 0.75, 0.75), (0.75, 0.25, 0.25, 0.75)), area.width())


_PAINTERS = {
    "record": _record,
    "stop": _stop,
    "play": _play,
    "pause": _pause,
    "start": _start,
    "menu": _menu,
    "stack": _stack,
    "close": _close,
    "speaker": paint_speaker,
}


def window_icon() -> QIcon:
    """Return the program's own icon: three keys, the middle one played."""
    drawn = QIcon()
    for size in (16, 32, 64, 256):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / 64, size / 64)
        _program(painter)
        painter.end()
        drawn.addPixmap(pixmap)
    return drawn


def _program(painter: QPainter) -> None:
    tile = QPainterPath()
    tile.addRoundedRect(QRectF(0, 0, 64, 64), 14, 14)
    painter.fillPath(tile, QColor(DARK.panel))
    painter.setPen(Qt.PenStyle.NoPen)
    for i, colour in enumerate((DARK.white, "#4fd1c5", DARK.white)):
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(10 + i * 15, 12, 14, 40), 3, 3)
    painter.setBrush(QColor(DARK.edge))
    for x in (20.0, 35.0):
        painter.drawRoundedRect(QRectF(x, 12, 9, 24), 2, 2)
