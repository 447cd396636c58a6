"""Which pitches are seen, and at what height: one row a MIDI note, the highest on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.language.keys import COUNT

_BLACK = (False, True, False, True, False, False, True, False, True, False, True, False)
_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_AIR = 1  # rows kept free above and below


def is_black(note: int) -> bool:
    """True for a black key (MIDI note 0-127)."""
    return _BLACK[note % 12]


def note_name(note: int) -> str:
    """Return a pitch as musicians write it: 60 is C4."""
    return f"{_NAMES[note % 12]}{note // 12 - 1}"


@dataclass(frozen=True, slots=True)
class Pitches:
    """The range of pitches that has rows.

    Attributes:
        lowest: Lowest MIDI note that has a row.
        highest: Highest MIDI note that has a row.
        base: MIDI note of command key 0.
    """

    lowest: int
    highest: int
    base: int

    @classmethod
    def around(cls, base: int) -> Pitches:
        """The 25 keys from `base` on and a little air."""
        return cls(max(base - _AIR, 0), min(base + COUNT - 1 + _AIR, 127), base)

    def including(self, lowest: int, highest: int) -> Pitches:
        """Return a range that also holds these notes; it grows by whole octaves, so that it rarely grows."""
        low, high = self.lowest, self.highest
        while low > max(lowest - _AIR, 0):
            low = max(low - 12, 0)
        while high < min(highest + _AIR, 127):
            high = min(high + 12, 127)
        return self if (low, high) == (self.lowest, self.highest) else Pitches(low, high, self.base)

    @property
    def count(self) -> int:
        return self.highest - self.lowest + 1

    def key_of(self, note: int) -> int | None:
        """Return the command key 0-24 of a note, None for one beside the 25 keys."""
        key = note - self.base
        return key if 0 <= key < COUNT else None

    def edges(self, height: int) -> npt.NDArray[Any]:
        """Return the tops of the rows and the bottom of the last, whole pixels, shape (count + 1,)."""
        return np.round(np.linspace(0, height, self.count + 1)).astype(np.intp)

    def note_at(self, y: float, height: int) -> int:
        """Return the MIDI note whose row is at pixel `y` from the top."""
        row = int(np.searchsorted(self.edges(height), y, "right")) - 1
        return self.highest - min(max(row, 0), self.count - 1)
