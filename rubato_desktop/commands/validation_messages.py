"""Messages for values that a command does not accept."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

_MESSAGES: Final = {  # by the beginning of pydantic's error types
    "int": "must be a whole number",
    "float": "must be a number",
    "bool": "must be on or off",
    "string": "must be text",
    "list": "must be several values",
    "dict": "must be several values",
    "finite": "must be a finite number",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "needs at least {min_length}",
    "too_long": "can have at most {max_length}",
}


def validation_message(error: ValidationError) -> str:
    """Return what is expected of a value, to follow the name of the argument.

    Args:
        error: The error; if the value may have one of several types, the first type counts.
    """
    first = error.errors(include_url=False)[0]
    messages = (message for start, message in _MESSAGES.items() if first["type"].startswith(start))
    return next(messages, "is not valid").format(**first.get("ctx", {}))
