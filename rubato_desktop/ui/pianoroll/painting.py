"""Paints a scene as a whole; stacked iterations are painted by `stack_painting`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QStaticText

from rubato_desktop.ui.pianoroll.colours import RollColours
from rubato_desktop.ui.pianoroll.geometry import Geometry
from rubato_desktop.ui.pianoroll.grid import Grid
from rubato_desktop.ui.pianoroll.keys import KeyStrip
from rubato_desktop.ui.pianoroll.overview import Overview
from rubato_desktop.ui.pianoroll.pictures import HIGHEST, MARGIN, WIDEST, Pictures
from rubato_desktop.ui.pianoroll.pitches import Pitches, is_black
from rubato_desktop.ui.pianoroll.raster import Canvas, Lattice
from rubato_desktop.ui.pianoroll.ruler import format_time, step_for, ticks
from rubato_desktop.ui.pianoroll.scene import Scene
from rubato_desktop.ui.pianoroll.scene_painting import ScenePainter
from rubato_desktop.ui.pianoroll.stack_painting import StackPainter, lanes_of
from rubato_desktop.ui.pianoroll.viewport import Viewport

Array = npt.NDArray[Any]


class RollPainter(ScenePainter):
    """Paints a scene, and caches what does not change from frame to frame.

    Args:
        scene: The scene.
        colours: Palette of the roll.
    """

    def __init__(self, scene: Scene, colours: RollColours) -> None:
        super().__init__(scene, colours)
        self.keys = KeyStrip()
        self.overview = Overview()
        self.stack = StackPainter(self)
        self.pictures: Pictures | None = None
        self._canvas = Canvas()
        self._times: dict[str, QStaticText] = {}
        self._lattice: tuple[object, Lattice] | None = None

    def set_colours(self, colours: RollColours, languages: Mapping[str, QColor]) -> None:
        """Set the palette of the roll, and the colours of the languages by name."""
        self.colours, self.languages = colours, dict(languages)
        self.invalidate()

    def invalidate(self) -> None:
        """Discard all caches, because the scene, the colours or the font changed."""
        self._lattice = self._table = None
        self._times.clear()
        self.labels.invalidate()
        self.keys.invalidate()
        self.overview.invalidate()
        self.stack.invalidate()

    def paint(self, painter: QPainter, dirty: QRect, geometry: Geometry, view: Viewport, font: QFont) -> None:
        """Paint what intersects `dirty` (logical pixels)."""
        scale = painter.device().devicePixelRatio()
        grid = Grid.of(view, scale)
        painter.setClipRect(dirty)
        painter.setFont(font)
        painter.fillRect(geometry.lanes.united(geometry.overview) & dirty, self.colours.background)
        stacked = self.scene.stacked
        if dirty.intersects(geometry.notes):
            if stacked:
                self.stack.paint(painter, dirty, geometry, grid, font)
            else:
                self._paint_notes(painter, dirty, geometry, view, grid)
        if dirty.intersects(geometry.ruler):
            self._paint_ruler(painter, dirty, geometry, view, grid, small(font))
        if not stacked:
            if dirty.intersects(geometry.lanes):
                self.labels.paint(painter, dirty, geometry, view, grid.x, self.colours, self.languages, font)
            self._paint_moments(painter, dirty, geometry, view, grid.x)
        if dirty.intersects(geometry.notes):
            self._paint_pictures(painter, dirty, geometry, grid, small(font))
        if dirty.intersects(geometry.overview):
            self.overview.paint(painter, geometry.overview, self.scene, self.colours, self.shade_table())
        if dirty.left() < geometry.notes.left():
            painter.fillRect(
                0, 0, geometry.notes.left(), geometry.overview.bottom() + 1, self.colours.background
            )
            if stacked:
                self.stack.paint_gutter(painter, geometry, font, small(font))
            else:
                self.keys.paint(painter, geometry.keys, self.scene, self.colours, small(font))

    def _paint_notes(
        self, painter: QPainter, dirty: QRect, geometry: Geometry, view: Viewport, grid: Grid
    ) -> None:
        """Paint the pixel columns of the notes that intersect `dirty`."""
        scale = grid.scale
        area = geometry.notes
        first = max(int((dirty.left() - area.left()) * scale), 0)
        last = min(int(np.ceil((dirty.right() + 1 - area.left()) * scale)), int(area.width() * scale))
        if last <= first:
            return
        part = Grid(grid.us_per_px, grid.left_px + first, scale)
        margin = 3 * grid.us_per_px
        begin, end = part.left_px * part.us_per_px, (part.left_px + last - first) * part.us_per_px
        rows = self.scene.notes.between(begin - margin, end + margin)
        lattice = self._rows(area.height(), scale)
        picture = self._canvas.paint(
            rows,
            lattice,
            self.shade_table(),
            left_px=part.left_px,
            us_per_px=part.us_per_px,
            width=last - first,
            now=self.scene.now,
            lines=self._lines(part, begin, end, view),
        )
        self._paint_row_lines(picture, lattice)
        image = QImage(
            picture.data, last - first, len(picture), 4 * (last - first), QImage.Format.Format_RGB32
        )
        image.setDevicePixelRatio(scale)
        painter.drawImage(QPointF(area.left() + first / scale, area.top()), image)

    def _lines(self, part: Grid, begin: float, end: float, view: Viewport) -> list[tuple[int, int]]:
        """Return the vertical lines below the notes: times and starts of words."""
        words = self.labels.onset_lines(begin, end, view, self.colours, self.languages)
        return self.times(part.left_px, part.us_per_px, begin, end) + [
            (round(t / part.us_per_px) - part.left_px, colour) for t, colour in words
        ]

    def _paint_row_lines(self, picture: Array, lattice: Lattice) -> None:
        """Paint the horizontal lines: octaves and the edges of the command range."""
        if not lattice.gap:
            return
        pitches = self.scene.pitches
        for note, colour in self._row_lines(pitches):
            row = pitches.highest - note
            if 0 <= row < pitches.count:
                picture[lattice.edges[row + 1] - 1] = colour.rgb()

    def _row_lines(self, pitches: Pitches) -> list[tuple[int, QColor]]:
        octaves = [(note, self.colours.grid) for note in range(0, 128, 12)]
        return [*octaves, (pitches.base, self.colours.edge), (pitches.base + 25, self.colours.edge)]

    def _paint_ruler(
        self, painter: QPainter, dirty: QRect, geometry: Geometry, view: Viewport, grid: Grid, font: QFont
    ) -> None:
        step = step_for(view.us_per_px)
        area = geometry.ruler
        begin, end = grid.t(dirty.left() - 1 - area.left()), grid.t(dirty.right() + 1 - area.left())
        painter.fillRect(area, self.colours.background)
        painter.setFont(font)
        painter.setPen(self.colours.quiet)
        for t in ticks(begin - step, end, step):
            if t or self.scene.stacked:  # the marker at 0 has its own label
                text = self._time(format_time(t, step), font)
                top = area.top() + (area.height() - text.size().height()) / 2
                painter.drawStaticText(QPointF(area.left() + grid.x(t) + 5, top), text)
        painter.setPen(self.colours.grid)
        for t in ticks(begin, end, step):
            x = area.left() + grid.x(t)
            painter.drawLine(QPointF(x, area.bottom() - area.height() * 0.62), QPointF(x, area.bottom()))

    def _time(self, text: str, font: QFont) -> QStaticText:
        """Return the prepared text of a time, cached because a scrolling ruler repeats the same times."""
        if text not in self._times:
            if len(self._times) > 200:
                self._times.clear()
            text_item = self._times[text] = QStaticText(text)
            text_item.setTextFormat(Qt.TextFormat.PlainText)
            text_item.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
            text_item.prepare(font=font)
        return self._times[text]

    def _paint_moments(
        self,
        painter: QPainter,
        dirty: QRect,
        geometry: Geometry,
        view: Viewport,
        x_of: Callable[[float], float],
    ) -> None:
        """Paint pauses, feedback, remarks, the marker at 0 and the playhead."""
        area, colours = geometry.notes, self.colours
        painter.setClipRect(QRect(area.left(), 0, area.width(), geometry.lanes.bottom() + 1) & dirty)
        for mark in self.scene.marks_between(view.left, view.right):
            self.paint_mark(
                painter, mark.kind, area.left() + x_of(mark.t), area.left() + x_of(mark.end), area
            )
        if view.left <= 0 <= view.right:
            x = area.left() + x_of(0)
            painter.fillRect(
                QRectF(x - 1, geometry.ruler.bottom() - 3, 2, area.bottom() - geometry.ruler.bottom() + 4),
                colours.zero,
            )
            painter.setPen(colours.zero)
            painter.drawText(
                QRectF(x - 20, 0, 40, geometry.ruler.height() - 2), Qt.AlignmentFlag.AlignCenter, "0"
            )
        playhead = self.scene.playhead
        if playhead is not None and view.left <= playhead <= view.right:
            x = area.left() + x_of(playhead)
            top = geometry.ruler.bottom() - 5
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(QRectF(x - 0.75, top, 1.5, geometry.lanes.bottom() - top), colours.playhead)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.playhead)
            painter.drawEllipse(QPointF(x, top), 4, 4)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setClipRect(dirty)

    def picture_boxes(self, geometry: Geometry, grid: Grid) -> list[tuple[int, QRectF, float]]:
        """Return the visible pictures as (index, rectangle, y of the lower end of its line)."""
        scene, pictures = self.scene, self.pictures
        if pictures is None or not len(pictures) or scene.live:
            return []
        view, left = scene.view, geometry.notes.left()
        before = WIDEST * view.us_per_px
        if not scene.stacked or scene.stack is None:
            area = geometry.notes
            boxes = pictures.boxes(
                view.left - before,
                view.right,
                lambda t: left + grid.x(t),
                view.us_per_px,
                area.top() + MARGIN,
                min(HIGHEST, area.height() / 4),
            )
            return [(index, box, float(area.bottom() + 1)) for index, box in boxes]
        placed = []
        lanes = lanes_of(scene, geometry)
        for lane in lanes.visible:
            (begin, end), area = scene.stack.iterations[lane], lanes.notes(lane)
            boxes = pictures.boxes(
                max(begin + view.left - before, begin),
                min(begin + view.right, end - 1),
                lambda t, begin=begin: left + grid.x(t - begin),  # type: ignore[misc]
                view.us_per_px,
                area.top() + MARGIN / 2,
                min(HIGHEST, 0.42 * area.height()),
            )
            placed += [(index, box, float(area.bottom() + 1)) for index, box in boxes]
        return placed

    def _paint_pictures(
        self, painter: QPainter, dirty: QRect, geometry: Geometry, grid: Grid, font: QFont
    ) -> None:
        if self.pictures is None:
            return
        painter.setClipRect(geometry.notes & dirty)
        for index, box, bottom in self.picture_boxes(geometry, grid):
            if box.right() >= dirty.left() - 2 and box.left() <= dirty.right() + 2:
                self.pictures.paint(painter, index, box, bottom, self.colours, font)
        painter.setClipRect(dirty)

    def _rows(self, height: int, scale: float) -> Lattice:
        pitches = self.scene.pitches
        key = pitches, height, scale
        if self._lattice is None or self._lattice[0] != key:
            notes = range(pitches.highest, pitches.lowest - 1, -1)
            ground = [is_black(note) + 2 * (pitches.key_of(note) is None) for note in notes]
            ground_colours = np.array([colour.rgb() for colour in self.grounds()], np.uint32)
            edges = pitches.edges(round(height * scale))
            self._lattice = key, Lattice(edges, pitches.highest, np.array(ground), ground_colours, scale)
        return self._lattice[1]


def small(font: QFont) -> QFont:
    """Return a slightly smaller font for times and key numbers, at least 10 px or 7.5 pt."""
    smaller = QFont(font)
    if font.pixelSize() > 0:
        smaller.setPixelSize(max(round(font.pixelSize() * 0.88), 10))
    else:
        smaller.setPointSizeF(max(font.pointSizeF() * 0.88, 7.5))
    return smaller
