"""The engine's queue of work, and the one thread that does it in order."""

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
    """Handles messages and actions in the order of their arrival.

    Args:
        bus: The bus that only this thread may publish on.
        on_message: Called with each message.
        timeout: Called before each wait; returns the seconds until `on_timeout`, None for never.
        on_timeout: Called when nothing has arrived in that time.
        on_bug: Called after an unexpected exception was logged.
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
        self._gate = threading.Lock()  # so that no offer is accepted after `close`
        self._closed = False
        self._ending = threading.Event()

    # From any thread --------------------------------------------------------------------------------

    def put(self, item: Message | Action) -> None:
        """Add a message or an action; it is dropped once the thread has ended."""
        self._items.put(item)

    def offer(self, action: Action) -> bool:
        """Add an action whose result is awaited; returns False, and adds nothing, after `close`."""
        with self._gate:
            if not self._closed:
                self._items.put(action)
            return not self._closed

    def close(self) -> None:
        """Accept no more offers."""
        with self._gate:
            self._closed = True

    def end(self) -> None:
        """Accept no more offers, and wake the callers of `wait_for_end`."""
        self.close()
        self._ending.set()

    @property
    def ending(self) -> bool:
        """Whether `end` or `stop` was called."""
        return self._ending.is_set()

    def wait_for_end(self, timeout: float | None = None) -> bool:
        """Wait up to `timeout` seconds for `end` or `stop`; returns whether one was called."""
        return self._ending.wait(timeout)

    def settle(self, timeout: float) -> None:
        """Wait until everything queued so far is done; not from the queue's own thread.

        Raises:
            TimeoutError: it took longer than `timeout` seconds.
        """
        done: Future[None] = Future()
        self.put(lambda: done.set_result(None))
        done.result(timeout)

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish everything queued and end the thread; not from the queue's own thread."""
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
        """Handle everything queued on this thread, then call `on_timeout`: for a clock that is moved by hand."""
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
        log.exception("unexpected error on the engine's thread")
        self._on_bug()
