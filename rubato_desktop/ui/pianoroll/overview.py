"""The overview strip: the whole recording, with a frame around the visible part."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from rubato_desktop.ui.pianoroll.colours import RollColours
from rubato_desktop.ui.pianoroll.raster import Canvas, Lattice
from rubato_desktop.ui.pianoroll.scene import Scene

Array = npt.NDArray[Any]

_MARGIN = 3  # px above and below the notes


class Overview:
    """Paints the overview. Its image is cached until `invalidate` is called or its size changes."""

    def __init__(self) -> None:
        self._canvas = Canvas()
        self._cache: tuple[object, QPixmap] | None = None
        self._end = 1

    def invalidate(self) -> None:
        """Discard the cached image, because the content or the colours changed."""
        self._cache = None

    def t_at(self, x: float, area: QRect) -> float:
        """Return the time (µs) at `x` px of the widget."""
        return (x - area.left()) / max(area.width(), 1) * self._end

    def paint(self, painter: QPainter, area: QRect, scene: Scene, colours: RollColours, table: Array) -> None:
        """Paint the strip and the frame around the visible part.

        When iterations are stacked, each is underlined and the frame is around the visible part of the current one.
        """
        view = scene.view
        scale = painter.device().devicePixelRatio()
        key = area.size(), scale
        if self._cache is None or self._cache[0] != key:
            self._end = max(scene.end, 0 if scene.stacked else int(view.span), 1)
            self._cache = key, self._picture(area, scene, colours, table, scale)
        painter.drawPixmap(area.topLeft(), self._cache[1])
        per_px = area.width() / self._end
        first, last = max(view.left, 0.0), min(view.right, self._end)
        if scene.stacked and scene.stack is not None:
            for begin, end in scene.stack.iterations:
                x, width = area.left() + begin * per_px, max((end - begin) * per_px - 2, 2)
                painter.fillRect(QRectF(x, area.bottom() - 1, width, 2), colours.zero)
            begin, end = scene.stack.iterations[scene.lane or 0]
            first, last = min(begin + first, end), min(begin + view.right, end)
        left, right = area.left() + first * per_px, area.left() + last * per_px
        frame = QRectF(left, area.top() + 1, max(right - left, 6), area.height() - 2)
        if frame.width() < area.width() - 1:
            veil = QColor(colours.background)
            veil.setAlphaF(0.45)
            painter.fillRect(QRectF(area.left(), area.top(), frame.left() - area.left(), area.height()), veil)
            painter.fillRect(
                QRectF(frame.right(), area.top(), area.right() + 1 - frame.right(), area.height()), veil
            )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colours.quiet, 1))
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _picture(
        self, area: QRect, scene: Scene, colours: RollColours, table: Array, scale: float
    ) -> QPixmap:
        picture = QPixmap(area.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(colours.row_dark)
        width, height = round(area.width() * scale), round((area.height() - 2 * _MARGIN) * scale)
        count = max(min(height // 2, scene.pitches.count), 1)
        rows = scene.notes.between(0, self._end)
        if not len(rows) or width < 1 or height < 2:
            return picture
        squeezed = rows.take(slice(None))
        squeezed.note[:] = (rows.note.astype(np.int64) - scene.pitches.lowest) * count // scene.pitches.count
        edges = np.round(np.linspace(0, height, count + 1)).astype(np.intp)
        ground = np.ones(count, np.intp)
        ground_colours = np.array([colours.row_dark.rgb()] * 4, np.uint32)
        lattice = Lattice(edges, count - 1, ground, ground_colours, 1e9)
        cells = self._canvas.paint(
            squeezed, lattice, table, left_px=0, us_per_px=self._end / width, width=width, now=scene.now
        )
        image = QImage(cells.data, width, len(cells), 4 * width, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        inner = QPainter(picture)
        inner.drawImage(QPointF(0, _MARGIN), image)
        inner.end()
        return picture
