"""Layout of the pianoroll: the rectangles of its parts."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from rubato_desktop.ui.pianoroll.words import LANES


@dataclass(frozen=True, slots=True)
class Geometry:
    """Rectangles of the parts, in logical pixels of the widget.

    Attributes:
        ruler: The time ruler, at the top.
        keys: The keyboard, at the left.
        notes: The notes.
        lanes: The labels of words, below the notes.
        overview: The overview strip, at the bottom.
        lane_height: Height of one lane of labels.
    """

    ruler: QRect
    keys: QRect
    notes: QRect
    lanes: QRect
    overview: QRect
    lane_height: int

    @classmethod
    def of(cls, width: int, height: int, text_height: int, stacked: bool = False) -> Geometry:
        """Lay out a widget.

        Args:
            width: Width of the widget, logical px.
            height: Height of the widget, logical px.
            text_height: Height of a line of text, logical px.
            stacked: Whether iterations are stacked. Each then has its own row of labels, so no lanes remain.
        """
        gutter = round(3.4 * text_height)
        ruler = round(1.7 * text_height)
        lane = round(1.45 * text_height)
        lanes = 6 if stacked else LANES * lane + 10
        overview = round(1.5 * text_height)
        across = max(width - gutter, 1)
        notes = max(height - ruler - lanes - overview, 1)
        return cls(
            ruler=QRect(gutter, 0, across, ruler),
            keys=QRect(0, ruler, gutter, notes),
            notes=QRect(gutter, ruler, across, notes),
            lanes=QRect(gutter, ruler + notes, across, lanes),
            overview=QRect(gutter, ruler + notes + lanes, across, overview),
            lane_height=lane,
        )

    def lane_top(self, lane: int) -> int:
        """Return the y coordinate of the top of a lane of labels."""
        return self.lanes.top() + 5 + lane * self.lane_height
