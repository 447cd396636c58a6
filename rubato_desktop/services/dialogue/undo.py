"""What can be taken back, newest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from rubato_desktop.errors import RubatoError

DEPTH = 100


class Undo:
    """A stack of steps, each with the way back."""

    def __init__(self) -> None:
        self._steps: deque[tuple[str, Callable[[], Any]]] = deque(maxlen=DEPTH)

    def did(self, what: str, back: Callable[[], Any]) -> None:
        """Remember a step: `what` was done (``volume 50 %``), and `back` undoes it."""
        self._steps.append((what, back))

    def back(self) -> tuple[str, Any]:
        """Take the last step back; returns what it was, and what taking it back answered.

        Raises:
            RubatoError: there is nothing to take back.
        """
        if not self._steps:
            raise RubatoError("There is nothing to undo", code="nothing_to_undo")
        what, back = self._steps.pop()
        return what, back()
