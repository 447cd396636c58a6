"""Paints the labels of words."""

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

MOST = 160  # labels in view; with more, none could be read and words are marks of colour
PAD = 7
_MOST_KEPT = 800  # pictures of labels
_MOST_LINES = 60  # words in view; with more, their lines would be a fence before the notes
_LEAST_TEXT = 30  # px; a shortened text narrower than this says nothing
_MARK_HEIGHT = 9  # px of the marks that stand for words when they are many


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    ground: QColor
    text: QColor
    line: QColor
    faint: int  # 0xffRRGGBB of its line through the notes


class Labels:
    """The lanes of labels under the notes."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.selected: int | None = None
        self.pointed: int | None = None
        self.focused = False
        self._faces: dict[str, Face] = {}
        self._pictures: dict[object, QPixmap] = {}
        self._lines: tuple[list[str], Any] | None = None  # kinds of words, and the colours of their marks
        self._scale = 1.0

    def forget(self) -> None:
        """Colours or fonts changed."""
        self._faces.clear()
        self._pictures.clear()
        self._lines = None

    def in_view(self, view: Viewport) -> range:
        """Return the places of the words whose labels may be in view."""
        return self.scene.words.between(view.left - WIDEST * view.us_per_px, view.right)

    def beginnings(
        self, first: float, last: float, view: Viewport, colours: RollColours, languages: Mapping[str, QColor]
    ) -> list[tuple[int, int]]:
        """Return when words begin in first..last µs, and the colours (0xffRRGGBB) of the lines there.

        None when they are too many to see.
        """
        if len(self.in_view(view)) > _MOST_LINES:
            return []
        words = self.scene.words
        starts, numbers, kinds = words.columns()
        places = words.between(first, last)
        seen = slice(places.start, places.stop)
        faces = [self._face(kind, colours, languages).faint for kind in kinds]
        return [(t, faces[n]) for t, n in zip(starts[seen].tolist(), numbers[seen].tolist(), strict=True)]

    def rects(
        self, places: range, geometry: Geometry, view: Viewport, x_of: Callable[[float], float]
    ) -> list[QRectF]:
        """Return where labels are, in pixels of the widget."""
        height = geometry.lane_height - 3
        return [QRectF(x, y, width, height) for x, y, width in self._boxes(places, geometry, view, x_of)]

    def _boxes(
        self, places: range, geometry: Geometry, view: Viewport, x_of: Callable[[float], float]
    ) -> list[tuple[float, int, float]]:
        """Return the left edges, tops and widths of labels."""
        lanes, widths = self.scene.words.layout(places, view.us_per_px)
        starts, left = self.scene.words.starts, geometry.lanes.left()
        tops = [geometry.lane_top(lane) + 1 for lane in range(LANES)]
        return [
            (left + x_of(starts[place]), tops[lane], width)
            for place, lane, width in zip(places, lanes.tolist(), np.floor(widths).tolist(), strict=True)
        ]

    def at(
        self, point: QPointF, geometry: Geometry, view: Viewport, x_of: Callable[[float], float]
    ) -> int | None:
        """Return the place of the word whose label is at a point of the widget."""
        if not geometry.lanes.contains(point.toPoint()):
            return None
        places = self.in_view(view)
        if len(places) > MOST:
            place = self.scene.words.last_before(view.t_at(point.x() - geometry.lanes.left()))
            return place if place is not None and place in places else None
        rects = self.rects(places, geometry, view, x_of)
        hits = [
            p for p, rect in zip(places, rects, strict=True) if rect.adjusted(0, -1, 0, 2).contains(point)
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
        """Paint the part of the lanes that lies in `dirty`."""
        painter.setPen(colours.edge)
        painter.drawLine(geometry.lanes.topLeft(), geometry.lanes.topRight())
        places = self.in_view(view)
        if len(places) > MOST:
            area = geometry.lanes
            corner = QPointF(area.left(), geometry.lane_top(0) + 1)
            self._paint_marks(
                painter, corner, area.width(), view.left, view.us_per_px, colours, languages, places
            )
            return
        painter.setClipRect(geometry.lanes & dirty)
        boxes = self._boxes(places, geometry, view, x_of)
        height = geometry.lane_height - 3
        self._paint_each(painter, dirty, places, boxes, height, colours, languages, font)
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
        """Paint the words of a stretch in one row, the times of `view` counted from its beginning.

        Args:
            painter: Its clip is kept.
            dirty: What is to be painted.
            area: The row.
            begin: Where the stretch begins, µs.
            until: Where it ends, µs.
            view: What is seen of it.
            x_of: µs from its beginning → pixels from the left of `area`.
            colours: Those of the roll.
            languages: Language → colour.
            font: Of the labels.
            share: Among how many rows the labels that fit into view are divided.
        """
        places = self._row(begin, until, view)
        if len(places) > MOST // share:
            corner = QPointF(area.left(), area.top() + 3)
            left = begin + view.left
            self._paint_marks(painter, corner, area.width(), left, view.us_per_px, colours, languages, places)
            return
        boxes = self._row_boxes(places, begin, area, view, x_of)
        self._paint_each(painter, dirty, places, boxes, area.height() - 3, colours, languages, font)

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
        """Return the place of the word at a point of a row, see `paint_row`; None when there is none."""
        places = self._row(begin, until, view)
        if len(places) > MOST // share:
            place = self.scene.words.last_before(begin + view.t_at(point.x() - area.left()))
            return place if place is not None and place in places else None
        boxes = self._row_boxes(places, begin, area, view, x_of)
        hits = [p for p, (x, _, width) in zip(places, boxes, strict=True) if x <= point.x() <= x + width]
        return hits[-1] if hits else None

    def _row(self, begin: int, until: int, view: Viewport) -> range:
        first = max(begin + view.left - WIDEST * view.us_per_px, begin)
        return self.scene.words.between(first, min(begin + view.right, until))

    def _row_boxes(
        self, places: range, begin: int, area: QRect, view: Viewport, x_of: Callable[[float], float]
    ) -> list[tuple[float, int, float]]:
        """Return labels of one row: as wide as their text, or up to the next."""
        words = self.scene.words
        lefts = [area.left() + x_of(words.starts[place] - begin) for place in places]
        rooms = [b - a - 3 for a, b in pairwise(lefts)] + [float(WIDEST)]
        return [
            (left, area.top() + 1, float(floor(max(min(words.width(place), room), NARROWEST))))
            for place, left, room in zip(places, lefts, rooms[: len(lefts)], strict=True)
        ]

    def _paint_each(
        self,
        painter: QPainter,
        dirty: QRect,
        places: range,
        boxes: list[tuple[float, int, float]],
        height: int,
        colours: RollColours,
        languages: Mapping[str, QColor],
        font: QFont,
    ) -> None:
        words, scale = self.scene.words, painter.device().devicePixelRatio()
        if scale != self._scale:
            self._scale = scale
            self._pictures.clear()
        first, last = dirty.left() - 2, dirty.right() + 2
        for place, (x, y, width) in zip(places, boxes, strict=True):
            if x + width < first or x > last:
                continue
            marked = place in (self.pointed, self.selected)
            key = words.labels[place], words.kinds[place], width, marked
            picture = self._pictures.get(key)
            if picture is None:
                face = self._face(words.kinds[place], colours, languages)
                picture = self._draw(words.labels[place], face, QSizeF(width, height), marked, font, scale)
                self._keep(key, picture)
            painter.drawPixmap(QPointF(x, y), picture)
            if place == self.selected and self.focused:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(colours.focus, 2))
                painter.drawRoundedRect(QRectF(x - 1, y - 1, width + 2, height + 2), 5, 5)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _keep(self, key: object, picture: QPixmap) -> None:
        if len(self._pictures) > _MOST_KEPT:
            self._pictures.clear()
        self._pictures[key] = picture

    @staticmethod
    def _draw(text: str, face: Face, size: QSizeF, marked: bool, font: QFont, scale: float) -> QPixmap:
        picture = QPixmap(ceil(size.width() * scale), ceil(size.height() * scale))
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        inside = QRectF(QPointF(), size)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(face.ground, face.line, 0.22) if marked else face.ground)
        painter.drawRoundedRect(inside, 4, 4)
        painter.fillRect(QRectF(0, 0, 2, size.height()), face.line)
        metrics = QFontMetricsF(font)
        room = size.width() - 2 * PAD + 2
        if room >= min(_LEAST_TEXT, metrics.horizontalAdvance(text)):
            painter.setFont(font)
            painter.setPen(face.text)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(inside.adjusted(PAD, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()
        return picture

    def _paint_marks(
        self,
        painter: QPainter,
        left_top: QPointF,
        width: int,
        left: float,
        us_per_px: float,
        colours: RollColours,
        languages: Mapping[str, QColor],
        places: range,
    ) -> None:
        """Paint words as upright marks of colour, a pixel each at least, the last on top; `left` µs is at the left."""
        starts, numbers, kinds = self.scene.words.columns()
        if self._lines is None or self._lines[0] != kinds:
            lines = [self._face(kind, colours, languages).line.rgba() for kind in kinds]
            self._lines = kinds, np.array(lines, np.uint32)
        faces = self._lines[1]
        seen = slice(places.start, places.stop)
        x = ((starts[seen] - left) / us_per_px).astype(np.int64)
        inside = (x >= 0) & (x < width)
        strip = np.zeros(width, np.uint32)
        strip[x[inside]] = faces[numbers[seen][inside]]
        whole = np.repeat(strip[None], _MARK_HEIGHT, axis=0)  # painted as it is: stretching costs more
        image = QImage(whole.data, width, _MARK_HEIGHT, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(left_top, image)

    def _face(self, kind: str, colours: RollColours, languages: Mapping[str, QColor]) -> Face:
        if kind not in self._faces:
            colour = colours.missed(kind[1:]) if kind.startswith("?") else languages.get(kind, colours.word)
            ground = mix(colours.background, colour, 0.2)
            text = readable(colour, mix(ground, colour, 0.22))
            self._faces[kind] = Face(ground, text, colour, mix(colours.row, colour, 0.32).rgb())
        return self._faces[kind]
