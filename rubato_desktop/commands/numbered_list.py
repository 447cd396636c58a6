"""Lists are shown numbered, and `open` and a number opens one of them, whatever it is a list of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.registry import Answer

Opener = Callable[[Context, Any], Any]
F = TypeVar("F", bound=Opener)

OPENERS: dict[str, Opener] = {}


def opens(kind: str) -> Callable[[F], F]:
    """Register what opens an item of a list of `kind`; it is given what the item stands for."""

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
    """Show a list and answer with it.

    Args:
        ctx: The command's context.
        kind: What it is a list of, a key of `OPENERS`.
        title: What people read over it.
        items: (line, what it stands for).
        value: The list for programs, JSON-like.
        state: What the answer's state is.
    """
    return Answer(ctx.services.numbered_lists.show(ctx.t, kind, title, items), value, state or {})
