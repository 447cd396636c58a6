"""All there is in one strip, with the part in view marked: where am I, and a click away from anywhere."""

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

_AIR = 3  # px above and below


class Overview:
    """The strip; its picture is made anew only when `forget` was called or its size changed."""

    def __init__(self) -> None:
        self._canvas = Canvas()
        self._kept: tuple[object, QPixmap] | None = None
        self._end = 1

    def forget(self) -> None:
        """What there is, or its colours, changed."""
        self._kept = None

    def t_at(self, x: float, area: QRect) -> float:
        """Return the microsecond at pixel `x` of the widget."""
        return (x - area.left()) / max(area.width(), 1) * self._end

    def paint(self, painter: QPainter, area: QRect, scene: Scene, colours: RollColours, table: Array) -> None:
        """Paint the strip and the frame around what is in view.

        Of stacked iterations the frame is around what is in view of the one the playhead is in, and each is underlined.
        """
        view = scene.view
        scale = painter.device().devicePixelRatio()
        key = area.size(), scale
        if self._kept is None or self._kept[0] != key:
            self._end = max(scene.end, 0 if scene.stacked else int(view.span), 1)
            self._kept = key, self._picture(area, scene, colours, table, scale)
        painter.drawPixmap(area.topLeft(), self._kept[1])
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
        width, height = round(area.width() * scale), round((area.height() - 2 * _AIR) * scale)
        count = max(min(height // 2, scene.pitches.count), 1)
        rows = scene.notes.between(0, self._end)
        if not len(rows) or width < 1 or height < 2:
            return picture
        squeezed = rows.take(slice(None))
        squeezed.note[:] = (rows.note.astype(np.int64) - scene.pitches.lowest) * count // scene.pitches.count
        edges = np.round(np.linspace(0, height, count + 1)).astype(np.intp)
        ground = np.ones(count, np.intp)
        faces = np.array([colours.row_dark.rgb()] * 4, np.uint32)
        lattice = Lattice(edges, count - 1, ground, faces, 1e9)
        cells = self._canvas.paint(
            squeezed, lattice, table, left_px=0, us_per_px=self._end / width, width=width, now=scene.now
        )
        image = QImage(cells.data, width, len(cells), 4 * width, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(scale)
        inner = QPainter(picture)
        inner.drawImage(QPointF(0, _AIR), image)
        inner.end()
        return picture
