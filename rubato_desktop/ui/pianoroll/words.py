"""The words of the roll: the texts of their labels, and the lane and width of each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, log2
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.results import ParseResult, RecognisedWord, RejectedRun

Array = npt.NDArray[Any]

LANES = 3
GAP = 6  # px between labels of one lane
WIDEST, NARROWEST = 190, 4  # px


def label_of(result: ParseResult) -> str:
    """Return the text of a label: the word with its values (``tab 3``), or ``? 0 8 0`` for a rejected run."""
    if isinstance(result, RejectedRun):
        return f"? {format_keys(result.keys)}"
    values = [_value(value) for value in result.args.values()]
    return " ".join([result.word, *(value for value in values if value)])


def _value(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if isinstance(value, int | str):
        return str(value)
    if isinstance(value, list | tuple) and all(isinstance(part, int) for part in value):
        return format_keys(value)
    return ""


def kind_of(result: ParseResult) -> str:
    """Return what decides the colour: the language, or ``?unknown``, ``?lapsed``, ``?erased`` for a rejected run."""
    return result.language if isinstance(result, RecognisedWord) else f"?{result.reason}"


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Lane, full width (px) and start of the next label in the lane (µs), for each word at one zoom step."""

    scale: float
    lane: Array
    width: Array
    until: Array


class Words:
    """Words and rejected runs, in order of their starts.

    Args:
        measure: Returns the width of a label in px for its text.

    Attributes:
        items: The words and rejected runs.
        labels: Texts of their labels.
        kinds: Colour keys, see `kind_of`.
        starts: Start times, µs.
    """

    def __init__(self, measure: Callable[[str], float]) -> None:
        self._measure = measure
        self._widths: dict[str, float] = {}
        self.items: list[ParseResult] = []
        self.labels: list[str] = []
        self.kinds: list[str] = []
        self.starts: list[int] = []
        self._lanes: _Lanes | None = None
        self._columns: tuple[Array, Array, list[str]] | None = None

    def __len__(self) -> int:
        return len(self.items)

    @property
    def end(self) -> int:
        """End of the last words, µs; 0 if there are none."""
        return max((result.end for result in self.items[-LANES:]), default=0)

    def replace(self, items: Iterable[ParseResult]) -> None:
        """Replace all items; `items` may be in any order."""
        self.items = sorted(items, key=lambda result: result.t)
        self.labels = [label_of(result) for result in self.items]
        self.kinds = [kind_of(result) for result in self.items]
        self.starts = [result.t for result in self.items]
        self._lanes = self._columns = None

    def insertion_index(self, result: ParseResult) -> int:
        """Return the index at which `add` inserts an item."""
        return bisect_right(self.starts, result.t)

    def add(self, result: ParseResult) -> int:
        """Insert an item and return its index."""
        index = self.insertion_index(result)
        self.items.insert(index, result)
        self.labels.insert(index, label_of(result))
        self.kinds.insert(index, kind_of(result))
        self.starts.insert(index, result.t)
        self._lanes = self._columns = None
        return index

    def remeasure(self) -> None:
        """Discard the measured widths, because the font changed."""
        self._widths.clear()
        self._lanes = None

    def width(self, index: int) -> float:
        """Return the width of a label in px, ignoring its neighbours."""
        label = self.labels[index]
        if label not in self._widths:
            self._widths[label] = min(self._measure(label), WIDEST)
        return self._widths[label]

    def between(self, first: float, last: float) -> range:
        """Return the indices of the items that start in first..last, µs."""
        return range(bisect_left(self.starts, first), bisect_right(self.starts, last))

    def columns(self) -> tuple[Array, Array, list[str]]:
        """Return the start times (µs), the kinds as indices into the last value, and the distinct kinds."""
        if self._columns is None:
            names = sorted(set(self.kinds))
            number = {name: index for index, name in enumerate(names)}
            numbers = np.array([number[kind] for kind in self.kinds], np.intp)
            self._columns = np.array(self.starts, np.int64), numbers, names
        return self._columns

    def layout(self, indices: range, us_per_px: float) -> tuple[Array, Array]:
        """Return the lanes and the widths (px) of labels.

        A word is in lane 0, nearest the notes, unless the label before it overlaps it; then it takes the next lane,
        cyclically. The lanes depend only on the words and on coarse zoom steps, not on the visible part, so that no
        label jumps while the roll scrolls. A label is as wide as its text, or ends where the next one in its lane
        starts.

        Args:
            indices: Indices of the words.
            us_per_px: Microseconds per logical pixel.
        """
        scale = 2 ** (ceil(2 * log2(us_per_px)) / 2)
        if self._lanes is None or self._lanes.scale != scale:
            self._lanes = self._stack(scale)
        seen = slice(indices.start, indices.stop)
        starts = self.columns()[0]
        room = (self._lanes.until[seen] - starts[seen]) / us_per_px - GAP
        return self._lanes.lane[seen], np.minimum(self._lanes.width[seen], np.maximum(room, NARROWEST))

    def _stack(self, scale: float) -> _Lanes:
        starts, count = self.columns()[0], len(self.items)
        number = np.arange(count)
        width = np.array([self.width(index) for index in range(count)], np.float64)
        free = np.ones(count, bool)
        free[1:] = np.diff(starts) / scale >= (width + GAP)[:-1]
        lane = (number - np.maximum.accumulate(np.where(free, number, 0))) % LANES
        until = np.full(count, np.inf)
        for one in range(LANES):
            inside = np.flatnonzero(lane == one)
            until[inside[:-1]] = starts[inside[1:]]
        return _Lanes(scale, lane, width, until)

    def last_before(self, t: float) -> int | None:
        """Return the index of the last item that starts at or before `t` µs, or None."""
        index = bisect_right(self.starts, t) - 1
        return index if index >= 0 else None


def describe(result: ParseResult, time: str) -> str:
    """Describe a word or rejected run, for the tool tip and the screen reader."""
    keys = format_keys(result.keys)
    if isinstance(result, RecognisedWord):
        return f"{label_of(result)}, keys {keys}, {result.language}, at {time}"
    reason = {"unknown": "not understood", "lapsed": "lapsed", "erased": "erased"}[result.reason]
    return f"{reason}: keys {keys}, at {time}"
