"""Time limits: functions called later, all on one thread, so that to set a limit starts none."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable
from itertools import count

log = logging.getLogger(__name__)


class Timer:
    """A function that is to be called, unless it is cancelled before.

    Args:
        function: Called once; it must not block.
    """

    def __init__(self, function: Callable[[], None]) -> None:
        self._function: Callable[[], None] | None = function

    def cancel(self) -> None:
        """Do not call it, unless the call has already begun."""
        self._function = None

    @property
    def pending(self) -> bool:
        """Whether it is still to be called."""
        return self._function is not None

    def fire(self) -> None:
        """Call it, where it was neither called nor cancelled."""
        function, self._function = self._function, None
        if function is not None:
            try:
                function()
            except Exception:
                log.exception("a timer failed")


class Timers:
    """Calls timers when they are due. Any thread may set one; that takes microseconds."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def call_in(self, seconds: float, function: Callable[[], None]) -> Timer:
        """Call a function in so many seconds, on the thread of the timers."""
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
        """How many timers are still to be called."""
        with self._changed:
            return sum(timer.pending for _, _, timer in self._heap)

    def _work(self) -> None:
        while True:
            self._next().fire()

    def _next(self) -> Timer:
        """Wait for the next timer that is due, and remove it."""
        with self._changed:
            while True:
                wait = self._heap[0][0] - time.monotonic() if self._heap else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(wait)


TIMERS = Timers()
