"""Stacked iterations and the layout of their lanes, without painting."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect

from rubato_desktop.ui.pianoroll.notestore import NoteStore
from rubato_desktop.ui.pianoroll.pitches import Pitches
from rubato_desktop.ui.pianoroll.rows import Rows
from rubato_desktop.ui.pianoroll.viewport import Viewport

Array = npt.NDArray[Any]
Span = tuple[int, int]  # start and end, µs

GAP = 8  # px between lanes
MIN_LANE_LINES = 5.5  # minimum height of a lane, in lines of text
_MIN_PITCHES = 14  # so that a single pitch does not fill the whole lane


@dataclass(frozen=True, slots=True)
class LaneNotes:
    """The notes of all visible lanes as columns for one image, see `Rows`.

    Times are µs from the start of the lane. `note` is the negated row of the image, counted from the top.
    """

    on: Array
    off: Array
    note: Array
    shade: Array
    cover: Array

    def __len__(self) -> int:
        return len(self.on)

    def take(self, which: Array | slice) -> LaneNotes:
        """Return the notes selected by indices, a mask or a slice."""
        return LaneNotes(
            self.on[which], self.off[which], self.note[which], self.shade[which], self.cover[which]
        )


@dataclass(frozen=True, slots=True)
class Lanes:
    """Layout of the lanes, in logical pixels of the widget.

    Attributes:
        area: Rectangle of all lanes.
        count: Number of lanes.
        height: Height of a lane including the gap above it.
        label: Height of the row of labels at the bottom of a lane; 0 for none.
        top: Scroll offset.
    """

    area: QRect
    count: int
    height: int
    label: int
    top: int

    @classmethod
    def of(cls, area: QRect, count: int, text_height: int, words: bool, top: int) -> Lanes:
        """Divide an area into lanes of equal height. Lanes that do not fit can be scrolled to."""
        height = max(area.height() // max(count, 1), round(MIN_LANE_LINES * text_height), 1)
        label = round(1.45 * text_height) if words else 0
        limit = max(count * height - area.height(), 0)
        return cls(area, count, height, label, min(max(top, 0), limit))

    @property
    def max_top(self) -> int:
        """Largest scroll offset."""
        return max(self.count * self.height - self.area.height(), 0)

    @property
    def visible(self) -> range:
        """The lanes that are visible at least in part."""
        first = self.top // self.height
        last = -(-(self.top + self.area.height()) // self.height)
        return range(first, min(last, self.count))

    def rect(self, lane: int) -> QRect:
        """Return the rectangle of a lane."""
        top = self.area.top() + lane * self.height - self.top
        return QRect(self.area.left(), top + GAP, self.area.width(), self.height - GAP)

    def notes(self, lane: int) -> QRect:
        """Return the rectangle of the notes of a lane."""
        return self.rect(lane).adjusted(0, 0, 0, -self.label)

    def words(self, lane: int) -> QRect:
        """Return the rectangle of the labels of a lane."""
        rect = self.rect(lane)
        return QRect(rect.left(), rect.bottom() + 1 - self.label, rect.width(), self.label)

    def at(self, y: float) -> int | None:
        """Return the lane at a y coordinate of the widget, or None."""
        lane = int((y - self.area.top() + self.top) // self.height)
        inside = self.area.top() <= y <= self.area.bottom()
        return lane if inside and 0 <= lane < self.count else None

    def scrolled_to(self, lane: int) -> int:
        """Return the nearest scroll offset at which a lane is completely visible."""
        low = (lane + 1) * self.height - self.area.height()
        return min(max(self.top, low), lane * self.height)


class Stack:
    """The iterations of a piece, each in a lane, aligned at their starts.

    Args:
        iterations: Start and end of each iteration, µs of the recording, in order of time.
        notes: The notes of the recording.
        base: MIDI note of command key 0.

    Attributes:
        view: The visible part, µs from the start of each iteration.
        top: Scroll offset of the lanes, logical px.
        pitches: Range of the pitches in the iterations, with a margin.
    """

    def __init__(self, iterations: Sequence[Span], notes: NoteStore, base: int) -> None:
        self.iterations = tuple((begin, end) for begin, end in iterations)
        self.starts = [begin for begin, _ in self.iterations]
        self.view = Viewport(end=self.longest)
        self.top = 0
        self.pitches = self._pitches(notes, base)

    @property
    def longest(self) -> int:
        """Length of the longest iteration, µs."""
        return max((end - begin for begin, end in self.iterations), default=0)

    def length(self, lane: int) -> int:
        """Return the length of an iteration, µs."""
        begin, end = self.iterations[lane]
        return end - begin

    def lane_of(self, t: float) -> int | None:
        """Return the lane of a time of the recording (µs), or None."""
        lane = bisect_right(self.starts, t) - 1
        return lane if lane >= 0 and t < self.iterations[lane][1] else None

    def local(self, t: float) -> float | None:
        """Convert a time of the recording to µs from the start of its iteration; None outside all iterations."""
        lane = self.lane_of(t)
        return None if lane is None else t - self.starts[lane]

    def moment(self, lane: int, offset: float) -> int:
        """Convert µs from the start of an iteration to a time of the recording, limited to the iteration."""
        begin, end = self.iterations[lane]
        return int(min(max(begin + offset, begin), max(end - 1, begin)))

    def levels(self, notes: NoteStore, lanes: range, first: float, last: float) -> list[int]:
        """Return the level of detail of each lane for first..last (µs), see `NoteStore.level_for`."""
        # More rows than in a single view, because the image is painted once and then scrolled.
        limit = notes.budget * 3 // max(len(lanes), 3)
        return [notes.level_for(*self._clamp(lane, first, last), limit) for lane in lanes]

    def count(self, notes: NoteStore, lanes: range, first: float, last: float) -> int:
        """Return the number of notes that start in first..last (µs) of the lanes."""
        return sum(notes.count_between(*self._clamp(lane, first, last)) for lane in lanes)

    def notes_in(
        self,
        notes: NoteStore,
        lanes: range,
        levels: Sequence[int],
        first: float,
        last: float,
        rows: int,
        each: int,
    ) -> LaneNotes:
        """Return the notes that sound in a part of the lanes.

        Args:
            notes: The notes of the recording.
            lanes: The lanes.
            levels: Level of detail of each lane, from `levels`.
            first: Start, µs from the start of each iteration.
            last: End, µs from the start of each iteration.
            rows: Number of pitch rows in a lane.
            each: Number of image rows in a lane; the first is the gap above the pitches.
        """
        parts = [
            self._lane(notes.at_level(level, *self._clamp(lane, first, last)), lane, 1 + number * each, rows)
            for number, (lane, level) in enumerate(zip(lanes, levels, strict=True))
        ]
        return LaneNotes(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def row_of(self, note: Array, rows: int) -> Array:
        """Return the rows of MIDI notes, shape (n,), in a lane with `rows` rows; 0 is the highest."""
        row = self.pitches.highest - note.astype(np.int64)
        return row if rows == self.pitches.count else row * rows // self.pitches.count

    def _clamp(self, lane: int, first: float, last: float) -> tuple[float, float]:
        begin, end = self.iterations[lane]
        return max(begin + first, begin), min(begin + last, end)

    def _lane(self, found: Rows, lane: int, top: int, rows: int) -> tuple[Array, ...]:
        """Return the columns of the notes of a lane whose highest pitch is image row `top`."""
        begin, end = self.iterations[lane]
        on, off = np.maximum(found.on, begin), np.minimum(found.off, end)
        row = self.row_of(found.note, rows)
        inside = (off > on) & (row >= 0) & (row < rows)
        columns = (on - begin, off - begin, -(row + top), found.shade, found.cover)
        return columns if inside.all() else tuple(column[inside] for column in columns)

    def _pitches(self, notes: NoteStore, base: int) -> Pitches:
        low, high = 128, -1
        for begin, end in self.iterations:
            which = slice(*notes.onsets_between(begin, end - 1))
            if (note := notes.rows.note[which]).size:
                low, high = min(low, int(note.min())), max(high, int(note.max()))
        if high < 0:
            return Pitches.around(base)
        margin = max(_MIN_PITCHES - (high - low + 1), 2)
        return Pitches(max(low - margin // 2, 0), min(high + (margin + 1) // 2, 127), base)
