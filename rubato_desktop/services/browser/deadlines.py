"""Timeouts, all watched by one thread."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class Deadline:
    """A callback due at a time (s, `time.monotonic`), unless cancelled."""

    __slots__ = ("at", "callback")

    def __init__(self, at: float, callback: Callable[[], None]) -> None:
        self.at = at
        self.callback: Callable[[], None] | None = callback

    def __lt__(self, other: Deadline) -> bool:
        return self.at < other.at

    def cancel(self) -> None:
        self.callback = None


class Deadlines:
    """The thread that runs the callbacks; it sleeps until the next deadline."""

    def __init__(self) -> None:
        self._pending: list[Deadline] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="browser-deadlines", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def add(self, seconds: float, callback: Callable[[], None]) -> Deadline:
        """Schedule `callback` on the deadlines' thread, `seconds` from now; it must be quick."""
        deadline = Deadline(time.monotonic() + seconds, callback)
        with self._changed:
            heapq.heappush(self._pending, deadline)
            if self._pending[0] is deadline:
                self._changed.notify()
        return deadline

    def close(self) -> None:
        """Stop the thread; pending callbacks never run."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while deadline := self._next():
            if callback := deadline.callback:
                try:
                    callback()
                except Exception:
                    log.exception("the callback of a deadline failed")

    def _next(self) -> Deadline | None:
        with self._changed:
            while not self._closed:
                # Cancelled deadlines are dropped when they reach the front of the heap.
                while self._pending and self._pending[0].callback is None:
                    heapq.heappop(self._pending)
                now = time.monotonic()
                if self._pending and self._pending[0].at <= now:
                    return heapq.heappop(self._pending)
                self._changed.wait(self._pending[0].at - now if self._pending else None)
        return None
