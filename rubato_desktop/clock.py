"""The clock of the program: whole microseconds since it started."""

from __future__ import annotations

import time
from typing import Protocol

SECOND = 1_000_000
MILLISECOND = 1_000


class Clock(Protocol):
    def now(self) -> int:
        """Return microseconds since the clock started; never decreases."""
        ...


class SystemClock:
    """The machine's monotonic clock, zero when it is created."""

    def __init__(self) -> None:
        self._zero = time.perf_counter_ns()

    def now(self) -> int:
        return (time.perf_counter_ns() - self._zero) // 1000


class ManualClock:
    """A clock that only moves when told to: for files, the demo and tests."""

    def __init__(self, now: int = 0) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def move_to(self, now: int) -> None:
        """Move to `now` (µs); a time in the past is ignored."""
        self._now = max(self._now, now)
