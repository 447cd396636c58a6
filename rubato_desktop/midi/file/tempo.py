"""Ticks of a file into microseconds.

Format: Standard MIDI Files 1.0 (RP-001), header division and "Set Tempo" (FF 51 03).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rubato_desktop.clock import SECOND

DEFAULT_TEMPO = 500_000  # µs a quarter, 120 BPM, until a file says otherwise
# µs, 142 years: the longest delta time at the slowest tempo just fits, and a float still tells one µs from the next.
LONGEST = 1 << 52
_MOST = 1 << 62  # µs times `ticks` that the sums below may reach, so that they stay within 64 bits
_DROP_FRAME = 29  # stands for 30000/1001 frames a second


class Tempo(NamedTuple):
    """A change of tempo, at `t` µs: from there a quarter lasts `us_per_quarter`."""

    t: int
    us_per_quarter: int

    @property
    def bpm(self) -> float:
        return 60 * SECOND / self.us_per_quarter


class Division(NamedTuple):
    """How long a tick is: `us` / `ticks` µs, where `us` is that of a quarter in a file that counts quarters.

    Attributes:
        ticks_per_quarter: As in the header; None when the file counts frames, or is read as milliseconds.
        frames_per_second: 24, 25, 29 (29.97) or 30 in a file that counts frames, else None.
        ticks_per_frame: In a file that counts frames, else None.
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
    """From which tick on a tick is how long.

    Attributes:
        ticks: As in `Division`.
        tick: Ticks at which the tempo changes, ascending, the first 0.
        us: µs of a quarter from there on.
        base: Microseconds from 0 to there, times `ticks`.
    """

    ticks: int
    tick: npt.NDArray[np.int64]
    us: npt.NDArray[np.int64]
    base: npt.NDArray[np.int64]

    @classmethod
    def of(cls, division: Division, changes: Iterable[tuple[int, int]] = ()) -> TempoMap:
        """Make a map.

        Args:
            division: From the file's header.
            changes: (tick, µs a quarter), in any order; of several at one tick the last counts. They have no
                meaning in a file that counts frames or milliseconds.
        """
        at = {0: division.us}
        if division.ticks_per_quarter:
            at.update(sorted(changes, key=lambda change: change[0]))
        tick, us = np.array(list(at), np.int64), np.array(list(at.values()), np.int64)
        # Times beyond `latest_tick` are never asked for, so what would overflow may as well be cut off.
        spans = np.minimum(np.diff(tick).astype(np.float64) * us[:-1], float(_MOST))
        fits = np.concatenate(([True], np.cumsum(spans) <= _most(division.ticks)))
        tick, us = tick[fits], us[fits]
        base = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.diff(tick) * us[:-1])))
        return cls(division.ticks, tick, us, base)

    def latest_tick(self) -> int:
        """The last tick that is not later than `LONGEST`, nor too late for the sums."""
        room = _most(self.ticks) - int(self.base[-1])
        return int(self.tick[-1]) + room // int(self.us[-1])

    def microseconds(self, ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the times of ticks, to the nearest µs; exact, none may be later than `latest_tick`."""
        if len(self.tick) == 1:
            exact = ticks * self.us[0]
        else:
            part = np.searchsorted(self.tick, ticks, "right") - 1
            exact = self.base[part] + (ticks - self.tick[part]) * self.us[part]
        nearest: npt.NDArray[np.int64] = (exact + self.ticks // 2) // self.ticks
        return nearest

    def microsecond(self, tick: int) -> int:
        """Return the time of one tick."""
        return int(self.microseconds(np.array([tick], np.int64))[0])

    @property
    def tempos(self) -> tuple[Tempo, ...]:
        """The changes, with their times."""
        times = (self.base + self.ticks // 2) // self.ticks
        return tuple(Tempo(t, us) for t, us in zip(times.tolist(), self.us.tolist(), strict=True))


def _most(ticks: int) -> int:
    """Return how late a time may be, µs times `ticks`."""
    return min(LONGEST * ticks, _MOST)
