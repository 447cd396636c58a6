"""Pending commands: each ends exactly once, by its answer, its timeout or the end of the connection."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from concurrent.futures import Future
from typing import NamedTuple

from rubato_desktop.services.browser.deadlines import Deadline, Deadlines
from rubato_desktop.services.browser.model import BrowserError, Reply

log = logging.getLogger(__name__)

GRACE_S = 0.3  # the extension has the same deadline and knows better what was too slow


class PendingCommand(NamedTuple):
    name: str
    future: Future[Reply]
    began: float
    deadline: Deadline


class InFlight:
    """The commands that one browser has not answered yet.

    Args:
        deadlines: Runs their timeouts.
    """

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._numbers = itertools.count(1)
        self._commands: dict[int, PendingCommand] = {}
        self._lock = threading.Lock()
        self._ended: BrowserError | None = None

    def add(self, name: str, deadline: float) -> tuple[int, Future[Reply]]:
        """Register a command; it fails at once when the connection has ended.

        Args:
            name: The command.
            deadline: Seconds until it times out.

        Returns:
            Its number and the future of its result.
        """
        future: Future[Reply] = Future()
        # A running command cannot be cancelled in the browser.
        future.set_running_or_notify_cancel()
        number = next(self._numbers)
        timeout = self._deadlines.add(deadline + GRACE_S, lambda: self._on_timeout(number, deadline))
        with self._lock:
            ended = self._ended
            if ended is None:
                self._commands[number] = PendingCommand(name, future, time.monotonic(), timeout)
        if ended is not None:
            timeout.cancel()
            future.set_exception(ended)
        return number, future

    def name_of(self, number: int) -> str | None:
        """Return the name of a pending command; None when it has ended."""
        with self._lock:
            command = self._commands.get(number)
        return command.name if command else None

    def finish(self, number: int, outcome: Reply | BrowserError) -> None:
        """Complete a command; does nothing when it has ended already."""
        with self._lock:
            command = self._commands.pop(number, None)
        if command is None:
            log.info("late answer to command %d; it had ended already", number)
            return
        command.deadline.cancel()
        if isinstance(outcome, BrowserError):
            command.future.set_exception(outcome)
        else:
            elapsed_ms = (time.monotonic() - command.began) * 1000
            command.future.set_result(Reply(outcome.value, outcome.state, elapsed_ms))

    def fail_all(self, error: BrowserError) -> None:
        """Fail all pending commands, and every later one."""
        with self._lock:
            self._ended = self._ended or error
            numbers = list(self._commands)
        for number in numbers:
            self.finish(number, error)

    def _on_timeout(self, number: int, deadline: float) -> None:
        if name := self.name_of(number):
            text = f"The browser did not answer “{name.replace('_', ' ')}” within {deadline:g} s"
            self.finish(number, BrowserError(text, status="timeout", code="timeout"))
