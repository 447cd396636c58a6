"""The gate that is closed while the piano is off: it recognises only "piano on", and only when it is played alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rubato_desktop.language.parameters import Timing

if TYPE_CHECKING:
    from rubato_desktop.language.dictionary import Word

REST_BEFORE = 1_000_000  # µs of silence before the first key
REST_AFTER = 500_000  # µs of silence after the last key is released


class Gate:
    """Recognises a word that opens the gate: its keys in a row, no other key held, silence before and after.

    Args:
        words: The words that open the gate.
        timing: The timing of the language.

    Attributes:
        start: Time of the first key of the run in µs.
        end: Time of its last key in µs.
        deadline: Time in µs at which to call `expire`, or None.
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
        self._reset()

    def press(self, t: int, key: int, held: set[int], quiet_since: int) -> None:
        """Handle a key going down.

        Args:
            t: Now, in µs.
            key: The key.
            held: The keys that are already down.
            quiet_since: Time of the last release in µs.
        """
        if self._run:
            alone = held <= set(self._run)
        else:
            alone = not held and t - quiet_since >= REST_BEFORE
            self.start = t
        run = [*self._run, key]
        if not alone or not any(list(word.keys[: len(run)]) == run for word in self.words):
            self._reset()
            return
        self._run, self.end = run, t
        self.deadline = t + self.timing.pending

    def release(self, t: int, held: set[int]) -> None:
        if self._complete() is not None and not held:
            self.deadline = t + REST_AFTER
            self._resting = True

    def expire(self) -> Word | None:
        """Handle the deadline; return the word if it was played alone, or None."""
        word = self._complete() if self._resting else None
        self._reset()
        return word

    def _complete(self) -> Word | None:
        return next((word for word in self.words if list(word.keys) == self._run), None)

    def _reset(self) -> None:
        self._run = []
        self._resting = False
        self.deadline = None
