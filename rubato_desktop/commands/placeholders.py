"""These commands are planned: they have their keys, but only answer that they are not available yet.

A line moves to the module of its subject when its service exists.
"""

from __future__ import annotations

from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Choice
from rubato_desktop.commands.registry import Answer, Command, add, argument, missing


def _add_placeholder(need: str, id: str, summary: str, **arguments: tuple[Any, str]) -> None:
    def function(ctx: Context, **args: Any) -> Answer:
        raise missing(need, summary)

    described = tuple(argument(name, annotation, help=help) for name, (annotation, help) in arguments.items())
    add(Command(id, function, f"{summary}.", "", described, need))


_add_placeholder(
    "replay", "replay", "Replay a recording in the browser", number=(Choice, "Its number in the list.")
)
_add_placeholder(
    "users", "change_user", "Switch to another user", number=(Choice, "The user's number in the list.")
)
