"""The keyboard at the left edge, which shows the key of each row."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from rubato_desktop.language.keys import LEAVE, LOWEST, MIDDLE
from rubato_desktop.ui.pianoroll.colours import RollColours, mix
from rubato_desktop.ui.pianoroll.pitches import Pitches, is_black, note_name
from rubato_desktop.ui.pianoroll.scene import Scene

_WHITE, _BLACK = QColor("#dfe3ec"), QColor("#262c3a")


class KeyStrip:
    """A vertical keyboard with numbers on the command keys and octave names on the others."""

    def __init__(self) -> None:
        self._cache: tuple[object, QPixmap] | None = None

    def invalidate(self) -> None:
        """Repaint everything next time, because the colours or the font changed."""
        self._cache = None

    def paint(self, painter: QPainter, area: QRect, scene: Scene, colours: RollColours, font: QFont) -> None:
        """Paint the keys, and highlight those that are held."""
        pitches = scene.pitches
        scale = painter.device().devicePixelRatio()
        key = pitches, area.size(), scale, font.toString()
        if self._cache is None or self._cache[0] != key:
            picture = QPixmap(area.size() * scale)
            picture.setDevicePixelRatio(scale)
            picture.fill(colours.background)
            inner = QPainter(picture)
            self._paint_keys(inner, QRect(0, 0, area.width(), area.height()), pitches, colours, font)
            inner.end()
            self._cache = key, picture
        painter.drawPixmap(area.topLeft(), self._cache[1])
        edges = pitches.edges(area.height())
        for note in scene.held:
            row = pitches.highest - note
            if 0 <= row < pitches.count:
                rect = self._key_rect(area, int(edges[row]), int(edges[row + 1]), is_black(note))
                painter.fillRect(rect, colours.zero)

    @staticmethod
    def _key_rect(area: QRect, top: int, bottom: int, black: bool) -> QRectF:
        width = area.width() * 0.36
        left = area.right() + 1 - width - 1
        return QRectF(
            left, area.top() + top, width * (0.62 if black else 1), bottom - top - (bottom - top > 4)
        )

    def _paint_keys(
        self, painter: QPainter, area: QRect, pitches: Pitches, colours: RollColours, font: QFont
    ) -> None:
        edges = pitches.edges(area.height())
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        low_y = high_y = None
        for row in range(pitches.count):
            note = pitches.highest - row
            top, bottom = int(edges[row]), int(edges[row + 1])
            key = pitches.key_of(note)
            faint = 0.0 if key is not None else 0.62
            painter.fillRect(self._key_rect(area, top, bottom, False), mix(_WHITE, colours.background, faint))
            if is_black(note):
                painter.fillRect(
                    self._key_rect(area, top, bottom, True), mix(_BLACK, colours.background, faint / 2)
                )
            if key == LEAVE:
                high_y = top
            if key == LOWEST:
                low_y = bottom
            if key in (LOWEST, MIDDLE, LEAVE):
                self._number(painter, area, (top + bottom) / 2, str(key), colours.text, metrics)
            elif key is None and note % 12 == 0 and pitches.count > 30:
                self._number(painter, area, (top + bottom) / 2, note_name(note), colours.quiet, metrics)
        if low_y is not None and high_y is not None:
            painter.fillRect(QRectF(0, high_y, 2, low_y - high_y), colours.edge)

    @staticmethod
    def _number(
        painter: QPainter, area: QRect, y: float, text: str, colour: QColor, metrics: QFontMetricsF
    ) -> None:
        painter.setPen(colour)
        right = area.width() * 0.64 - 8
        half = metrics.capHeight() / 2
        y = min(max(y, half + 1), area.height() - half - 1)
        painter.drawText(QPointF(right - metrics.horizontalAdvance(text), y + half), text)
