"""What the engine still has to do, and the one thread that does it, one thing after another until the end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from rubato_desktop.events import Bus
from rubato_desktop.midi.messages import Message

log = logging.getLogger(__name__)

Action = Callable[[], None]


class WorkQueue:
    """Messages and actions in the order in which they came.

    Args:
        bus: Everything on it is published on this thread.
        on_message: Takes a message.
        timeout: Asked before each wait: s until `on_timeout`, None for never.
        on_timeout: Called when nothing came in that time.
        on_bug: Called after an exception that nobody expected was logged.
        on_end: Called last, on the same thread.
    """

    def __init__(
        self,
        bus: Bus,
        on_message: Callable[[Message], None],
        timeout: Callable[[], float | None],
        on_timeout: Action,
        on_bug: Action,
        on_end: Action,
    ) -> None:
        self._bus, self._on_message, self._timeout = bus, on_message, timeout
        self._on_timeout, self._on_bug, self._on_end = on_timeout, on_bug, on_end
        self._items: SimpleQueue[Message | Action | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._gate = threading.Lock()  # nothing is offered behind the end
        self._closed = False
        self._ending = threading.Event()

    # From any thread --------------------------------------------------------------------------------

    def put(self, item: Message | Action) -> None:
        """Add a message or an action; dropped once the thread has ended."""
        self._items.put(item)

    def offer(self, action: Action) -> bool:
        """Add an action that somebody waits for; returns False, and does nothing, when it is closed."""
        with self._gate:
            if not self._closed:
                self._items.put(action)
            return not self._closed

    def close(self) -> None:
        """Take no more offers."""
        with self._gate:
            self._closed = True

    def end(self) -> None:
        """The program is asked to end: take no more offers, and wake those who wait for the end."""
        self.close()
        self._ending.set()

    @property
    def ending(self) -> bool:
        """Whether the program was asked to end."""
        return self._ending.is_set()

    def wait_for_end(self, timeout: float | None = None) -> bool:
        """Wait, s, until the program is asked to end; returns whether it was."""
        return self._ending.wait(timeout)

    def settle(self, timeout: float) -> None:
        """Wait until all that came before is done; not from the thread itself.

        Raises:
            TimeoutError: it took longer than `timeout` s.
        """
        done: Future[None] = Future()
        self.put(lambda: done.set_result(None))
        done.result(timeout)

    def start(self) -> None:
        """Begin to work, on a thread of its own."""
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is queued and end; not from the thread itself."""
        self.close()
        if self._thread is not None:
            self._items.put(None)
            self._thread.join(timeout=10)
            self._thread = None
        else:
            self._finish()
        self._bus.thread = None
        self._ending.set()

    def pump(self) -> None:
        """Do what is queued on the caller's thread, then what time makes of it: for a clock that is moved by hand."""
        self._bus.thread = threading.get_ident()
        self._drain()
        self._guard(self._on_timeout)

    # The thread -------------------------------------------------------------------------------------

    def _work(self) -> None:
        self._bus.thread = threading.get_ident()
        while True:
            try:
                item = self._items.get(timeout=self._timeout())
            except Empty:
                self._guard(self._on_timeout)
                continue
            if item is None:
                self._finish()
                return
            self._take(item)

    def _drain(self) -> None:
        while not self._items.empty():
            if (item := self._items.get()) is not None:
                self._take(item)

    def _finish(self) -> None:
        self._drain()
        self._guard(self._on_end)

    def _take(self, item: Message | Action) -> None:
        try:
            if isinstance(item, Message):
                self._on_message(item)
            else:
                item()
        except Exception:
            self._report()

    def _guard(self, action: Action) -> None:
        try:
            action()
        except Exception:
            self._report()

    def _report(self) -> None:
        log.exception("a bug on the engine thread")
        self._on_bug()
