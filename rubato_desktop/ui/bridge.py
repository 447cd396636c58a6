"""From the engine's thread to the window's: events queue up, and one Qt signal wakes the window."""

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
    """Delivers the engine's events and results on the window's thread.

    However many events come at once, the window is woken once and takes them all in order, so that a flood of notes
    cannot fill Qt's own queue.

    Args:
        engine: The engine; only its bus and `run` are used.

    Signals:
        happened: An `Event`, on the window's thread.
    """

    happened = Signal(object)
    _wake = Signal()

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._queue: deque[Callable[[], None]] = deque()
        self._woken = False
        self._wake.connect(self._run_queued, Qt.ConnectionType.QueuedConnection)
        # Replay: notices of the start are shown once there is a window.
        self._unsubscribe = engine.bus.subscribe(self._on_event, replay=True)

    def run(self, command: str, on_done: Callable[[Result], None] | None = None, **args: Any) -> None:
        """Run a command on the engine, without waiting for it.

        Args:
            command: Its id.
            on_done: Called with the result on the window's thread.
            args: Its arguments.
        """
        future: Future[Result] = self._engine.run(command, **args)
        future.add_done_callback(lambda ended: self._on_ended(command, ended, on_done))

    def close(self) -> None:
        """Deliver nothing any more."""
        self._unsubscribe()
        self._queue.clear()

    def _on_event(self, event: Event) -> None:
        self._post(lambda: self.happened.emit(event))

    def _on_ended(
        self, command: str, ended: Future[Result], on_done: Callable[[Result], None] | None
    ) -> None:
        if ended.cancelled():
            return
        error = ended.exception()
        if error is not None:
            log.error("%s failed", command, exc_info=error)
        elif on_done is not None:
            self._post(lambda: on_done(ended.result()))

    def _post(self, call: Callable[[], None]) -> None:
        self._queue.append(call)
        if not self._woken:
            self._woken = True
            self._wake.emit()

    def _run_queued(self) -> None:
        # Reset first: a call that is queued from now on wakes the window again.
        self._woken = False
        for _ in range(len(self._queue)):
            try:
                self._queue.popleft()()
            except Exception:
                log.exception("the window failed on an event")
