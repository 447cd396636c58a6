"""Notes to draw: as many as you like, found by time in a moment, and coarser copies of them for the far view.

One store serves an opened file (a million notes at once) and live playing (one note after another, for hours).
Rows are kept in order of onset. To find what sounds in a stretch of time, each block of rows knows when its last
note ends; so a drone of an hour is found without looking at every row between.

When more rows are in view than there is any use in drawing, a coarser level is used, where notes of one pitch that
begin in the same slice of time are one row that knows how much of itself is covered. Levels are made when first
needed and extended as notes arrive; each row is grouped once per level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.ui.pianoroll.rows import HELD, Rows, coarser, join, typical_slice

Array = npt.NDArray[Any]

BATCH = 8192  # new rows are grouped this many at a time
FRESH = 1024  # the newest rows stay ungrouped: a word may still colour them
STEP = 2  # each level's slices are this many times as long as those of the one below


@dataclass(slots=True)
class Level:
    slice_us: int
    rows: Rows


class NoteStore:
    """Notes by time.

    Args:
        before_all: The first shade that is shown in the far view whatever else sounds with it.
        budget: The most rows that `between` returns before it turns to a coarser level.
    """

    def __init__(self, before_all: int = 1 << 16, budget: int = 12_000) -> None:
        self.before_all = before_all
        self.budget = budget
        self.rows = Rows()
        self.held: dict[object, int] = {}
        self._levels: list[Level] = []
        self._grouped = 0
        self._settled = 0
        self._late: list[int] = []

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def end(self) -> int:
        """Microsecond at which the last finished note ends; 0 when there are none."""
        return self.rows.end

    def extend(self, on: Array, off: Array, note: Array, shade: Array) -> None:
        """Add finished notes, sorted by onset and none before the last one here.

        Args:
            on: Onsets in µs, shape (n,).
            off: Ends in µs, shape (n,).
            note: MIDI notes 0-127, shape (n,).
            shade: Numbers of colours, shape (n,).
        """
        self.rows.extend(on, off, note, shade, np.ones(len(on), np.float32))
        self._settled = len(self.rows)

    def begin(self, key: object, t: int, note: int, shade: int) -> int:
        """Add a note that is now held.

        Args:
            key: What will end it, e.g. (device, channel, note); one that is held already ends here.
            t: Onset in µs; one that is before the last onset is drawn at that one.
            note: MIDI note 0-127.
            shade: Number of its colour.

        Returns:
            Its row.
        """
        self.finish(key, t)
        row = self.rows.append(max(t, self.rows.last_onset), HELD, note, shade)
        self.held[key] = row
        return row

    def finish(self, key: object, t: int) -> int | None:
        """End a held note at `t` µs; returns its row, or None when no such note is held."""
        row = self.held.pop(key, None)
        if row is not None:
            self.rows.finish(row, t)
        return row

    def recolour(self, rows: Array | slice, shades: Array) -> None:
        """Give rows other colours; coarser levels that hold them are made anew when next needed."""
        if len(shades) == 0:
            return
        self.rows.shade[rows] = shades
        first = rows.start if isinstance(rows, slice) else int(np.min(rows))
        if first < self._grouped:
            self._levels, self._grouped, self._late = [], 0, []

    def onsets_between(self, first: float, last: float) -> tuple[int, int]:
        """Return the rows (from, to) whose onsets lie in first..last µs, both included."""
        return self.rows.window(first, last)

    def count_between(self, first: float, last: float) -> int:
        """Return how many notes begin in first..last µs."""
        begin, end = self.onsets_between(first, last)
        return end - begin

    def between(self, first: float, last: float) -> Rows:
        """Return what sounds in first..last µs, in order of onset, at most about `budget` rows of it.

        A held note's end is `HELD`.
        """
        return self.at_level(self.level_for(first, last, self.budget), first, last)

    def level_for(self, first: float, last: float, most: int) -> int:
        """Return the finest level that has at most about `most` rows in first..last µs; 0 is the notes themselves."""
        begin, end = self.rows.window(first, last)
        if end - begin <= most:
            return 0
        self._group()
        for number, level in enumerate(self._levels, 1):
            begin, end = level.rows.window(first, last)
            if end - begin <= most:
                return number
        return len(self._levels)

    def at_level(self, number: int, first: float, last: float) -> Rows:
        """Return what sounds in first..last µs as a level of `level_for` has it."""
        if not number or not self._levels:
            return self.rows.within(first, last)
        level = self._levels[min(number, len(self._levels)) - 1]
        parts = [level.rows.within(first, last)]
        if self._late:
            parts.append(self.rows.take(np.array(self._late, np.intp)).within(first, last))
        if self._grouped < len(self.rows):
            parts.append(self.rows.within(first, last, self._grouped))
        return join(*parts)

    def at(self, t: float, note: int, reach: float) -> int | None:
        """Return the row of the note of pitch `note` that sounds at `t` µs, the latest begun, or None.

        Args:
            t: Microsecond.
            note: MIDI note 0-127.
            reach: Microseconds beside a note that still count as on it.
        """
        rows = self.rows.indices(t - reach, t + reach)
        rows = rows[self.rows.note[rows] == note]
        return int(rows[-1]) if len(rows) else None

    def _group(self) -> None:
        upto = max(len(self.rows) - FRESH, self._settled)
        if upto - self._grouped < BATCH:
            return
        part = self.rows.take(slice(self._grouped, upto))
        held = part.off == HELD
        if held.any():
            self._late += [self._grouped + int(row) for row in np.flatnonzero(held)]
            part = part.take(~held)
        self._grouped = upto
        if not self._levels:
            self._levels = [Level(typical_slice(part), Rows())]
        for level in self._levels:
            part = coarser(part, level.slice_us, self.before_all)
            # A row that fills its slice may begin before the last one of the rows that came earlier.
            on = np.maximum(part.on, level.rows.last_onset)
            level.rows.extend(on, np.maximum(part.off, on), part.note, part.shade, part.cover)
        while len((top := self._levels[-1]).rows) > self.budget // STEP:
            longer = top.slice_us * STEP
            self._levels.append(Level(longer, coarser(top.rows, longer, self.before_all)))
