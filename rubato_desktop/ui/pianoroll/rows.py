"""Notes as growing numpy columns, and merging them into coarser levels."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.clock import MILLISECOND

Array = npt.NDArray[Any]

HELD = np.iinfo(np.int64).max  # end of a held note
BLOCK = 256

_TYPES = {"on": np.int64, "off": np.int64, "note": np.uint8, "shade": np.uint16, "cover": np.float32}


class Rows:
    """Notes as columns in order of onset.

    Columns (each a view of shape (n,)): ``on`` and ``off`` in µs, ``note`` 0-127, ``shade`` (shade number) and
    ``cover`` (share of on..off that is sounding, 0-1; 1 for a single note).
    """

    def __init__(self) -> None:
        self._count = 0
        self._columns = {name: np.empty(0, kind) for name, kind in _TYPES.items()}
        self._ends = np.empty(0, np.int64)  # latest end in each block of rows

    def __len__(self) -> int:
        return self._count

    @property
    def on(self) -> Array:
        return self._columns["on"][: self._count]

    @property
    def off(self) -> Array:
        return self._columns["off"][: self._count]

    @property
    def note(self) -> Array:
        return self._columns["note"][: self._count]

    @property
    def shade(self) -> Array:
        return self._columns["shade"][: self._count]

    @property
    def cover(self) -> Array:
        return self._columns["cover"][: self._count]

    @property
    def columns(self) -> tuple[Array, Array, Array, Array, Array]:
        """The columns on, off, note, shade and cover."""
        return self.on, self.off, self.note, self.shade, self.cover

    @property
    def last_onset(self) -> int:
        return int(self._columns["on"][self._count - 1]) if self._count else 0

    @property
    def end(self) -> int:
        """Latest end of a finished note, µs; 0 if there is none."""
        ends = self._ends[: self._blocks]
        if (ends < HELD).all():
            return int(ends.max(initial=0))
        off = self.off
        return int(off[off < HELD].max(initial=0))

    @property
    def _blocks(self) -> int:
        return -(-self._count // BLOCK)

    def append(self, on: int, off: int, note: int, shade: int) -> int:
        """Append a row with an onset not before the last one; return its index."""
        row = self._count
        self._reserve(row + 1)
        self._count = row + 1
        for name, value in zip(_TYPES, (on, off, note, shade, 1.0), strict=True):
            self._columns[name][row] = value
        block = row // BLOCK
        self._ends[block] = off if row % BLOCK == 0 else max(int(self._ends[block]), off)
        return row

    def extend(self, on: Array, off: Array, note: Array, shade: Array, cover: Array) -> None:
        """Append rows, sorted by onset and not before the last one."""
        first = self._count
        self._reserve(first + len(on))
        self._count = first + len(on)
        for name, values in zip(_TYPES, (on, off, note, shade, cover), strict=True):
            self._columns[name][first : self._count] = values
        self._find_ends(first // BLOCK)

    def finish(self, row: int, t: int) -> None:
        """End a held row at `t` µs."""
        self._columns["off"][row] = max(t, int(self._columns["on"][row]))
        block = row // BLOCK
        self._ends[block] = self.off[block * BLOCK : (block + 1) * BLOCK].max()

    def window(self, first: float, last: float) -> tuple[int, int]:
        """Return the range (start, stop) of rows with an onset in first..last, µs."""
        # With floats, numpy would convert the whole column for the comparison.
        on = self.on
        return int(np.searchsorted(on, floor(first), "left")), int(np.searchsorted(on, ceil(last), "right"))

    def indices(self, first: float, last: float, start: int = 0) -> Array:
        """Return the indices of the rows from `start` on that sound in first..last, µs."""
        earlier, begin, end = self._search(first, last, start)
        return np.concatenate([earlier, np.arange(begin, end)])

    def within(self, first: float, last: float, start: int = 0) -> Rows:
        """Return a copy of the rows from `start` on that sound in first..last, µs."""
        earlier, begin, end = self._search(first, last, start)
        rows = Rows()
        # Most rows are contiguous, and a slice is copied much faster than single indices.
        rows._columns = {
            name: np.concatenate([column[earlier], column[begin:end]])
            for name, column in self._columns.items()
        }
        rows._count = len(rows._columns["on"])
        rows._ends = np.empty(rows._blocks, np.int64)
        rows._find_ends(0)
        return rows

    def _search(self, first: float, last: float, start: int) -> tuple[Array, int, int]:
        """Return the indices of earlier rows that still sound, and the range (start, stop) of the others."""
        begin, end = self.window(first, last)
        begin, end = max(begin, start), max(end, start)
        block = start // BLOCK
        blocks = np.flatnonzero(self._ends[block : -(-begin // BLOCK)] > floor(first)) + block
        earlier = (blocks[:, None] * BLOCK + np.arange(BLOCK)).ravel()
        earlier = earlier[(earlier >= start) & (earlier < begin)]
        return earlier[self.off[earlier] > first], begin, end

    def take(self, which: Array | slice) -> Rows:
        """Return the rows selected by indices, a mask or a slice."""
        rows = Rows()
        rows._columns = {name: column[: self._count][which] for name, column in self._columns.items()}
        rows._count = len(rows._columns["on"])
        rows._ends = np.empty(rows._blocks, np.int64)
        rows._find_ends(0)
        return rows

    def _reserve(self, count: int) -> None:
        if count <= len(self._columns["on"]):
            return
        # Doubling makes the amortised cost of a row constant.
        size = max(count, min(2 * self._count, self._count + 1_000_000), BLOCK)
        for name, column in self._columns.items():
            bigger = np.empty(size, column.dtype)
            bigger[: self._count] = column[: self._count]
            self._columns[name] = bigger
        ends = np.full(-(-size // BLOCK), np.iinfo(np.int64).min)
        ends[: self._blocks] = self._ends[: self._blocks]
        self._ends = ends

    def _find_ends(self, block: int) -> None:
        if self._count > block * BLOCK:
            starts = np.arange(block * BLOCK, self._count, BLOCK)
            self._ends[block : self._blocks] = np.maximum.reduceat(self.off, starts)


def join(*parts: Rows) -> Rows:
    """Merge several `Rows` into one, in order of onset."""
    if len(filled := [part for part in parts if len(part)]) == 1:
        return filled[0]
    rows = Rows()
    if filled:
        columns = [np.concatenate(column) for column in zip(*(part.columns for part in filled), strict=True)]
        order = np.argsort(columns[0], kind="stable")
        rows.extend(*(column[order] for column in columns))
    return rows


def coarser(rows: Rows, slice_us: int, priority_shade: int) -> Rows:
    """Merge the rows of one pitch that start in the same time slice.

    If the rows fill most of their slice, the merged row fills all of it, so that dense music is evenly shaded.
    Otherwise it extends from the first onset to the last end. Its coverage is the sum of its parts. Its shade is that
    of the part that sounds longest; shades from `priority_shade` on win over all others.

    Args:
        rows: Rows in order of onset.
        slice_us: Length of a slice, µs.
        priority_shade: First of the shades that win.
    """
    if not len(rows):
        return Rows()
    on, off, note, shade, cover = rows.columns
    sounding = ((off - on) * cover).astype(np.int64)
    key = (on // slice_us) * 128 + note
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.concatenate([[0], np.flatnonzero(key[1:] != key[:-1]) + 1])
    ends = np.append(starts[1:], len(key)) - 1
    new_on = on[order][starts]  # the sort is stable, so the first of each group has the earliest onset
    new_off = np.maximum.reduceat(off[order], starts)
    # The weight is in the high bits and the shade in the low ones, so that the maximum carries its shade.
    counts = np.minimum(sounding, 1 << 44) + np.where(shade >= priority_shade, 1 << 45, 0)
    new_shade = np.maximum.reduceat(((counts << 16) | shade)[order], starts) & 0xFFFF
    total = np.add.reduceat(sounding[order], starts)
    begin = new_on // slice_us * slice_us
    even = (ends > starts) & (new_off - new_on > slice_us // 2)
    new_on = np.where(even, begin, new_on)
    new_off = np.where(even, np.maximum(new_off, begin + slice_us), new_off)
    new_cover = np.clip(total / np.maximum(new_off - new_on, 1), 0, 1)
    by_onset = np.argsort(new_on, kind="stable")
    result = Rows()
    columns = (new_on, new_off, note[order][starts], new_shade, new_cover)
    result.extend(*(column[by_onset] for column in columns))
    return result


def typical_slice(rows: Rows) -> int:
    """Return the shortest slice (µs) that about halves the number of rows, estimated from the rows in the middle."""
    middle = len(rows) // 2
    on, note = rows.on[middle - 8192 if middle > 8192 else 0 : middle + 8192], rows.note
    note = note[middle - 8192 if middle > 8192 else 0 : middle + 8192].astype(np.int64)
    slice_us = 4 * MILLISECOND
    while len(np.unique((on // slice_us) * 128 + note)) > len(on) // 2 and slice_us < 1 << 50:
        slice_us *= 2
    return slice_us
