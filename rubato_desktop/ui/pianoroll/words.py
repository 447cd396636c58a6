"""The words over the notes: what their labels say, and in which lane each stands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from math import ceil, log2
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.results import Heard, NotUnderstood, Understood

Array = npt.NDArray[Any]

LANES = 3
GAP = 6  # px between labels of one lane
WIDEST = 190  # px


def label_of(heard: Heard) -> str:
    """Return what stands on the label: the word with its values (``tab 3``), or ``? 0 8 0``."""
    if isinstance(heard, NotUnderstood):
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


class Words:
    """Words and runs not understood, in order of their beginnings.

    Args:
        measure: Text → width of its label in px.
    """

    def __init__(self, measure: Callable[[str], float]) -> None:
        self._measure = measure
        self._widths: dict[str, float] = {}
        self.items: list[Heard] = []
        self.labels: list[str] = []
        self.starts: list[int] = []
        self._lanes: Array | None = None
        self._lanes_for = 0.0

    def __len__(self) -> int:
        return len(self.items)

    @property
    def end(self) -> int:
        """Microsecond at which the last begun word ends; 0 when there is none."""
        return max((heard.end for heard in self.items[-LANES:]), default=0)

    def replace(self, items: Iterable[Heard]) -> None:
        """Take these instead, in any order."""
        self.items = sorted(items, key=lambda heard: heard.t)
        self.labels = [label_of(heard) for heard in self.items]
        self.starts = [heard.t for heard in self.items]
        self._lanes = None

    def place_for(self, heard: Heard) -> int:
        """Return the place that a new word takes."""
        return bisect_right(self.starts, heard.t)

    def add(self, heard: Heard) -> int:
        """Add one; returns its place."""
        place = self.place_for(heard)
        self.items.insert(place, heard)
        self.labels.insert(place, label_of(heard))
        self.starts.insert(place, heard.t)
        self._lanes = None
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

    def lanes(self, us_per_px: float) -> Array:
        """Return the lane of each word, 0 nearest the notes, shape (n,).

        A word stands in the first lane unless the one before it reaches into it; then it takes the next, in turn. So a
        lane follows from the words alone and from steps of zoom, never from what part of them is seen.
        """
        scale = 2 ** (ceil(2 * log2(us_per_px)) / 2)
        if self._lanes is None or self._lanes_for != scale:
            count = len(self.items)
            number = np.arange(count)
            starts = np.array(self.starts, np.float64)
            widths = np.array([self.width(place) for place in range(count)])
            free = np.ones(count, bool)
            free[1:] = np.diff(starts) / scale >= (widths + GAP)[:-1]
            self._lanes = (number - np.maximum.accumulate(np.where(free, number, 0))) % LANES
            self._lanes_for = scale
        return self._lanes

    def room(self, place: int, us_per_px: float) -> float:
        """Return how wide (px) a label may be: up to the next one in its lane."""
        lanes = self.lanes(us_per_px)
        width = self.width(place)
        for other in range(place + 1, min(place + LANES + 1, len(self.items))):
            if lanes[other] == lanes[place]:
                return min(width, (self.starts[other] - self.starts[place]) / us_per_px - GAP)
        return width

    def last_before(self, t: float) -> int | None:
        """Return the place of the last word that begins at or before `t` µs, None when there is none."""
        place = bisect_right(self.starts, t) - 1
        return place if place >= 0 else None


def describe(heard: Heard, time: str) -> str:
    """Return a word in a sentence, for the pointer and the screen reader."""
    keys = format_keys(heard.keys)
    if isinstance(heard, Understood):
        return f"{label_of(heard)}, keys {keys}, {heard.language}, at {time}"
    reason = {"unknown": "not understood", "lapsed": "lapsed", "erased": "erased"}[heard.reason]
    return f"{reason}: keys {keys}, at {time}"
