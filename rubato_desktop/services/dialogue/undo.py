"""The steps that can be undone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from rubato_desktop.errors import RubatoError

DEPTH = 100


class Undo:
    """A stack of steps with functions that undo them."""

    def __init__(self) -> None:
        self._steps: deque[tuple[str, Callable[[], Any]]] = deque(maxlen=DEPTH)

    def did(self, what: str, back: Callable[[], Any]) -> None:
        """Push a step.

        Args:
            what: The step in words, such as ``volume 50 %``.
            back: Undoes it.
        """
        self._steps.append((what, back))

    def back(self) -> tuple[str, Any]:
        """Undo the last step; returns it in words, and the return value of its undo function.

        Raises:
            RubatoError: there is no step.
        """
        if not self._steps:
            raise RubatoError("There is nothing to undo", code="nothing_to_undo")
        what, back = self._steps.pop()
        return what, back()
