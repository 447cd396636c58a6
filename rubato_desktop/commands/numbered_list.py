"""Numbered lists: a command shows one, and `open` with a number opens an item with the opener of the list's kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.registry import Answer

Opener = Callable[[Context, Any], Any]
F = TypeVar("F", bound=Opener)

OPENERS: dict[str, Opener] = {}


def opens(kind: str) -> Callable[[F], F]:
    """Register the function that opens items of lists of `kind`.

    Args:
        kind: The kind of list.

    Returns:
        A decorator for a function that takes the context and the item's value, and returns an `Answer`.
    """

    def register(opener: F) -> F:
        OPENERS[kind] = opener
        return opener

    return register


def show(
    ctx: Context,
    kind: str,
    title: str,
    items: Sequence[tuple[str, Any]],
    value: Any,
    state: Mapping[str, Any] | None = None,
) -> Answer:
    """Show a numbered list and return it as the answer.

    Args:
        ctx: The command's context.
        kind: The kind of list, a key of `OPENERS`.
        title: Its title on screen.
        items: (label, value) pairs.
        value: The list as JSON-like data, for programs.
        state: The state of the answer.
    """
    return Answer(ctx.services.numbered_lists.show(ctx.t, kind, title, items), value, state or {})
