"""Iterations one under another: which lane a moment is in, and where the lanes lie. No drawing."""

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
Span = tuple[int, int]  # µs, from and to

GAP = 8  # px of ground between lanes
LEAST_ROWS = 5.5  # lines of text that a lane is high at least
_LEAST_PITCHES = 14  # a lane of one note is not that note as high as the lane


@dataclass(frozen=True, slots=True)
class Drawn:
    """Notes of all lanes as one picture draws them: columns as those of `Rows`, times counted from each lane's start.

    `note` is minus the row of the picture, counted from its top.
    """

    on: Array
    off: Array
    note: Array
    shade: Array
    cover: Array

    def __len__(self) -> int:
        return len(self.on)

    def take(self, which: Array | slice) -> Drawn:
        """Return the notes chosen by numbers, a mask or a slice."""
        return Drawn(self.on[which], self.off[which], self.note[which], self.shade[which], self.cover[which])


@dataclass(frozen=True, slots=True)
class Lanes:
    """Where lanes lie, in logical pixels of the widget.

    Attributes:
        area: All of them may use this.
        count: How many there are.
        height: Height of each, with the gap above it.
        label: Height of the strip of words at the bottom of each; 0 for none.
        top: Pixels that are scrolled out above.
    """

    area: QRect
    count: int
    height: int
    label: int
    top: int

    @classmethod
    def of(cls, area: QRect, count: int, text_height: int, words: bool, top: int) -> Lanes:
        """Divide an area among lanes of one height; those that find no room are scrolled to."""
        height = max(area.height() // max(count, 1), round(LEAST_ROWS * text_height), 1)
        label = round(1.45 * text_height) if words else 0
        most = max(count * height - area.height(), 0)
        return cls(area, count, height, label, min(max(top, 0), most))

    @property
    def most(self) -> int:
        """Pixels that can be scrolled."""
        return max(self.count * self.height - self.area.height(), 0)

    @property
    def visible(self) -> range:
        """The lanes that are in sight, whole or in part."""
        first = self.top // self.height
        last = -(-(self.top + self.area.height()) // self.height)
        return range(first, min(last, self.count))

    def rect(self, lane: int) -> QRect:
        """Return where a lane's notes and words are."""
        top = self.area.top() + lane * self.height - self.top
        return QRect(self.area.left(), top + GAP, self.area.width(), self.height - GAP)

    def notes(self, lane: int) -> QRect:
        """Return where a lane's notes are."""
        return self.rect(lane).adjusted(0, 0, 0, -self.label)

    def words(self, lane: int) -> QRect:
        """Return where a lane's words are."""
        rect = self.rect(lane)
        return QRect(rect.left(), rect.bottom() + 1 - self.label, rect.width(), self.label)

    def at(self, y: float) -> int | None:
        """Return the lane at a y of the widget, None for none."""
        lane = int((y - self.area.top() + self.top) // self.height)
        inside = self.area.top() <= y <= self.area.bottom()
        return lane if inside and 0 <= lane < self.count else None

    def scrolled_to(self, lane: int) -> int:
        """Return the pixels to scroll so that a lane is in sight, as few as possible away from where it is."""
        low = (lane + 1) * self.height - self.area.height()
        return min(max(self.top, low), lane * self.height)


class Stack:
    """The iterations of a piece, each in a lane, all beginning at the same place.

    Args:
        iterations: From and to, µs of the recording, by time.
        notes: The notes of the recording.
        base: MIDI note of command key 0.

    Attributes:
        view: The stretch that is seen, µs from the beginning of each.
        top: Pixels that are scrolled out above.
        pitches: What is played in them, and a little air.
    """

    def __init__(self, iterations: Sequence[Span], notes: NoteStore, base: int) -> None:
        self.iterations = tuple((begin, end) for begin, end in iterations)
        self.starts = [begin for begin, _ in self.iterations]
        self.view = Viewport(end=self.longest)
        self.top = 0
        self.pitches = self._pitches(notes, base)

    @property
    def longest(self) -> int:
        """µs of the longest iteration."""
        return max((end - begin for begin, end in self.iterations), default=0)

    def length(self, lane: int) -> int:
        """µs of one of them."""
        begin, end = self.iterations[lane]
        return end - begin

    def lane_of(self, t: float) -> int | None:
        """Return the lane that a µs of the recording is in, None when it is in none."""
        lane = bisect_right(self.starts, t) - 1
        return lane if lane >= 0 and t < self.iterations[lane][1] else None

    def local(self, t: float) -> float | None:
        """Return how far into its iteration a µs of the recording is, None when it is in none."""
        lane = self.lane_of(t)
        return None if lane is None else t - self.starts[lane]

    def moment(self, lane: int, into: float) -> int:
        """Return the µs of the recording that is so far into an iteration, kept within it."""
        begin, end = self.iterations[lane]
        return int(min(max(begin + into, begin), max(end - 1, begin)))

    def levels(self, notes: NoteStore, lanes: range, first: float, last: float) -> list[int]:
        """Return how coarse first..last µs of each lane are to be, see `NoteStore.level_for`."""
        # More than one view has: they are painted once, and then moved.
        most = notes.budget * 3 // max(len(lanes), 3)
        return [notes.level_for(*self._reach(lane, first, last), most) for lane in lanes]

    def count(self, notes: NoteStore, lanes: range, first: float, last: float) -> int:
        """Return how many notes begin in first..last µs of lanes."""
        return sum(notes.count_between(*self._reach(lane, first, last)) for lane in lanes)

    def drawn(
        self,
        notes: NoteStore,
        lanes: range,
        levels: Sequence[int],
        first: float,
        last: float,
        rows: int,
        each: int,
    ) -> Drawn:
        """Return what sounds in first..last µs of lanes.

        Args:
            notes: The notes of the recording.
            lanes: Which.
            levels: How coarse each is, from `levels`.
            first: From, µs into each iteration.
            last: To.
            rows: How many rows of pitches a lane has.
            each: How many rows of the picture it has in all; the first one lies above its pitches.
        """
        parts = [
            self._lane(notes.at_level(level, *self._reach(lane, first, last)), lane, 1 + number * each, rows)
            for number, (lane, level) in enumerate(zip(lanes, levels, strict=True))
        ]
        return Drawn(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def row_of(self, note: Array, rows: int) -> Array:
        """Return the row of notes (MIDI, shape (n,)) where a lane has `rows` of them; the highest is 0."""
        row = self.pitches.highest - note.astype(np.int64)
        return row if rows == self.pitches.count else row * rows // self.pitches.count

    def _reach(self, lane: int, first: float, last: float) -> tuple[float, float]:
        begin, end = self.iterations[lane]
        return max(begin + first, begin), min(begin + last, end)

    def _lane(self, found: Rows, lane: int, top: int, rows: int) -> tuple[Array, ...]:
        """Return the columns of a lane's notes, where its highest pitch is row `top` of the picture."""
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
        air = max(_LEAST_PITCHES - (high - low + 1), 2)
        return Pitches(max(low - air // 2, 0), min(high + (air + 1) // 2, 127), base)
