"""Timers that share one thread, so that setting a timer does not start one."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable
from itertools import count

log = logging.getLogger(__name__)


class Timer:
    """A call that is due later, unless it is cancelled.

    Args:
        function: Called once; it must not block.
    """

    def __init__(self, function: Callable[[], None]) -> None:
        self._function: Callable[[], None] | None = function

    def cancel(self) -> None:
        """Cancel the call, unless it has already begun."""
        self._function = None

    @property
    def pending(self) -> bool:
        """Whether the call is still due."""
        return self._function is not None

    def fire(self) -> None:
        """Make the call, unless it was made or cancelled."""
        function, self._function = self._function, None
        if function is not None:
            try:
                function()
            except Exception:
                log.exception("a timer failed")


class Timers:
    """Runs timers when they are due. Any thread may set one, which takes microseconds."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def call_in(self, seconds: float, function: Callable[[], None]) -> Timer:
        """Call a function after `seconds`, on the timers' thread."""
        timer = Timer(function)
        with self._changed:
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._numbers), timer))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="timers", daemon=True)
                self._thread.start()
            self._changed.notify()
        return timer

    @property
    def pending(self) -> int:
        """Number of timers that are still due."""
        with self._changed:
            return sum(timer.pending for _, _, timer in self._heap)

    def _work(self) -> None:
        while True:
            self._next().fire()

    def _next(self) -> Timer:
        """Wait until a timer is due, remove it and return it."""
        with self._changed:
            while True:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)


TIMERS = Timers()
