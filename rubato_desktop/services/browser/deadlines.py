"""Everything that must end by a certain time, on one thread."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class Deadline:
    """Something that happens at a time, unless it is called off."""

    __slots__ = ("at", "late")

    def __init__(self, at: float, late: Callable[[], None]) -> None:
        self.at = at
        self.late: Callable[[], None] | None = late

    def __lt__(self, other: Deadline) -> bool:
        return self.at < other.at

    def cancel(self) -> None:
        self.late = None


class Deadlines:
    """The thread that watches; it sleeps until the first deadline."""

    def __init__(self) -> None:
        self._waiting: list[Deadline] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._watch, name="browser-deadlines", daemon=True)

    def start(self) -> None:
        """Watch from now on."""
        self._thread.start()

    def add(self, seconds: float, late: Callable[[], None]) -> Deadline:
        """Call `late`, which must be quick, on the thread of the deadlines, that many seconds from now."""
        deadline = Deadline(time.monotonic() + seconds, late)
        with self._changed:
            heapq.heappush(self._waiting, deadline)
            if self._waiting[0] is deadline:
                self._changed.notify()
        return deadline

    def close(self) -> None:
        """Watch no more; what waits never happens."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while deadline := self._next():
            if late := deadline.late:
                try:
                    late()
                except Exception:
                    log.exception("what was to happen at a deadline failed")

    def _next(self) -> Deadline | None:
        with self._changed:
            while not self._closed:
                # What was called off is let go of as soon as it comes to the front.
                while self._waiting and self._waiting[0].late is None:
                    heapq.heappop(self._waiting)
                now = time.monotonic()
                if self._waiting and self._waiting[0].at <= now:
                    return heapq.heappop(self._waiting)
                self._changed.wait(self._waiting[0].at - now if self._waiting else None)
        return None
