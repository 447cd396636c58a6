"""Paints the labels of words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QStaticText

from rubato_desktop.language.results import Heard, Understood
from rubato_desktop.ui.pianoroll.colours import RollColours, mix, readable
from rubato_desktop.ui.pianoroll.geometry import Geometry
from rubato_desktop.ui.pianoroll.scene import Scene
from rubato_desktop.ui.pianoroll.viewport import Viewport
from rubato_desktop.ui.pianoroll.words import WIDEST

MOST = 160  # labels in view; with more, none could be read and words are marks of colour
PAD = 7
_MOST_LINES = 60  # words in view; with more, their lines would be a fence before the notes
_LEAST_TEXT = 30  # px; a shortened text narrower than this says nothing
_MARK_HEIGHT = 9  # px of the marks that stand for words when they are many


@dataclass(frozen=True, slots=True)
class Face:
    ground: QColor
    text: QColor
    line: QColor


class Labels:
    """The lanes of labels under the notes."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.selected: int | None = None
        self.pointed: int | None = None
        self.focused = False
        self._faces: dict[str, Face] = {}
        self._texts: dict[tuple[str, int], QStaticText] = {}

    def forget(self) -> None:
        """Colours or fonts changed."""
        self._faces.clear()
        self._texts.clear()

    def in_view(self, view: Viewport) -> range:
        """Return the places of the words whose labels may be in view."""
        return self.scene.words.between(view.left - WIDEST * view.us_per_px, view.right)

    def beginnings(
        self, first: float, last: float, view: Viewport, colours: RollColours, languages: Mapping[str, QColor]
    ) -> list[tuple[int, QColor]]:
        """Return when words begin in first..last µs, and their colours; none when they are too many to see."""
        if len(self.in_view(view)) > _MOST_LINES:
            return []
        words = self.scene.words
        return [
            (words.starts[i], self._face(words.items[i], colours, languages).line)
            for i in words.between(first, last)
        ]

    def rect(self, place: int, geometry: Geometry, view: Viewport, x_of: Callable[[float], float]) -> QRectF:
        """Return where a label is, in pixels of the widget."""
        words = self.scene.words
        width = max(words.room(place, view.us_per_px), 4)
        lane = int(words.lanes(view.us_per_px)[place])
        x = geometry.lanes.left() + x_of(words.starts[place])
        return QRectF(x, geometry.lane_top(lane) + 1, width, geometry.lane_height - 3)

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
        for place in reversed(places):
            if self.rect(place, geometry, view, x_of).adjusted(0, -1, 0, 2).contains(point):
                return place
        return None

    def paint(
        self,
        painter: QPainter,
        geometry: Geometry,
        view: Viewport,
        x_of: Callable[[float], float],
        colours: RollColours,
        languages: Mapping[str, QColor],
        font: QFont,
    ) -> None:
        """Paint the lanes."""
        painter.setPen(colours.edge)
        painter.drawLine(geometry.lanes.topLeft(), geometry.lanes.topRight())
        places = self.in_view(view)
        if len(places) > MOST:
            self._paint_many(painter, geometry, view, colours, languages, places)
            return
        painter.setClipRect(geometry.lanes)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place in places:
            rect = self.rect(place, geometry, view, x_of)
            face = self._face(self.scene.words.items[place], colours, languages)
            self._paint_one(painter, rect, self.scene.words.labels[place], face, font, place, colours)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setClipping(False)

    def _paint_one(
        self,
        painter: QPainter,
        rect: QRectF,
        text: str,
        face: Face,
        font: QFont,
        place: int,
        colours: RollColours,
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        pointed = place in (self.pointed, self.selected)
        painter.setBrush(mix(face.ground, face.line, 0.22) if pointed else face.ground)
        painter.drawRoundedRect(rect, 4, 4)
        painter.fillRect(QRectF(rect.left(), rect.top(), 2, rect.height()), face.line)
        room = int(rect.width() - 2 * PAD)
        if room >= _LEAST_TEXT or rect.width() >= self.scene.words.width(place):
            static = self._text(text, room, font)
            painter.setPen(face.text)
            painter.drawStaticText(
                QPointF(rect.left() + PAD, rect.center().y() - static.size().height() / 2), static
            )
        if place == self.selected and self.focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.focus, 2))
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), 5, 5)

    def _text(self, text: str, room: int, font: QFont) -> QStaticText:
        found = self._texts.get((text, room))
        if found is None:
            if len(self._texts) > 2000:
                self._texts.clear()
            shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room + 1)
            found = self._texts[text, room] = QStaticText(shown)
            found.setTextFormat(Qt.TextFormat.PlainText)
            found.prepare(font=font)
        return found

    def _paint_many(
        self,
        painter: QPainter,
        geometry: Geometry,
        view: Viewport,
        colours: RollColours,
        languages: Mapping[str, QColor],
        places: range,
    ) -> None:
        """Paint words as upright marks of colour, a pixel each at least, the last on top."""
        words, width = self.scene.words, geometry.lanes.width()
        starts = np.array(words.starts[places.start : places.stop])
        x = ((starts - view.left) / view.us_per_px).astype(np.int64)
        seen = (x >= 0) & (x < width)
        # One word a pixel is all that can be seen; the last of each is kept.
        last = np.flatnonzero(seen & np.append(x[1:] != x[:-1], True))
        strip = np.zeros((1, width), np.uint32)
        for i in last:
            strip[0, x[i]] = self._face(words.items[places.start + int(i)], colours, languages).line.rgba()
        image = QImage(strip.data, width, 1, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(QRectF(geometry.lanes.left(), geometry.lane_top(0) + 1, width, _MARK_HEIGHT), image)

    def _face(self, heard: Heard, colours: RollColours, languages: Mapping[str, QColor]) -> Face:
        name = heard.language if isinstance(heard, Understood) else f"? {heard.reason}"
        if name not in self._faces:
            if isinstance(heard, Understood):
                colour = languages.get(heard.language, colours.word)
            else:
                colour = colours.missed(heard.reason)
            ground = mix(colours.background, colour, 0.2)
            self._faces[name] = Face(ground, readable(colour, mix(ground, colour, 0.22)), colour)
        return self._faces[name]
