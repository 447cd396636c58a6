"""The visible pitch range and its rows: one row per MIDI note, the highest at the top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.language.keys import COUNT

_BLACK = (False, True, False, True, False, False, True, False, True, False, True, False)
_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
_MARGIN = 1  # empty rows above and below


def is_black(note: int) -> bool:
    """Return True if MIDI note `note` (0-127) is a black key."""
    return _BLACK[note % 12]


def note_name(note: int) -> str:
    """Return the name of a MIDI note (0-127) in scientific pitch notation: 60 is C4."""
    return f"{_NAMES[note % 12]}{note // 12 - 1}"


@dataclass(frozen=True, slots=True)
class Pitches:
    """The range of pitches that have rows.

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
        """Return the range of the 25 keys from MIDI note `base`, with a margin."""
        return cls(max(base - _MARGIN, 0), min(base + COUNT - 1 + _MARGIN, 127), base)

    def including(self, lowest: int, highest: int) -> Pitches:
        """Return a range that includes these notes; it grows by octaves so that the rows rarely change."""
        low, high = self.lowest, self.highest
        while low > max(lowest - _MARGIN, 0):
            low = max(low - 12, 0)
        while high < min(highest + _MARGIN, 127):
            high = min(high + 12, 127)
        return self if (low, high) == (self.lowest, self.highest) else Pitches(low, high, self.base)

    @property
    def count(self) -> int:
        return self.highest - self.lowest + 1

    def key_of(self, note: int) -> int | None:
        """Return the command key (0-24) of a MIDI note, or None outside the 25 keys."""
        key = note - self.base
        return key if 0 <= key < COUNT else None

    def edges(self, height: int) -> npt.NDArray[Any]:
        """Return the tops of the rows and the bottom of the last, in whole pixels, shape (count + 1,)."""
        return np.round(np.linspace(0, height, self.count + 1)).astype(np.intp)

    def note_at(self, y: float, height: int) -> int:
        """Return the MIDI note of the row at `y` px from the top, of `height` px in all."""
        row = int(np.searchsorted(self.edges(height), y, "right")) - 1
        return self.highest - min(max(row, 0), self.count - 1)
