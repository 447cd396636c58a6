"""From the engine's thread to the window's: events wait in a line, and one Qt signal says that there are some."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from rubato_desktop.engine import Engine
from rubato_desktop.events import Event, Result

log = logging.getLogger(__name__)


class Bridge(QObject):
    """Brings the engine's events and answers to the thread of the window.

    However many events come at once, the window is woken once and takes them all in order, so that a flood
    of notes cannot fill Qt's own queue.

    Args:
        engine: The engine; only its bus and `run` are used.
    """

    happened = Signal(object)  # an Event, on the window's thread
    _wake = Signal()

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._waiting: deque[Callable[[], None]] = deque()
        self._woken = False
        self._wake.connect(self._take, Qt.ConnectionType.QueuedConnection)
        # Notices from before there was a window are shown as soon as there is one.
        self._unsubscribe = engine.bus.subscribe(self._heard, replay=True)

    def run(self, command: str, done: Callable[[Result], None] | None = None, **args: Any) -> None:
        """Carry out a command on the engine; `done` is called with its result on the window's thread."""
        future: Future[Result] = self._engine.run(command, **args)
        future.add_done_callback(lambda ended: self._answered(command, ended, done))

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()
        self._waiting.clear()

    def _heard(self, event: Event) -> None:
        self._post(lambda: self.happened.emit(event))

    def _answered(self, command: str, ended: Future[Result], done: Callable[[Result], None] | None) -> None:
        if ended.cancelled():
            return
        error = ended.exception()
        if error is not None:
            log.error("%s failed", command, exc_info=error)
        elif done is not None:
            self._post(lambda: done(ended.result()))

    def _post(self, call: Callable[[], None]) -> None:
        self._waiting.append(call)
        if not self._woken:
            self._woken = True
            self._wake.emit()

    def _take(self) -> None:
        # Before taking, so that what comes while taking wakes again.
        self._woken = False
        for _ in range(len(self._waiting)):
            try:
                self._waiting.popleft()()
            except Exception:
                log.exception("the window failed on an event")
