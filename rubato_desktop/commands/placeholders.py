"""Commands whose service is not part of the program yet: they have their keys, and say what they need.

A line moves out of this table, to the module of its subject, when its service comes.
"""

from __future__ import annotations

from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Choice
from rubato_desktop.commands.registry import Answer, Command, add, argument, missing


def _later(need: str, id: str, summary: str, **arguments: tuple[Any, str]) -> None:
    def function(ctx: Context, **args: Any) -> Answer:
        raise missing(need, summary)

    described = tuple(argument(name, annotation, help=help) for name, (annotation, help) in arguments.items())
    add(Command(id, function, f"{summary}.", "", described, need))


_later("replay", "replay", "Replay a recording in the browser", number=(Choice, "Its number in the list."))
_later("users", "change_user", "Change the user", number=(Choice, "The user's number in the list."))
