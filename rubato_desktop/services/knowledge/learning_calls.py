"""Tracks which call asked for which sources, so that each call to learn reports its own results and problems."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.learning import LearningResult

_MAX_FINISHED: Final = 50  # finished calls whose results can still be read


@dataclass(slots=True)
class LearningCall:
    """One call to learn.

    Attributes:
        number: Counted from 1; 0 for sources without a call in this run, such as those left by a crash.
        result: The result so far.
        sources: Sources still to be learnt.
        problem: The error that stopped it.
        open: Whether it is still in progress.
    """

    number: int
    result: LearningResult = field(default_factory=LearningResult)
    sources: set[str] = field(default_factory=set)
    problem: RubatoError | None = None
    open: bool = True


class LearningCalls:
    """The calls to learn of one run of the program. Thread-safe.

    Args:
        on_done: Called with the result of a call when its last source is done.

    Attributes:
        lock: Held while sources are queued and their call begins, so that none is learnt in between.
    """

    def __init__(self, on_done: Callable[[LearningResult], None]) -> None:
        self.lock = threading.RLock()
        self._on_done = on_done
        self._numbers = count(1)
        self._open: list[LearningCall] = []
        self._finished: deque[LearningCall] = deque(maxlen=_MAX_FINISHED)
        self._without_call = LearningCall(0)

    def begin(self, result: LearningResult, sources: Iterable[str]) -> LearningCall:
        """Begin a call.

        Args:
            result: Its result so far.
            sources: Its sources. Without any it is finished at once and not reported, since the caller has the
                result.
        """
        with self.lock:
            call = LearningCall(next(self._numbers), result, set(sources))
            if call.sources:
                self._open.append(call)
            else:
                self._close(call)
            return call

    def find(self, number: int) -> LearningCall | None:
        """Return a call by its number, or None if it is too old."""
        with self.lock:
            return next((one for one in (*self._open, *self._finished) if one.number == number), None)

    def add_result(self, source: str, result: LearningResult) -> None:
        """Add the result of a source to the calls that asked for it."""
        with self.lock:
            calls = [call for call in self._open if source in call.sources]
            for call in calls or [self._without_call]:
                call.result.add(result)
                call.sources.discard(source)
            done = [call for call in calls if not call.sources]
            for call in done:
                self._open.remove(call)
                self._close(call)
        for call in done:
            self._on_done(call.result)

    def finish(self, problem: RubatoError | None = None) -> list[LearningResult]:
        """Finish all calls, because the queue is empty or learning has stopped.

        Args:
            problem: The error that stopped it.

        Returns:
            Results not reported yet.
        """
        with self.lock:
            unfinished = [*self._open, self._without_call]
            self._open, self._without_call = [], LearningCall(0)
            for call in unfinished:
                call.problem, call.result.waiting = problem, len(call.sources)
                self._close(call)
        return [call.result for call in unfinished if call.result != LearningResult()]

    def _close(self, call: LearningCall) -> None:
        call.open = False
        self._finished.append(call)
