"""The numbered list that was shown or read out last; a number chooses an item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, Listed

Items = Sequence[tuple[str, Any]]


class NumberedLists:
    """Shows numbered lists and resolves choices.

    Args:
        bus: Carries `Listed`.

    Attributes:
        kind: What the last list is of, such as ``language``.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.kind = ""
        self._items: Items = ()

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines of the last list."""
        return tuple(label for label, _ in self._items)

    def show(self, t: int, kind: str, title: str, items: Items) -> str:
        """Show a list.

        Args:
            t: Current time, µs.
            kind: What it is a list of, such as ``language``.
            title: Its heading.
            items: Its items as (line, value).

        Returns:
            The list in words, numbered from 1.
        """
        self.kind, self._items = kind, items
        self._bus.publish(Listed(t, title, self.shown))
        if not items:
            return f"{title}: none"
        return f"{title}: " + ", ".join(f"{n} {label}" for n, (label, _) in enumerate(items, 1))

    def pick(self, kind: str, number: int, items: Callable[[], Items]) -> Any:
        """Return the value of an item.

        Args:
            kind: What the list is of.
            number: Number of the item, from 1.
            items: Returns the items, for use when the last list is of another kind.

        Raises:
            RubatoError: there is no such item.
        """
        choices = self._items if self.kind == kind else items()
        if not choices:
            raise RubatoError(f"There is no {kind} to choose from", code="no_such_choice")
        if not 1 <= number <= len(choices):
            raise RubatoError(
                f"There is no item {number}; choose 1 to {len(choices)}"
                if len(choices) > 1
                else f"There is no item {number}; the list has one item",
                code="no_such_choice",
            )
        return choices[number - 1][1]
