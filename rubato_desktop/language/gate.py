"""With piano off only "piano on" is heard, and only when it is played alone (keymap §2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rubato_desktop.language.parameters import Timing

if TYPE_CHECKING:
    from rubato_desktop.language.dictionary import Word

REST_BEFORE = 1_000_000  # µs of silence before its first key
REST_AFTER = 500_000  # µs of silence after its last


class Gate:
    """Waits for one of some words, its keys in a row, nothing else held, rest before and after.

    Args:
        words: The words that open the gate.
        timing: The times of the language.

    Attributes:
        start: µs of the first key of the run.
        end: µs of its last key.
        deadline: µs at which `expire` is to be called; None while nothing is being waited for.
    """

    def __init__(self, words: Sequence[Word], timing: Timing) -> None:
        self.words = words
        self.timing = timing
        self.start = self.end = 0
        self.deadline: int | None = None
        self._run: list[int] = []
        self._resting = False

    def use(self, words: Sequence[Word]) -> None:
        self.words = words
        self._spoil()

    def press(self, t: int, key: int, held: set[int], quiet_since: int) -> None:
        """A key goes down; `held` are those that are down already, `quiet_since` is when the last went up."""
        if self._run:
            alone = held <= set(self._run)
        else:
            alone = not held and t - quiet_since >= REST_BEFORE
            self.start = t
        run = [*self._run, key]
        if not alone or not any(list(word.keys[: len(run)]) == run for word in self.words):
            self._spoil()
            return
        self._run, self.end = run, t
        self.deadline = t + self.timing.pending

    def release(self, t: int, held: set[int]) -> None:
        if self._complete() is not None and not held:
            self.deadline = t + REST_AFTER
            self._resting = True

    def expire(self) -> Word | None:
        """The time that was waited for is over: the word if it was played alone."""
        word = self._complete() if self._resting else None
        self._spoil()
        return word

    def _complete(self) -> Word | None:
        return next((word for word in self.words if list(word.keys) == self._run), None)

    def _spoil(self) -> None:
        self._run = []
        self._resting = False
        self.deadline = None
