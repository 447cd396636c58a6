"""A wish that what a model is saying may end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancelled(Exception):
    """What a model was saying is no longer wanted."""


class Cancellation:
    """A wish that may come at any moment, from any thread; it stays."""

    def __init__(self) -> None:
        self._wished = threading.Event()
        self._then: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        return self._wished.is_set()

    def cancel(self) -> None:
        """Stop now."""
        with self._lock:
            self._wished.set()
            then, self._then = self._then, []
        for call in then:
            call()

    def check(self) -> None:
        """Raises:
        Stopped: the wish has come.
        """
        if self.cancelled:
            raise Cancelled

    @contextmanager
    def on_cancel(self, then: Callable[[], None]) -> Iterator[None]:
        """Within the block have `then` called when the wish comes; at once when it is there already."""
        with self._lock:
            already = self.cancelled
            if not already:
                self._then.append(then)
        if already:
            then()
        try:
            yield
        finally:
            with self._lock:
                if then in self._then:
                    self._then.remove(then)
