"""Two ways to send orders to a child process. Neither blocks if the child does not read."""

from __future__ import annotations

import contextlib
import os
import threading
from queue import SimpleQueue
from typing import IO, Final, Protocol

_MOST_PENDING: Final = 10_000


class Orders(Protocol):
    """The orders to one run; they end with it, so that none reaches the next run."""

    def open(self, pipe: IO[bytes]) -> None:
        """Start writing to the child's standard input."""
        ...

    def send(self, data: bytes) -> bool:
        """Send an order; returns False if the child has stopped reading."""
        ...

    def close(self) -> None:
        """Close the child's standard input after the orders sent so far."""
        ...


class QueuedOrders:
    """Orders in a queue that a thread writes, including those sent before the child has started."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()

    def open(self, pipe: IO[bytes]) -> None:
        threading.Thread(target=self._write, args=(pipe,), name="orders", daemon=True).start()

    def send(self, data: bytes) -> bool:
        self._queue.put(data)
        return self._queue.qsize() <= _MOST_PENDING

    def close(self) -> None:
        self._queue.put(None)

    def _write(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError), pipe:  # the child may have ended
            while (order := self._queue.get()) is not None:
                while order:
                    order = order[os.write(pipe.fileno(), order) :]


class StraightOrders:
    """Orders written at once on the sender's thread: the fastest way, for a MIDI callback.

    Orders are dropped when the pipe is full, so each must be short enough to be written completely or not at all
    (PIPE_BUF, 512 bytes by POSIX). Orders sent before the child has started are dropped too.
    """

    def __init__(self) -> None:
        # Without it, the pipe could be closed and its descriptor reused just before a write.
        self._lock = threading.Lock()
        self._pipe: IO[bytes] | None = None
        self._descriptor = -1
        self._closed = False

    def open(self, pipe: IO[bytes]) -> None:
        with self._lock:
            if self._closed:
                pipe.close()
                return
            self._pipe, self._descriptor = pipe, pipe.fileno()
            if os.name != "nt":
                os.set_blocking(self._descriptor, False)

    def send(self, data: bytes) -> bool:
        with self._lock:
            if self._descriptor >= 0:
                with contextlib.suppress(OSError):
                    os.write(self._descriptor, data)
        return True

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._descriptor = -1
            if self._pipe is not None:
                self._pipe.close()
