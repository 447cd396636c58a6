"""Paints stacked iterations: one image of the notes of all visible lanes, and what is over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen, QPixmap

from rubato_desktop.ui.pianoroll.colours import mix
from rubato_desktop.ui.pianoroll.geometry import Geometry
from rubato_desktop.ui.pianoroll.grid import Grid
from rubato_desktop.ui.pianoroll.pitches import is_black
from rubato_desktop.ui.pianoroll.raster import FINE_UP_TO, Canvas, Lattice
from rubato_desktop.ui.pianoroll.ruler import format_time
from rubato_desktop.ui.pianoroll.scene import Scene
from rubato_desktop.ui.pianoroll.scene_painting import ScenePainter
from rubato_desktop.ui.pianoroll.stack import GAP, Lanes, Stack

Array = npt.NDArray[Any]

_MIN_ROW_HEIGHT = 2  # device px; neighbouring pitches share a row rather than be lower


def lanes_of(scene: Scene, geometry: Geometry) -> Lanes:
    """Return the layout of the lanes of a scene."""
    stack = scene.stack
    count, top = (len(stack.iterations), stack.top) if stack is not None else (0, 0)
    text_height = round(geometry.lane_height / 1.45)
    return Lanes.of(geometry.notes, count, text_height, len(scene.words) > 0, top)


class _ScrollCache:
    """An image that scrolls with the view, so that only the newly visible columns have to be painted.

    Level of detail and precision stay the same while it scrolls, because they would otherwise leave visible seams.

    Args:
        key: Everything the image depends on, except the scroll position.
        levels: Level of detail of each lane.
        fine: Whether notes are painted with sub-pixel precision, see `Canvas.paint`.
        buffers: Memory for two images, shape (2, height, width).
        left_px: Device pixel at the left edge, counted from 0 µs.
    """

    def __init__(
        self, key: tuple[object, ...], levels: Sequence[int], fine: bool, buffers: Array, left_px: int
    ) -> None:
        self._key, self.levels, self.fine, self.left_px = key, levels, fine, left_px
        self.picture, self._other = buffers

    def matches(self, key: tuple[object, ...]) -> bool:
        """Return True if the image was painted with an equal key."""
        return all(
            old is new or (not isinstance(old, np.ndarray) and old == new)
            for old, new in zip(self._key, key, strict=True)
        )

    def move_to(self, left_px: int) -> tuple[int, int]:
        """Scroll the image; return the range (start, stop) of columns to paint."""
        by, width = left_px - self.left_px, self.picture.shape[1]
        if by > 0:
            self._other[:, : width - by] = self.picture[:, by:]
            columns = width - by, width
        else:
            self._other[:, -by:] = self.picture[:, :by]
            columns = 0, -by
        self.picture, self._other, self.left_px = self._other, self.picture, left_px
        return columns


class StackPainter:
    """Paints the lanes, their labels, and the numbers to the left of them.

    Args:
        roll: The painter of the whole roll, for shared state and style.
    """

    def __init__(self, roll: ScenePainter) -> None:
        self._roll = roll
        self._canvas = Canvas()
        self._lattice: tuple[object, Lattice] | None = None
        self._cache: _ScrollCache | None = None
        self._gutter: tuple[object, QPixmap] | None = None

    def invalidate(self) -> None:
        """Discard all caches, because the content, the colours or the font changed."""
        self._lattice = self._gutter = self._cache = None

    def paint(self, painter: QPainter, dirty: QRect, geometry: Geometry, grid: Grid, font: QFont) -> None:
        """Paint the part of the lanes that intersects `dirty`."""
        scene, stack = self._roll.scene, self._roll.scene.stack
        if stack is None:
            return
        lanes = lanes_of(scene, geometry)
        painter.setClipRect(geometry.notes & dirty)
        below = lanes.area.top() + lanes.count * lanes.height - lanes.top
        painter.fillRect(
            lanes.area.left(), below, lanes.area.width(), lanes.height, self._roll.colours.background
        )
        self._paint_notes(painter, dirty, lanes, stack, grid)
        for lane in lanes.visible:
            self._paint_marks(painter, lanes, lane, stack, grid)
            if lanes.label:
                self._paint_words(painter, dirty, lanes, lane, stack, grid, font)
        self._paint_playhead(painter, lanes, stack, grid)
        painter.setClipRect(dirty)

    def paint_gutter(self, painter: QPainter, geometry: Geometry, font: QFont, small: QFont) -> None:
        """Paint number and length to the left of each lane."""
        scene, stack = self._roll.scene, self._roll.scene.stack
        if stack is None:
            return
        lanes, scale = lanes_of(scene, geometry), painter.device().devicePixelRatio()
        area = QRect(0, geometry.notes.top(), geometry.notes.left(), geometry.notes.height())
        key = lanes, stack.iterations, scene.lane, area.size(), scale, font.toString()
        if self._gutter is None or self._gutter[0] != key:
            picture = QPixmap(area.size() * scale)
            picture.setDevicePixelRatio(scale)
            picture.fill(self._roll.colours.background)
            inner = QPainter(picture)
            inner.translate(0, -area.top())
            self._paint_numbers(inner, area, lanes, stack, font, small)
            inner.end()
            self._gutter = key, picture
        painter.drawPixmap(area.topLeft(), self._gutter[1])

    def _paint_numbers(
        self, painter: QPainter, area: QRect, lanes: Lanes, stack: Stack, font: QFont, small: QFont
    ) -> None:
        colours = self._roll.colours
        bold = QFont(font)
        bold.setBold(True)
        line = QFontMetricsF(font).height()
        for lane in lanes.visible:
            rect = lanes.notes(lane)
            current = lane == self._roll.scene.lane
            if current:
                painter.fillRect(area.right() - 5, rect.top(), 3, rect.height(), colours.focus)
            top = rect.top() + max((rect.height() - 2 * line) / 2, 0)
            right = area.width() - 14
            painter.setFont(bold)
            painter.setPen(colours.text if current else mix(colours.text, colours.quiet, 0.5))
            painter.drawText(QRectF(0, top, right, line), Qt.AlignmentFlag.AlignRight, str(lane + 1))
            painter.setFont(small)
            painter.setPen(colours.quiet)
            length = format_time(stack.length(lane))
            painter.drawText(QRectF(0, top + line, right, line), Qt.AlignmentFlag.AlignRight, length)

    def _paint_notes(self, painter: QPainter, dirty: QRect, lanes: Lanes, stack: Stack, grid: Grid) -> None:
        area, scale, visible = lanes.area, grid.scale, lanes.visible
        width = int(area.width() * scale)
        if width < 1 or not visible:
            return
        picture = self._picture(lanes, stack, grid, width)
        image = QImage(picture.data, width, len(picture), 4 * width, QImage.Format.Format_RGB32)
        left, right = max(dirty.left() - area.left(), 0), min(dirty.right() + 1 - area.left(), area.width())
        top = lanes.rect(visible.start).top() - GAP
        painter.drawImage(
            QRectF(area.left() + left, top, right - left, len(picture) / scale),
            image,
            QRectF(left * scale, 0, (right - left) * scale, len(picture)),
        )

    def _picture(self, lanes: Lanes, stack: Stack, grid: Grid, width: int) -> Array:
        """Return the image of the visible lanes; when scrolling, paint only the newly visible columns."""
        lattice, rows, each = self._rows(lanes, stack, grid.scale)
        key = (lanes, stack, lattice, self._roll.shade_table(), grid.us_per_px, width, self._roll.colours)
        cache = self._cache
        if cache is None or not cache.matches(key) or abs(grid.left_px - cache.left_px) >= width:
            begin, end = grid.left_px * grid.us_per_px, (grid.left_px + width) * grid.us_per_px
            notes = self._roll.scene.notes
            levels = stack.levels(notes, lanes.visible, begin, end)
            fine = stack.count(notes, lanes.visible, begin, end) <= FINE_UP_TO
            buffers = np.empty((2, int(lattice.edges[-1]), width), np.uint32)
            cache = self._cache = _ScrollCache(key, levels, fine, buffers, grid.left_px)
            self._fill(cache, 0, width, lanes, stack, grid, lattice, rows, each)
        elif grid.left_px != cache.left_px:
            self._fill(cache, *cache.move_to(grid.left_px), lanes, stack, grid, lattice, rows, each)
        return cache.picture

    def _fill(
        self,
        cache: _ScrollCache,
        first: int,
        last: int,
        lanes: Lanes,
        stack: Stack,
        grid: Grid,
        lattice: Lattice,
        rows: int,
        each: int,
    ) -> None:
        """Paint columns first..last of the image."""
        left_px = grid.left_px + first
        begin, end = left_px * grid.us_per_px, (left_px + last - first) * grid.us_per_px
        margin = 3 * grid.us_per_px
        notes = self._roll.scene.notes
        part = self._canvas.paint(
            stack.notes_in(notes, lanes.visible, cache.levels, begin - margin, end + margin, rows, each),
            lattice,
            self._roll.shade_table(),
            left_px=left_px,
            us_per_px=grid.us_per_px,
            width=last - first,
            now=self._roll.scene.now,
            lines=self._roll.times(left_px, grid.us_per_px, begin - margin, end + margin),
            fine=cache.fine,
        )
        for number, lane in enumerate(lanes.visible):
            edges = lattice.edges[number * each : (number + 1) * each + 1]
            if rows == stack.pitches.count and lattice.gap:
                for row in range(stack.pitches.highest % 12, rows, 12):
                    part[edges[row + 2] - 1] = self._roll.colours.grid.rgb()
            self._clear(part, edges, rows, left_px, grid, stack.length(lane))
        cache.picture[:, first:last] = part

    def _clear(self, picture: Array, edges: Array, rows: int, left_px: int, grid: Grid, length: int) -> None:
        """Clear the area outside an iteration, and draw its start and end."""
        colours, width = self._roll.colours, picture.shape[1]
        ground, line = colours.background.rgb(), max(round(grid.scale), 1)
        top, bottom = edges[1], edges[rows + 1]
        picture[edges[0] : top] = ground
        picture[bottom : edges[-1]] = ground
        # The image may be any part of the view: lines outside it must not be drawn at its edge.
        begin, end = -left_px, round(length / grid.us_per_px) - left_px
        lanes = picture[top:bottom]
        if end < width:
            lanes[:, max(end, 0) :] = ground
            lanes[:, max(end, 0) : max(end + line, 0)] = colours.edge.rgb()
        if begin > -line:
            lanes[:, : max(begin, 0)] = ground
            lanes[:, max(begin - line, 0) : max(begin + line, 0)] = colours.zero.rgb()

    def _rows(self, lanes: Lanes, stack: Stack, scale: float) -> tuple[Lattice, int, int]:
        """Return the rows of the image, the number of pitch rows in a lane, and of all image rows in a lane."""
        pitches, visible = stack.pitches, len(lanes.visible)
        top, bottom = round(GAP * scale), round((lanes.height - lanes.label) * scale)
        rows = max(min(pitches.count, (bottom - top) // _MIN_ROW_HEIGHT), 1)
        each = rows + 1 + (lanes.label > 0)
        key = pitches, visible, lanes.height, lanes.label, scale
        if self._lattice is None or self._lattice[0] != key:
            tops = np.round(np.linspace(top, bottom, rows + 1)).astype(np.intp)
            lane = np.concatenate([[0], tops if lanes.label else tops[:-1]])
            high = round(lanes.height * scale)
            edges = np.concatenate([lane + number * high for number in range(visible)] + [[visible * high]])
            ground = np.zeros(each, np.intp)
            if rows == pitches.count:
                for row in range(rows):
                    note = pitches.highest - row
                    ground[row + 1] = is_black(note) + 2 * (pitches.key_of(note) is None)
            ground_colours = np.array([colour.rgb() for colour in self._roll.grounds()], np.uint32)
            self._lattice = key, Lattice(edges, 0, np.tile(ground, visible), ground_colours, scale)
        return self._lattice[1], rows, each

    def _paint_marks(self, painter: QPainter, lanes: Lanes, lane: int, stack: Stack, grid: Grid) -> None:
        """Paint the marks of an iteration."""
        begin, until = stack.iterations[lane]
        notes, left = lanes.notes(lane), lanes.area.left()
        for mark in self._roll.scene.marks_between(begin, until):
            x = left + grid.x(max(mark.t, begin) - begin)
            self._roll.paint_mark(painter, mark.kind, x, left + grid.x(min(mark.end, until) - begin), notes)

    def _paint_words(
        self,
        painter: QPainter,
        dirty: QRect,
        lanes: Lanes,
        lane: int,
        stack: Stack,
        grid: Grid,
        font: QFont,
    ) -> None:
        begin, until = stack.iterations[lane]
        roll = self._roll
        roll.labels.paint_row(
            painter,
            dirty,
            lanes.words(lane),
            begin,
            until - 1,
            stack.view,
            grid.x,
            roll.colours,
            roll.languages,
            font,
            share=len(lanes.visible),
        )

    def _paint_playhead(self, painter: QPainter, lanes: Lanes, stack: Stack, grid: Grid) -> None:
        """Paint the playhead in its lane, and faintly at the same position in the others."""
        scene, colours = self._roll.scene, self._roll.colours
        here = scene.local(scene.playhead)
        if here is None or not stack.view.left <= here <= stack.view.right:
            return
        x = lanes.area.left() + grid.x(here)
        faint = QColor(colours.playhead)
        faint.setAlphaF(0.3)
        for lane in lanes.visible:
            rect = lanes.rect(lane)
            if lane == scene.lane:
                painter.fillRect(QRectF(x - 0.75, rect.top(), 1.5, rect.height()), colours.playhead)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours.playhead)
                painter.drawEllipse(QPointF(x, rect.top()), 4, 4)
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            elif here < stack.length(lane):
                painter.setPen(QPen(faint, 1, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(x, lanes.notes(lane).top()), QPointF(x, lanes.notes(lane).bottom()))
