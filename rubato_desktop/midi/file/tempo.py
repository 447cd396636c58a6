"""Converts ticks of a file to microseconds.

Format: Standard MIDI Files 1.0 (RP-001), header division and "Set Tempo" (FF 51 03).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rubato_desktop.clock import SECOND

DEFAULT_TEMPO = 500_000  # µs per quarter note, 120 BPM, until the file sets a tempo
# µs, 142 years: the longest delta time at the slowest tempo just fits, and a float can still represent every µs.
LONGEST = 1 << 52
_MAX_SUM = 1 << 62  # limit of the sums below, in µs times `ticks`, so that they stay within 64 bits
_DROP_FRAME = 29  # means 30000/1001 frames per second


class Tempo(NamedTuple):
    """A tempo change: from `t` (µs) on, a quarter note lasts `us_per_quarter` µs."""

    t: int
    us_per_quarter: int

    @property
    def bpm(self) -> float:
        return 60 * SECOND / self.us_per_quarter


class Division(NamedTuple):
    """The length of a tick: `us` / `ticks` µs.

    Attributes:
        ticks: Ticks per unit of time: a quarter note, or 1 or 1.001 seconds.
        us: Length of that unit (µs); for a quarter note, the default.
        ticks_per_quarter: As in the header, or None if time is in frames or milliseconds.
        frames_per_second: 24, 25, 29 (29.97) or 30 if time is in frames, otherwise None.
        ticks_per_frame: As in the header if time is in frames, otherwise None.
    """

    ticks: int
    us: int
    ticks_per_quarter: int | None = None
    frames_per_second: int | None = None
    ticks_per_frame: int | None = None

    @classmethod
    def quarters(cls, ticks_per_quarter: int) -> Division:
        return cls(ticks_per_quarter, DEFAULT_TEMPO, ticks_per_quarter)

    @classmethod
    def frames(cls, frames_per_second: int, ticks_per_frame: int) -> Division:
        if frames_per_second == _DROP_FRAME:
            return cls(30 * ticks_per_frame, 1_001_000, None, frames_per_second, ticks_per_frame)
        return cls(frames_per_second * ticks_per_frame, SECOND, None, frames_per_second, ticks_per_frame)

    @classmethod
    def milliseconds(cls) -> Division:
        return cls(1000, SECOND)


@dataclass(frozen=True, slots=True)
class TempoMap:
    """The tempo changes of a file or track.

    Attributes:
        ticks: As in `Division`.
        tick: Ticks at which the tempo changes, ascending; the first is 0.
        us: Length of a quarter note from each of them on (µs).
        base: Time of each of them, in µs times `ticks`.
    """

    ticks: int
    tick: npt.NDArray[np.int64]
    us: npt.NDArray[np.int64]
    base: npt.NDArray[np.int64]

    @classmethod
    def of(cls, division: Division, changes: Iterable[tuple[int, int]] = ()) -> TempoMap:
        """Build a map.

        Args:
            division: From the file's header.
            changes: (tick, µs per quarter note), in any order; of several at one tick the last applies. Ignored if
                time is in frames or milliseconds.
        """
        at = {0: division.us}
        if division.ticks_per_quarter:
            at.update(sorted(changes, key=lambda change: change[0]))
        tick, us = np.array(list(at), np.int64), np.array(list(at.values()), np.int64)
        # Times beyond `latest_tick` are never computed, so changes that would overflow can be dropped.
        spans = np.minimum(np.diff(tick).astype(np.float64) * us[:-1], float(_MAX_SUM))
        fits = np.concatenate(([True], np.cumsum(spans) <= _max_sum(division.ticks)))
        tick, us = tick[fits], us[fits]
        base = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.diff(tick) * us[:-1])))
        return cls(division.ticks, tick, us, base)

    def latest_tick(self) -> int:
        """Return the last tick that is not later than `LONGEST` and whose sums do not overflow."""
        room = _max_sum(self.ticks) - int(self.base[-1])
        return int(self.tick[-1]) + room // int(self.us[-1])

    def microseconds(self, ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the exact times of ticks, rounded to the nearest µs; no tick may be later than `latest_tick`."""
        if len(self.tick) == 1:
            exact = ticks * self.us[0]
        else:
            part = np.searchsorted(self.tick, ticks, "right") - 1
            exact = self.base[part] + (ticks - self.tick[part]) * self.us[part]
        nearest: npt.NDArray[np.int64] = (exact + self.ticks // 2) // self.ticks
        return nearest

    def microsecond(self, tick: int) -> int:
        """Return the time of one tick (µs)."""
        return int(self.microseconds(np.array([tick], np.int64))[0])

    @property
    def tempos(self) -> tuple[Tempo, ...]:
        """The tempo changes with their times."""
        times = (self.base + self.ticks // 2) // self.ticks
        return tuple(Tempo(t, us) for t, us in zip(times.tolist(), self.us.tolist(), strict=True))


def _max_sum(ticks: int) -> int:
    """Return the limit of a time, in µs times `ticks`."""
    return min(LONGEST * ticks, _MAX_SUM)
