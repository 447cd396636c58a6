"""Painting that a single row and stacked iterations share: colours, time lines and marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rubato_desktop.ui.pianoroll.colours import RollColours, mix
from rubato_desktop.ui.pianoroll.labels import Labels
from rubato_desktop.ui.pianoroll.ruler import parts_of, step_for, ticks
from rubato_desktop.ui.pianoroll.scene import Scene

Array = npt.NDArray[Any]


class ScenePainter:
    """Base of the painters: the state of painting a scene, and what does not depend on its layout.

    `RollPainter` extends it, and `StackPainter` uses it to paint each lane in the same style.

    Args:
        scene: The scene.
        colours: Palette of the roll.

    Attributes:
        languages: Colours by language name.
        labels: Painter of the labels of words.
    """

    def __init__(self, scene: Scene, colours: RollColours) -> None:
        self.scene = scene
        self.colours = colours
        self.languages: Mapping[str, QColor] = {}
        self.labels = Labels(scene)
        self._table: tuple[object, Array] | None = None

    def shade_table(self) -> Array:
        """Return the pixel colours of all shades, see `Shades.table`; cached until a class is added."""
        known = len(self.scene.shades)
        if self._table is None or self._table[0] != known:
            table = self.scene.shades.table(self.colours, self.languages, self.grounds())
            self._table = known, table
        return self._table[1]

    def grounds(self) -> tuple[QColor, ...]:
        """Return the row backgrounds: white keys, black keys, and both outside the 25 keys."""
        colours = self.colours
        own = (colours.row, colours.row_dark)
        return (*own, *(mix(ground, colours.outside, 0.75) for ground in own))

    def times(self, left_px: int, us_per_px: float, begin: float, end: float) -> list[tuple[int, int]]:
        """Return the vertical time lines in begin..end (µs), as (device pixel from `left_px`, 0xffRRGGBB)."""
        colours = self.colours
        step = step_for(self.scene.view.us_per_px)
        faint, clear = mix(colours.row, colours.grid, 0.5).rgb(), colours.grid.rgb()
        return [
            (round(t / us_per_px) - left_px, clear if t % step == 0 else faint)
            for t in ticks(begin, end, step // parts_of(step))
        ]

    def paint_mark(self, painter: QPainter, kind: str, x: float, end: float, area: QRect) -> None:
        """Paint a mark over the notes in `area`.

        Args:
            painter: The painter.
            kind: Kind of the mark, see `Mark`.
            x: Start, logical px.
            end: End, logical px.
            area: The rectangle of the notes.
        """
        colours = self.colours
        if kind == "pause":
            shade = QColor(colours.quiet)
            shade.setAlphaF(0.14)
            painter.fillRect(QRectF(x, area.top(), max(end - x, 2), area.height()), shade)
        if kind == "remark":
            painter.fillRect(QRectF(x, area.top(), 1, area.height()), colours.zero)
            flag = [QPointF(x, area.top()), QPointF(x + 9, area.top() + 5), QPointF(x, area.top() + 10)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.zero)
            painter.drawPolygon(flag)
            return
        style = Qt.PenStyle.DashLine if kind == "pause" else Qt.PenStyle.DotLine
        painter.setPen(QPen(colours.quiet, 1, style))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
