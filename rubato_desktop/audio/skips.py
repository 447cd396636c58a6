"""Playing a recording without some of its stretches: where a moment of the one is in the other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


class Skips:
    """Stretches that are left out, and the arithmetic between the time of a recording and the time of playing it.

    Every moment is computed from the stretches before it, none from the moment before: nothing adds up.

    Args:
        stretches: (from, to) in µs, in any order; those that overlap are one.
    """

    def __init__(self, stretches: Iterable[tuple[int, int]] = ()) -> None:
        merged: list[list[int]] = []
        for begin, end in sorted((max(begin, 0), end) for begin, end in stretches if end > max(begin, 0)):
            if merged and begin <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            else:
                merged.append([begin, end])
        pairs = np.array(merged, np.int64).reshape(-1, 2)
        self._begin, self._end = pairs[:, 0], pairs[:, 1]
        lengths = self._end - self._begin
        self._before = np.cumsum(lengths) - lengths  # µs left out before each stretch
        self._at = self._begin - self._before  # when each is jumped over, in playing

    def __bool__(self) -> bool:
        return bool(len(self._begin))

    def played(self, t: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return when moments of the recording (µs, shape (n,)) are played; all of a stretch are one moment."""
        if not self:
            return t
        which = np.maximum(np.searchsorted(self._begin, t, "right") - 1, 0)
        gone = self._before[which] + np.clip(t, self._begin[which], self._end[which]) - self._begin[which]
        return np.asarray(t - gone, np.int64)

    def played_at(self, t: int) -> int:
        """Return when one moment of the recording is played, µs."""
        return int(self.played(np.array([t], np.int64))[0])

    def recorded_at(self, t: int) -> int:
        """Return what moment of the recording is played at `t` µs; where a stretch is jumped over, its end."""
        which = int(np.searchsorted(self._at, t, "right"))
        return (
            t + int(self._before[which - 1] + self._end[which - 1] - self._begin[which - 1]) if which else t
        )
