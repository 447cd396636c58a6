"""Time index of the notes to draw, with coarser levels of detail for large time spans.

The store serves an opened file (a million notes at once) and live playing (one note at a time, for hours). Rows are in
order of onset. Each block of rows stores the latest end in it, so that a long note is found without a scan of all rows
since its onset.

If a time span contains more rows than are useful to draw, a coarser level is used. There, the notes of one pitch that
start in the same time slice are merged into one row, which stores how much of it is covered. Levels are built on demand
and extended as notes arrive; each row is merged once per level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.ui.pianoroll.rows import HELD, Rows, coarser, join, typical_slice

Array = npt.NDArray[Any]

BATCH = 8192  # new rows are merged in batches of this size
FRESH = 1024  # the newest rows are not merged, because a word may still recolour them
STEP = 2  # ratio of the slice lengths of two successive levels


@dataclass(slots=True)
class Level:
    """Notes merged in time slices of one length (µs)."""

    slice_us: int
    rows: Rows


class NoteStore:
    """Notes that can be looked up by time.

    Args:
        priority_shade: Shades from this one on win over others when notes are merged.
        budget: Number of rows above which `between` uses a coarser level.

    Attributes:
        rows: All notes.
        held: Rows of the held notes by key.
    """

    def __init__(self, priority_shade: int = 1 << 16, budget: int = 12_000) -> None:
        self.priority_shade = priority_shade
        self.budget = budget
        self.rows = Rows()
        self.held: dict[object, int] = {}
        self._levels: list[Level] = []
        self._grouped = 0
        self._settled = 0
        self._ungrouped: list[int] = []

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def end(self) -> int:
        """Latest end of a finished note, µs; 0 if there are none."""
        return self.rows.end

    def extend(self, on: Array, off: Array, note: Array, shade: Array) -> None:
        """Append finished notes, sorted by onset and not before the last one in the store.

        Args:
            on: Onsets in µs, shape (n,).
            off: Ends in µs, shape (n,).
            note: MIDI notes 0-127, shape (n,).
            shade: Shade numbers, shape (n,).
        """
        self.rows.extend(on, off, note, shade, np.ones(len(on), np.float32))
        self._settled = len(self.rows)

    def begin(self, key: object, t: int, note: int, shade: int) -> int:
        """Append a held note.

        Args:
            key: Identifies the note for `finish`, e.g. (device, channel, note). If it is held already, that note ends.
            t: Onset, µs; moved to the last onset if it is earlier.
            note: MIDI note 0-127.
            shade: Shade number.

        Returns:
            The index of its row.
        """
        self.finish(key, t)
        row = self.rows.append(max(t, self.rows.last_onset), HELD, note, shade)
        self.held[key] = row
        return row

    def finish(self, key: object, t: int) -> int | None:
        """End a held note at `t` µs; return its row, or None if the note is not held."""
        row = self.held.pop(key, None)
        if row is not None:
            self.rows.finish(row, t)
        return row

    def recolour(self, rows: Array | slice, shades: Array) -> None:
        """Change the shades of rows. Levels that contain them are rebuilt on demand."""
        if len(shades) == 0:
            return
        self.rows.shade[rows] = shades
        first = rows.start if isinstance(rows, slice) else int(np.min(rows))
        if first < self._grouped:
            self._levels, self._grouped, self._ungrouped = [], 0, []

    def onsets_between(self, first: float, last: float) -> tuple[int, int]:
        """Return the range (start, stop) of rows whose onsets are in first..last, µs, both inclusive."""
        return self.rows.window(first, last)

    def count_between(self, first: float, last: float) -> int:
        """Return the number of notes that start in first..last, µs."""
        begin, end = self.onsets_between(first, last)
        return end - begin

    def between(self, first: float, last: float) -> Rows:
        """Return the notes that sound in first..last (µs), in order of onset, merged to about `budget` rows.

        The end of a held note is `HELD`.
        """
        return self.at_level(self.level_for(first, last, self.budget), first, last)

    def level_for(self, first: float, last: float, limit: int) -> int:
        """Return the finest level with at most about `limit` rows in first..last, µs. Level 0 has single notes."""
        begin, end = self.rows.window(first, last)
        if end - begin <= limit:
            return 0
        self._group()
        for number, level in enumerate(self._levels, 1):
            begin, end = level.rows.window(first, last)
            if end - begin <= limit:
                return number
        return len(self._levels)

    def at_level(self, number: int, first: float, last: float) -> Rows:
        """Return the rows that sound in first..last (µs) at a level, see `level_for`."""
        if not number or not self._levels:
            return self.rows.within(first, last)
        level = self._levels[min(number, len(self._levels)) - 1]
        parts = [level.rows.within(first, last)]
        if self._ungrouped:
            parts.append(self.rows.take(np.array(self._ungrouped, np.intp)).within(first, last))
        if self._grouped < len(self.rows):
            parts.append(self.rows.within(first, last, self._grouped))
        return join(*parts)

    def at(self, t: float, note: int, tolerance: float) -> int | None:
        """Return the row of the note that sounds at a time and pitch, the last started if there are several, or None.

        Args:
            t: Time, µs.
            note: MIDI note 0-127.
            tolerance: Time before and after a note that still counts as a hit, µs.
        """
        rows = self.rows.indices(t - tolerance, t + tolerance)
        rows = rows[self.rows.note[rows] == note]
        return int(rows[-1]) if len(rows) else None

    def _group(self) -> None:
        upto = max(len(self.rows) - FRESH, self._settled)
        if upto - self._grouped < BATCH:
            return
        part = self.rows.take(slice(self._grouped, upto))
        held = part.off == HELD
        if held.any():
            self._ungrouped += [self._grouped + int(row) for row in np.flatnonzero(held)]
            part = part.take(~held)
        self._grouped = upto
        if not self._levels:
            self._levels = [Level(typical_slice(part), Rows())]
        for level in self._levels:
            part = coarser(part, level.slice_us, self.priority_shade)
            # A merged row starts with its slice, which may be before the last row of the level.
            on = np.maximum(part.on, level.rows.last_onset)
            level.rows.extend(on, np.maximum(part.off, on), part.note, part.shade, part.cover)
        while len((top := self._levels[-1]).rows) > self.budget // STEP:
            longer = top.slice_us * STEP
            self._levels.append(Level(longer, coarser(top.rows, longer, self.priority_shade)))
