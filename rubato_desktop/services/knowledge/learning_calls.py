"""Which call asked for which sources, so that each call to learn reports its own results and problems."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.learning import Learnt

_KEPT: Final = 50  # finished lessons whose results can still be read


@dataclass(slots=True)
class LearningCall:
    """One call to learn.

    Attributes:
        number: Counted from 1; 0 for sources that nobody asked for since the start, such as those a crash left.
        said: Its results so far.
        sources: Its sources that are still to be learnt.
        problem: What stopped it.
        open: Whether it goes on.
    """

    number: int
    said: Learnt = field(default_factory=Learnt)
    sources: set[str] = field(default_factory=set)
    problem: RubatoError | None = None
    open: bool = True


class LearningCalls:
    """The lessons of one run of the program. Safe from any thread.

    Args:
        on_done: Called with the results of a lesson when its last source is done.

    Attributes:
        lock: Held while sources join the queue together with their lesson, so that none is learnt before.
    """

    def __init__(self, on_done: Callable[[Learnt], None]) -> None:
        self.lock = threading.RLock()
        self._on_done = on_done
        self._numbers = count(1)
        self._open: list[LearningCall] = []
        self._finished: deque[LearningCall] = deque(maxlen=_KEPT)
        self._unasked = LearningCall(0)

    def begin(self, said: Learnt, sources: Iterable[str]) -> LearningCall:
        """Open a lesson.

        Args:
            said: What is known of it already.
            sources: What it waits for. Without any it is over at once and is not reported: the caller has its
                results.
        """
        with self.lock:
            lesson = LearningCall(next(self._numbers), said, set(sources))
            if lesson.sources:
                self._open.append(lesson)
            else:
                self._close(lesson)
            return lesson

    def find(self, number: int) -> LearningCall | None:
        """Return a lesson by its number; None where it is forgotten."""
        with self.lock:
            return next((one for one in (*self._open, *self._finished) if one.number == number), None)

    def came_of(self, source: str, said: Learnt) -> None:
        """Credit the results of a source to the lessons that wait for it."""
        with self.lock:
            waiting = [lesson for lesson in self._open if source in lesson.sources]
            for lesson in waiting or [self._unasked]:
                lesson.said.add(said)
                lesson.sources.discard(source)
            done = [lesson for lesson in waiting if not lesson.sources]
            for lesson in done:
                self._open.remove(lesson)
                self._close(lesson)
        for lesson in done:
            self._on_done(lesson.said)

    def finish(self, problem: RubatoError | None = None) -> list[Learnt]:
        """End all lessons, because nothing waits any more or learning has stopped.

        Args:
            problem: What stopped it.

        Returns:
            Results that nobody was told yet.
        """
        with self.lock:
            ended = [*self._open, self._unasked]
            self._open, self._unasked = [], LearningCall(0)
            for lesson in ended:
                lesson.problem, lesson.said.waiting = problem, len(lesson.sources)
                self._close(lesson)
        return [lesson.said for lesson in ended if lesson.said != Learnt()]

    def _close(self, lesson: LearningCall) -> None:
        lesson.open = False
        self._finished.append(lesson)
