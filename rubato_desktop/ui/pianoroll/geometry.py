"""Where the parts of the pianoroll are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect

from rubato_desktop.ui.pianoroll.words import LANES


@dataclass(frozen=True, slots=True)
class Geometry:
    """Rectangles in logical pixels of the widget.

    Attributes:
        ruler: Times, on top.
        keys: The keys, at the left.
        notes: The notes.
        lanes: Labels of words, under the notes.
        overview: All there is, at the bottom.
        lane_height: Height of one lane.
    """

    ruler: QRect
    keys: QRect
    notes: QRect
    lanes: QRect
    overview: QRect
    lane_height: int

    @classmethod
    def of(cls, width: int, height: int, text_height: int, stacked: bool = False) -> Geometry:
        """Divide a widget; `text_height` is that of a line of text.

        Stacked iterations have their words with them, so that no lanes of labels are left under the notes.
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
        """Return the y of a lane's top."""
        return self.lanes.top() + 5 + lane * self.lane_height
