"""Time ranges of a recording that playback skips."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


class Skips:
    """Converts between recording time and playback time, which lacks the skipped ranges.

    Each time is computed directly from the ranges before it, so errors do not accumulate.

    Args:
        ranges: (from, to) in µs, in any order; overlapping ranges are merged.
    """

    def __init__(self, ranges: Iterable[tuple[int, int]] = ()) -> None:
        merged: list[list[int]] = []
        for begin, end in sorted((max(begin, 0), end) for begin, end in ranges if end > max(begin, 0)):
            if merged and begin <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([begin, end])
        pairs = np.array(merged, np.int64).reshape(-1, 2)
        self._begin, self._end = pairs[:, 0], pairs[:, 1]
        lengths = self._end - self._begin
        self._before = np.cumsum(lengths) - lengths  # µs skipped before each range
        self._at = self._begin - self._before  # playback time of each range

    def __bool__(self) -> bool:
        return bool(len(self._begin))

    def played(self, t: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Convert recording times (µs, shape (n,)) to playback times; all times within a range become one."""
        if not self:
            return t
        index = np.maximum(np.searchsorted(self._begin, t, "right") - 1, 0)
        skipped = self._before[index] + np.clip(t, self._begin[index], self._end[index]) - self._begin[index]
        return np.asarray(t - skipped, np.int64)

    def played_at(self, t: int) -> int:
        """Convert one recording time to playback time (µs)."""
        return int(self.played(np.array([t], np.int64))[0])

    def recorded_at(self, t: int) -> int:
        """Convert a playback time to recording time (µs); at a skipped range, the result is its end."""
        count = int(np.searchsorted(self._at, t, "right"))
        return (
            t + int(self._before[count - 1] + self._end[count - 1] - self._begin[count - 1]) if count else t
        )
