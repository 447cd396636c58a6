"""The one question that waits for a yes or a no: `confirm` and `cancel` answer it, by keys, mouse or command line."""

from __future__ import annotations

from collections.abc import Callable

from rubato_desktop.clock import Clock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, QuestionAsked

Answered = Callable[[bool], str]


class Confirmation:
    """Asks a person; a new question takes the place of the one before, which counts as a no.

    Args:
        bus: `QuestionAsked` is published on it.
        clock: The program's clock.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus, self._clock = bus, clock
        self._text = ""
        self._answered: Answered | None = None

    @property
    def text(self) -> str:
        """The question that waits; empty for none."""
        return self._text

    def ask(self, text: str, answered: Answered) -> None:
        """Ask.

        Args:
            text: A whole sentence that can be answered with yes or no.
            answered: Told the answer; returns in words what came of it.
        """
        if self._answered is not None:
            self.answer(False)
        self._text, self._answered = text, answered
        self._bus.publish(QuestionAsked(self._clock.now(), text))

    def answer(self, yes: bool) -> str:
        """Answer the question that waits; returns in words what came of it.

        Raises:
            RubatoError: none waits.
        """
        answered = self._answered
        if answered is None:
            raise RubatoError("Nothing is waiting to be confirmed", code="nothing_asked")
        self.drop()
        return answered(yes)

    def drop(self) -> None:
        """Take the question back: it has become void."""
        self._text, self._answered = "", None
        self._bus.publish(QuestionAsked(self._clock.now(), ""))
