"""The question that waits for yes or no; `confirm` and `cancel` answer it, by keys, mouse or command line."""

from __future__ import annotations

from collections.abc import Callable

from rubato_desktop.clock import Clock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, QuestionAsked

OnAnswer = Callable[[bool], str]


class Confirmation:
    """Asks the user. A new question replaces an open one, which is answered with no.

    Args:
        bus: Carries `QuestionAsked`.
        clock: The program's clock.
    """

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus, self._clock = bus, clock
        self._text = ""
        self._on_answer: OnAnswer | None = None

    @property
    def text(self) -> str:
        """The open question; empty for none."""
        return self._text

    def ask(self, text: str, on_answer: OnAnswer) -> None:
        """Ask a question.

        Args:
            text: A sentence that can be answered with yes or no.
            on_answer: Called with the answer; returns the result in words.
        """
        if self._on_answer is not None:
            self.answer(False)
        self._text, self._on_answer = text, on_answer
        self._bus.publish(QuestionAsked(self._clock.now(), text))

    def answer(self, yes: bool) -> str:
        """Answer the open question; returns the result in words.

        Raises:
            RubatoError: no question is open.
        """
        on_answer = self._on_answer
        if on_answer is None:
            raise RubatoError("Nothing is waiting to be confirmed", code="nothing_asked")
        self.drop()
        return on_answer(yes)

    def drop(self) -> None:
        """Withdraw the question without an answer."""
        self._text, self._on_answer = "", None
        self._bus.publish(QuestionAsked(self._clock.now(), ""))
