"""The numbered list that was shown or read out last, from which a number chooses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, Listed

Items = Sequence[tuple[str, Any]]


class NumberedLists:
    """Shows lists and answers choices.

    Args:
        bus: Where lists are published.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.kind = ""
        self._items: Items = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines of the list shown last."""
        return tuple(label for label, _ in self._items)

    def show(self, t: int, kind: str, title: str, items: Items) -> str:
        """Show a list; returns it in words, numbered from 1.

        Args:
            t: Now, µs.
            kind: What it is a list of, such as ``language``.
            title: What people read over it.
            items: (line, what it stands for).
        """
        self.kind, self._items = kind, items
        self._bus.publish(Listed(t, title, self.shown))
        if not items:
            return f"{title}: none"
        return f"{title}: " + ", ".join(f"{n} {label}" for n, (label, _) in enumerate(items, 1))

    def pick(self, kind: str, number: int, items: Callable[[], Items]) -> Any:
        """Return what `number` stands for in the list of `kind`: the one shown, or else the one that would be.

        Raises:
            RubatoError: the list has no such number.
        """
        choices = self._items if self.kind == kind else items()
        if not choices:
            raise RubatoError(f"There is no {kind} to choose from", code="no_such_choice")
        if not 1 <= number <= len(choices):
            raise RubatoError(
                f"The list goes from 1 to {len(choices)}, {number} is not in it", code="no_such_choice"
            )
        return choices[number - 1][1]
