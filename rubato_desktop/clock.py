"""One clock for everything that happens: whole microseconds since the run of the program began."""

from __future__ import annotations

import time
from typing import Protocol

SECOND = 1_000_000
MILLISECOND = 1_000


class Clock(Protocol):
    def now(self) -> int:
        """Return microseconds since the clock began; never goes back."""
        ...


class SystemClock:
    """The monotonic clock of the machine, zero when it is made."""

    def __init__(self) -> None:
        self._zero = time.perf_counter_ns()

    def now(self) -> int:
        return (time.perf_counter_ns() - self._zero) // 1000


class ManualClock:
    """A clock that stands still until it is moved: for files, the demo and tests."""

    def __init__(self, now: int = 0) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def move_to(self, now: int) -> None:
        """Move to `now` (µs); a time already past is ignored."""
        self._now = max(self._now, now)
