"""The words over the notes: what their labels say, and in which lane each stands."""

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


def label_of(heard: ParseResult) -> str:
    """Return what stands on the label: the word with its values (``tab 3``), or ``? 0 8 0``."""
    if isinstance(heard, RejectedRun):
        return f"? {format_keys(heard.keys)}"
    values = [_value(value) for value in heard.args.values()]
    return " ".join([heard.word, *(value for value in values if value)])


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


def kind_of(heard: ParseResult) -> str:
    """Return what gives a word its colour: its language, or ``?unknown``, ``?lapsed``, ``?erased``."""
    return heard.language if isinstance(heard, RecognisedWord) else f"?{heard.reason}"


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Where labels stand at one step of zoom: lane, full width (px), and where the next of the lane begins (µs)."""

    scale: float
    lane: Array
    width: Array
    until: Array


class Words:
    """Words and runs not understood, in order of their beginnings.

    Args:
        measure: Text → width of its label in px.

    Attributes:
        items: The words.
        labels: What stands on their labels.
        kinds: What gives them their colours, see `kind_of`.
        starts: Microseconds of their beginnings.
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
        """Microsecond at which the last begun word ends; 0 when there is none."""
        return max((heard.end for heard in self.items[-LANES:]), default=0)

    def replace(self, items: Iterable[ParseResult]) -> None:
        """Take these instead, in any order."""
        self.items = sorted(items, key=lambda heard: heard.t)
        self.labels = [label_of(heard) for heard in self.items]
        self.kinds = [kind_of(heard) for heard in self.items]
        self.starts = [heard.t for heard in self.items]
        self._lanes = self._columns = None

    def place_for(self, heard: ParseResult) -> int:
        """Return the place that a new word takes."""
        return bisect_right(self.starts, heard.t)

    def add(self, heard: ParseResult) -> int:
        """Add one; returns its place."""
        place = self.place_for(heard)
        self.items.insert(place, heard)
        self.labels.insert(place, label_of(heard))
        self.kinds.insert(place, kind_of(heard))
        self.starts.insert(place, heard.t)
        self._lanes = self._columns = None
        return place

    def remeasure(self) -> None:
        """Forget the widths: the font changed."""
        self._widths.clear()
        self._lanes = None

    def width(self, place: int) -> float:
        """Return the width of a label in px, when nothing limits it."""
        label = self.labels[place]
        if label not in self._widths:
            self._widths[label] = min(self._measure(label), WIDEST)
        return self._widths[label]

    def between(self, first: float, last: float) -> range:
        """Return the places of the words that begin in first..last µs."""
        return range(bisect_left(self.starts, first), bisect_right(self.starts, last))

    def columns(self) -> tuple[Array, Array, list[str]]:
        """Return, for many words at once, their beginnings (µs), the numbers of their kinds, and the kinds."""
        if self._columns is None:
            names = sorted(set(self.kinds))
            number = {name: index for index, name in enumerate(names)}
            numbers = np.array([number[kind] for kind in self.kinds], np.intp)
            self._columns = np.array(self.starts, np.int64), numbers, names
        return self._columns

    def layout(self, places: range, us_per_px: float) -> tuple[Array, Array]:
        """Return the lanes and the widths (px) of labels.

        A word stands in lane 0, nearest the notes, unless the one before it reaches into it; then it takes the next
        lane, in turn. So a lane follows from the words alone and from steps of zoom, never from what part of them is
        seen: nothing jumps while the roll moves. A label is as wide as its text, or ends where the next in its lane
        begins.

        Args:
            places: Which words.
            us_per_px: Microseconds a pixel.
        """
        scale = 2 ** (ceil(2 * log2(us_per_px)) / 2)
        if self._lanes is None or self._lanes.scale != scale:
            self._lanes = self._stack(scale)
        seen = slice(places.start, places.stop)
        starts = self.columns()[0]
        room = (self._lanes.until[seen] - starts[seen]) / us_per_px - GAP
        return self._lanes.lane[seen], np.minimum(self._lanes.width[seen], np.maximum(room, NARROWEST))

    def _stack(self, scale: float) -> _Lanes:
        starts, count = self.columns()[0], len(self.items)
        number = np.arange(count)
        width = np.array([self.width(place) for place in range(count)], np.float64)
        free = np.ones(count, bool)
        free[1:] = np.diff(starts) / scale >= (width + GAP)[:-1]
        lane = (number - np.maximum.accumulate(np.where(free, number, 0))) % LANES
        until = np.full(count, np.inf)
        for one in range(LANES):
            inside = np.flatnonzero(lane == one)
            until[inside[:-1]] = starts[inside[1:]]
        return _Lanes(scale, lane, width, until)

    def last_before(self, t: float) -> int | None:
        """Return the place of the last word that begins at or before `t` µs, None when there is none."""
        place = bisect_right(self.starts, t) - 1
        return place if place >= 0 else None


def describe(heard: ParseResult, time: str) -> str:
    """Return a word in a sentence, for the pointer and the screen reader."""
    keys = format_keys(heard.keys)
    if isinstance(heard, RecognisedWord):
        return f"{label_of(heard)}, keys {keys}, {heard.language}, at {time}"
    reason = {"unknown": "not understood", "lapsed": "lapsed", "erased": "erased"}[heard.reason]
    return f"{reason}: keys {keys}, at {time}"
