"""Layout, hit testing and painting of the labels of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPixmap

from rubato_desktop.ui.pianoroll.colours import RollColours, mix, readable
from rubato_desktop.ui.pianoroll.geometry import Geometry
from rubato_desktop.ui.pianoroll.scene import Scene
from rubato_desktop.ui.pianoroll.viewport import Viewport
from rubato_desktop.ui.pianoroll.words import LANES, NARROWEST, WIDEST

MAX_LABELS = 160  # labels in view; if there are more, each word is a coloured mark instead
PAD = 7
_MAX_CACHED = 800  # painted labels
_MAX_LINES = 60  # words in view; if there are more, their lines would hide the notes
_MIN_TEXT_WIDTH = 30  # px; narrower elided texts are not painted
_MARK_HEIGHT = 9  # px; marks replace labels when there are many words


@dataclass(frozen=True, slots=True, eq=False)
class LabelStyle:
    """Colours of the labels of one kind of word."""

    ground: QColor
    text: QColor
    line: QColor
    faint: int  # 0xffRRGGBB of the vertical line at the start of the word


class Labels:
    """Paints the labels of a scene, in lanes below the notes or in one row per stacked iteration.

    Attributes:
        scene: The scene.
        selected: Index of the word that is current for the keyboard; None for none.
        hovered: Index of the word under the pointer; None for none.
        focused: Whether the list of words has keyboard focus.
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.selected: int | None = None
        self.hovered: int | None = None
        self.focused = False
        self._styles: dict[str, LabelStyle] = {}
        self._pixmaps: dict[object, QPixmap] = {}
        self._lines: tuple[list[str], Any] | None = None  # kinds of words, and their mark colours
        self._scale = 1.0

    def invalidate(self) -> None:
        """Discard painted labels, because colours or fonts changed."""
        self._styles.clear()
        self._pixmaps.clear()
        self._lines = None

    def in_view(self, view: Viewport) -> range:
        """Return the indices of the words whose labels may be visible."""
        return self.scene.words.between(view.left - WIDEST * view.us_per_px, view.right)

    def onset_lines(
        self, first: float, last: float, view: Viewport, colours: RollColours, languages: Mapping[str, QColor]
    ) -> list[tuple[int, int]]:
        """Return the start times (µs) of the words in first..last and the colours (0xffRRGGBB) of their lines.

        Empty if there are too many words in view.
        """
        if len(self.in_view(view)) > _MAX_LINES:
            return []
        words = self.scene.words
        starts, numbers, kinds = words.columns()
        indices = words.between(first, last)
        seen = slice(indices.start, indices.stop)
        colours_of_kinds = [self._style(kind, colours, languages).faint for kind in kinds]
        return [
            (t, colours_of_kinds[n])
            for t, n in zip(starts[seen].tolist(), numbers[seen].tolist(), strict=True)
        ]

    def rects(
        self, indices: range, geometry: Geometry, view: Viewport, x_of: Callable[[float], float]
    ) -> list[QRectF]:
        """Return the rectangles of labels in logical pixels of the widget."""
        height = geometry.lane_height - 3
        return [QRectF(x, y, width, height) for x, y, width in self._boxes(indices, geometry, view, x_of)]

    def _boxes(
        self, indices: range, geometry: Geometry, view: Viewport, x_of: Callable[[float], float]
    ) -> list[tuple[float, int, float]]:
        """Return left, top and width of labels."""
        lanes, widths = self.scene.words.layout(indices, view.us_per_px)
        starts, left = self.scene.words.starts, geometry.lanes.left()
        tops = [geometry.lane_top(lane) + 1 for lane in range(LANES)]
        return [
            (left + x_of(starts[index]), tops[lane], width)
            for index, lane, width in zip(indices, lanes.tolist(), np.floor(widths).tolist(), strict=True)
        ]

    def at(
        self, point: QPointF, geometry: Geometry, view: Viewport, x_of: Callable[[float], float]
    ) -> int | None:
        """Return the index of the word whose label is at a point of the widget, or None."""
        if not geometry.lanes.contains(point.toPoint()):
            return None
        indices = self.in_view(view)
        if len(indices) > MAX_LABELS:
            index = self.scene.words.last_before(view.t_at(point.x() - geometry.lanes.left()))
            return index if index is not None and index in indices else None
        rects = self.rects(indices, geometry, view, x_of)
        hits = [
            p for p, rect in zip(indices, rects, strict=True) if rect.adjusted(0, -1, 0, 2).contains(point)
        ]
        return hits[-1] if hits else None

    def paint(
        self,
        painter: QPainter,
        dirty: QRect,
        geometry: Geometry,
        view: Viewport,
        x_of: Callable[[float], float],
        colours: RollColours,
        languages: Mapping[str, QColor],
        font: QFont,
    ) -> None:
        """Paint the part of the lanes that intersects `dirty`."""
        painter.setPen(colours.edge)
        painter.drawLine(geometry.lanes.topLeft(), geometry.lanes.topRight())
        indices = self.in_view(view)
        if len(indices) > MAX_LABELS:
            area = geometry.lanes
            corner = QPointF(area.left(), geometry.lane_top(0) + 1)
            self._paint_marks(
                painter, corner, area.width(), view.left, view.us_per_px, colours, languages, indices
            )
            return
        painter.setClipRect(geometry.lanes & dirty)
        boxes = self._boxes(indices, geometry, view, x_of)
        height = geometry.lane_height - 3
        self._paint_each(painter, dirty, indices, boxes, height, colours, languages, font)
        painter.setClipRect(dirty)

    def paint_row(
        self,
        painter: QPainter,
        dirty: QRect,
        area: QRect,
        begin: int,
        until: int,
        view: Viewport,
        x_of: Callable[[float], float],
        colours: RollColours,
        languages: Mapping[str, QColor],
        font: QFont,
        share: int,
    ) -> None:
        """Paint the words of one iteration in a single row.

        Args:
            painter: The painter; its clip stays as it is.
            dirty: The rectangle to repaint.
            area: The row.
            begin: Start of the iteration, µs.
            until: End of the iteration, µs.
            view: The visible part, µs from `begin`.
            x_of: Maps µs from `begin` to px from the left of `area`.
            colours: Palette of the roll.
            languages: Colours by language name.
            font: Font of the labels.
            share: Number of rows in view, which share the budget of `MAX_LABELS`.
        """
        indices = self._row(begin, until, view)
        if len(indices) > MAX_LABELS // share:
            corner = QPointF(area.left(), area.top() + 3)
            left = begin + view.left
            self._paint_marks(
                painter, corner, area.width(), left, view.us_per_px, colours, languages, indices
            )
            return
        boxes = self._row_boxes(indices, begin, area, view, x_of)
        self._paint_each(painter, dirty, indices, boxes, area.height() - 3, colours, languages, font)

    def at_row(
        self,
        point: QPointF,
        area: QRect,
        begin: int,
        until: int,
        view: Viewport,
        x_of: Callable[[float], float],
        share: int,
    ) -> int | None:
        """Return the index of the word at a point of a row, or None; arguments as in `paint_row`."""
        indices = self._row(begin, until, view)
        if len(indices) > MAX_LABELS // share:
            index = self.scene.words.last_before(begin + view.t_at(point.x() - area.left()))
            return index if index is not None and index in indices else None
        boxes = self._row_boxes(indices, begin, area, view, x_of)
        hits = [p for p, (x, _, width) in zip(indices, boxes, strict=True) if x <= point.x() <= x + width]
        return hits[-1] if hits else None

    def _row(self, begin: int, until: int, view: Viewport) -> range:
        first = max(begin + view.left - WIDEST * view.us_per_px, begin)
        return self.scene.words.between(first, min(begin + view.right, until))

    def _row_boxes(
        self, indices: range, begin: int, area: QRect, view: Viewport, x_of: Callable[[float], float]
    ) -> list[tuple[float, int, float]]:
        """Return left, top and width of the labels of a row; each ends where the next one starts."""
        words = self.scene.words
        lefts = [area.left() + x_of(words.starts[index] - begin) for index in indices]
        rooms = [b - a - 3 for a, b in pairwise(lefts)] + [float(WIDEST)]
        return [
            (left, area.top() + 1, float(floor(max(min(words.width(index), room), NARROWEST))))
            for index, left, room in zip(indices, lefts, rooms[: len(lefts)], strict=True)
        ]

    def _paint_each(
        self,
        painter: QPainter,
        dirty: QRect,
        indices: range,
        boxes: list[tuple[float, int, float]],
        height: int,
        colours: RollColours,
        languages: Mapping[str, QColor],
        font: QFont,
    ) -> None:
        words, scale = self.scene.words, painter.device().devicePixelRatio()
        if scale != self._scale:
            self._scale = scale
            self._pixmaps.clear()
        first, last = dirty.left() - 2, dirty.right() + 2
        for index, (x, y, width) in zip(indices, boxes, strict=True):
            if x + width < first or x > last:
                continue
            marked = index in (self.hovered, self.selected)
            key = words.labels[index], words.kinds[index], width, marked
            pixmap = self._pixmaps.get(key)
            if pixmap is None:
                style = self._style(words.kinds[index], colours, languages)
                pixmap = self._draw(words.labels[index], style, QSizeF(width, height), marked, font, scale)
                self._store(key, pixmap)
            painter.drawPixmap(QPointF(x, y), pixmap)
            if index == self.selected and self.focused:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(colours.focus, 2))
                painter.drawRoundedRect(QRectF(x - 1, y - 1, width + 2, height + 2), 5, 5)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _store(self, key: object, pixmap: QPixmap) -> None:
        if len(self._pixmaps) > _MAX_CACHED:
            self._pixmaps.clear()
        self._pixmaps[key] = pixmap

    @staticmethod
    def _draw(text: str, style: LabelStyle, size: QSizeF, marked: bool, font: QFont, scale: float) -> QPixmap:
        pixmap = QPixmap(ceil(size.width() * scale), ceil(size.height() * scale))
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        inside = QRectF(QPointF(), size)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(style.ground, style.line, 0.22) if marked else style.ground)
        painter.drawRoundedRect(inside, 4, 4)
        painter.fillRect(QRectF(0, 0, 2, size.height()), style.line)
        metrics = QFontMetricsF(font)
        room = size.width() - 2 * PAD + 2
        if room >= min(_MIN_TEXT_WIDTH, metrics.horizontalAdvance(text)):
            painter.setFont(font)
            painter.setPen(style.text)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(inside.adjusted(PAD, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
        return pixmap

    def _paint_marks(
        self,
        painter: QPainter,
        left_top: QPointF,
        width: int,
        left: float,
        us_per_px: float,
        colours: RollColours,
        languages: Mapping[str, QColor],
        indices: range,
    ) -> None:
        """Paint each word as a mark one pixel wide, later ones on top; `left` is the time (µs) at the left edge."""
        starts, numbers, kinds = self.scene.words.columns()
        if self._lines is None or self._lines[0] != kinds:
            lines = [self._style(kind, colours, languages).line.rgba() for kind in kinds]
            self._lines = kinds, np.array(lines, np.uint32)
        colours_of_kinds = self._lines[1]
        seen = slice(indices.start, indices.stop)
        x = ((starts[seen] - left) / us_per_px).astype(np.int64)
        inside = (x >= 0) & (x < width)
        strip = np.zeros(width, np.uint32)
        strip[x[inside]] = colours_of_kinds[numbers[seen][inside]]
        whole = np.repeat(
            strip[None], _MARK_HEIGHT, axis=0
        )  # full height, because scaling an image is slower
        image = QImage(whole.data, width, _MARK_HEIGHT, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(left_top, image)

    def _style(self, kind: str, colours: RollColours, languages: Mapping[str, QColor]) -> LabelStyle:
        if kind not in self._styles:
            colour = colours.missed(kind[1:]) if kind.startswith("?") else languages.get(kind, colours.word)
            ground = mix(colours.background, colour, 0.2)
            text = readable(colour, mix(ground, colour, 0.22))
            self._styles[kind] = LabelStyle(ground, text, colour, mix(colours.row, colour, 0.32).rgb())
        return self._styles[kind]
