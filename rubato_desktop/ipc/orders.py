"""The two ways orders reach a child. In neither does the sender wait for a child that does not read."""

from __future__ import annotations

import contextlib
import os
import threading
from queue import SimpleQueue
from typing import IO, Final, Protocol

_MOST_WAITING: Final = 10_000


class Orders(Protocol):
    """The orders of one run; they end with it, so that none reaches the run that follows."""

    def open(self, pipe: IO[bytes]) -> None:
        """Begin to write to the child's standard input."""
        ...

    def send(self, data: bytes) -> bool:
        """Send an order; returns False when the child has stopped reading."""
        ...

    def close(self) -> None:
        """Close the child's standard input after what has been sent."""
        ...


class QueuedOrders:
    """Orders kept in a queue that a thread writes; those sent before the child is there are kept too."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()

    def open(self, pipe: IO[bytes]) -> None:
        threading.Thread(target=self._write, args=(pipe,), name="orders", daemon=True).start()

    def send(self, data: bytes) -> bool:
        self._queue.put(data)
        return self._queue.qsize() <= _MOST_WAITING

    def close(self) -> None:
        self._queue.put(None)

    def _write(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError), pipe:  # a child that has ended takes no orders
            while (order := self._queue.get()) is not None:
                while order:
                    order = order[os.write(pipe.fileno(), order) :]


class StraightOrders:
    """Orders written at once by whoever sends them: the quickest way, for a MIDI callback.

    What a full pipe does not take is lost, so each order must be short enough to be written whole or not at all
    (PIPE_BUF, 512 bytes by POSIX). What is sent before the child is there is lost too.
    """

    def __init__(self) -> None:
        # Without it the pipe could be closed, and its number given to another file, just before a write.
        self._lock = threading.Lock()
        self._pipe: IO[bytes] | None = None
        self._number = -1
        self._closed = False

    def open(self, pipe: IO[bytes]) -> None:
        with self._lock:
            if self._closed:
                pipe.close()
                return
            self._pipe, self._number = pipe, pipe.fileno()
            if os.name != "nt":
                os.set_blocking(self._number, False)

    def send(self, data: bytes) -> bool:
        with self._lock:
            if self._number >= 0:
                with contextlib.suppress(OSError):
                    os.write(self._number, data)
        return True

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._number = -1
            if self._pipe is not None:
                self._pipe.close()
