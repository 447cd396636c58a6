"""Commands on their way: each ends exactly once, by its answer, its deadline, or the end of the line."""

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

GRACE = 0.3  # s; the extension, whose deadline is the same, can say better what was too slow


class Command(NamedTuple):
    name: str
    future: Future[Reply]
    began: float
    deadline: Deadline


class InFlight:
    """The commands that one browser has not answered yet.

    Args:
        deadlines: Ends those that get no answer.
    """

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._numbers = itertools.count(1)
        self._commands: dict[int, Command] = {}
        self._lock = threading.Lock()
        self._ended: BrowserError | None = None

    def begin(self, name: str, deadline: float) -> tuple[int, Future[Reply]]:
        """Return a number for a command, and what its end will be; at once when the line has ended.

        Args:
            deadline: Seconds.
        """
        future: Future[Reply] = Future()
        # Nobody can call off what the browser does already.
        future.set_running_or_notify_cancel()
        number = next(self._numbers)
        watched = self._deadlines.add(deadline + GRACE, lambda: self._late(number, deadline))
        with self._lock:
            ended = self._ended
            if ended is None:
                self._commands[number] = Command(name, future, time.monotonic(), watched)
        if ended is not None:
            watched.cancel()
            future.set_exception(ended)
        return number, future

    def name_of(self, number: int) -> str | None:
        """Return the command of a number; None when it has ended."""
        with self._lock:
            command = self._commands.get(number)
        return command.name if command else None

    def finish(self, number: int, outcome: Reply | BrowserError) -> None:
        """End a command; one that has ended already stays as it ended."""
        with self._lock:
            command = self._commands.pop(number, None)
        if command is None:
            log.info("an answer to command %d came when it had ended already", number)
            return
        command.deadline.cancel()
        if isinstance(outcome, BrowserError):
            command.future.set_exception(outcome)
        else:
            elapsed_ms = (time.monotonic() - command.began) * 1000
            command.future.set_result(Reply(outcome.value, outcome.state, elapsed_ms))

    def end(self, why: BrowserError) -> None:
        """End all that are on their way, and every one to come."""
        with self._lock:
            self._ended = self._ended or why
            numbers = list(self._commands)
        for number in numbers:
            self.finish(number, why)

    def _late(self, number: int, deadline: float) -> None:
        if name := self.name_of(number):
            text = f"The browser did not answer within {deadline:g} seconds to: {name.replace('_', ' ')}"
            self.finish(number, BrowserError(text, status="timeout", code="timeout"))
