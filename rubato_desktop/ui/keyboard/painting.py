"""How one key is drawn: its shape, and its label on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from rubato_desktop.ui.keyboard.key_labels import KeyLabel
from rubato_desktop.ui.keyboard.layout import BLACK_HEIGHT, is_black
from rubato_desktop.ui.style.fitted_text import draw_fitted
from rubato_desktop.ui.style.palette import ink, mix, readable
from rubato_desktop.ui.style.theme import Theme, base_size

SHORT = 4  # characters; a detail of this length is a count such as "+12"


def paint_key(
    painter: QPainter,
    area: QRectF,
    key: int,
    label: KeyLabel,
    theme: Theme,
    held: bool,
    focused: bool,
    letter: str,
) -> None:
    """Paint one key.

    Args:
        painter: The painter.
        area: The key's rectangle.
        key: 0-24.
        label: What it shows.
        theme: Its colours.
        held: Whether it is down.
        focused: Whether it has the focus.
        letter: The computer's key that plays it; empty to show none.
    """
    c = theme.colours
    black = is_black(key)
    idle = label.kind == "nothing"
    ground = (c.black_idle if idle else c.black) if black else (c.white_idle if idle else c.white)
    colour = theme.language(label.language, ground) if label.language else readable(c.muted, ground)
    if held:
        ground = theme.own_colour(label.language) if label.language else c.accent
        colour = ink(ground)
    body = area.adjusted(0.5, 0, -0.5, -0.5) if black else area.adjusted(1, 0, -1, 0)
    radius = 5.0 if black else 7.0
    shape = QPainterPath()
    shape.addRoundedRect(body.adjusted(0, -radius, 0, 0), radius, radius)
    painter.setClipRect(area)
    painter.setPen(QPen(QColor(c.edge), 1))
    painter.setBrush(QColor(ground))
    painter.drawPath(shape)
    if not held:
        _shade(painter, body, ground, black, radius)
    if focused:
        painter.setPen(QPen(QColor(readable(c.accent, ground, 3)), 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body.adjusted(3, 3, -3, -3), radius - 2, radius - 2)
    _write(painter, body, key, label, ground, colour, letter)


def _shade(painter: QPainter, body: QRectF, ground: str, black: bool, radius: float) -> None:
    """Draw the front edge of the key, a little lighter on a black key and darker on a white one."""
    edge = mix(ground, "#ffffff" if black else "#000000", 0.13)
    depth = 5.0
    front = QPainterPath()
    front.addRoundedRect(body.adjusted(0, -radius, 0, 0), radius, radius)
    top = QPainterPath()
    top.addRoundedRect(body.adjusted(0, -radius, 0, -depth), radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(front.subtracted(top), QColor(edge))


def _write(
    painter: QPainter, body: QRectF, key: int, label: KeyLabel, ground: str, colour: str, letter: str
) -> None:
    line = base_size() * 1.25
    black = is_black(key)
    low = body.height() < 11 * line
    foot = QRectF(body.left(), body.bottom() - line - (5 if low else 8), body.width(), line)
    painter.setPen(QColor(readable(mix(ground, ink(ground), 0.5), ground)))
    draw_fitted(painter, foot, f"{key} · {letter}" if letter and not black else str(key), scale=0.85)
    if label.kind == "nothing":
        return
    margin = 2.0 if black else 5.0
    top = body.top() + (body.height() * 0.28 if black else body.height() * BLACK_HEIGHT + 4)
    room = QRectF(body.left() + margin, top, body.width() - 2 * margin, foot.top() - top - 2)
    if label.kind == "value":
        painter.setPen(QColor(readable(mix(ground, ink(ground), 0.85), ground)))
        draw_fitted(painter, room, label.text, scale=1.1, bold=True, align=Qt.AlignmentFlag.AlignBottom)
        return
    small = 0.0
    if room.height() > 3.3 * line:
        # Also without a detail, so that all chips stand in one row.
        small = line * (2 if len(label.detail) > SHORT else 1)
        painter.setPen(QColor(readable(mix(ground, ink(ground), 0.7), ground)))
        below = QRectF(room.left(), room.bottom() - small, room.width(), small)
        draw_fitted(painter, below, label.detail, scale=0.8)
    _chip(painter, room.adjusted(0, 0, 0, -small), label, ground, colour)


def _chip(painter: QPainter, room: QRectF, label: KeyLabel, ground: str, colour: str) -> None:
    """Draw the label as a chip: solid where the key completes a word, an outline where it leads to longer ones."""
    height = min(room.height(), base_size() * 2.8)
    chip = QRectF(room.left(), room.bottom() - height, room.width(), height)
    solid = label.kind == "completes"
    painter.setPen(Qt.PenStyle.NoPen if solid else QPen(QColor(colour), 1.2))
    painter.setBrush(QColor(colour) if solid else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
    painter.setPen(QColor(ink(colour) if solid else colour))
    inset = 1.5 if chip.width() < 60 else 4
    draw_fitted(
        painter, chip.adjusted(inset, 1, -inset, -1), label.text, scale=0.95, bold=label.kind != "leave"
    )
