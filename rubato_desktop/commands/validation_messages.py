"""Why a value is not what a command takes, in words for people."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

_WHY: Final = {
    "int": "takes a whole number",
    "float": "takes a number",
    "bool": "is on or off",
    "string": "takes a text",
    "list": "takes several values",
    "dict": "takes several values",
    "finite": "takes a number that has an end",
    "greater_than_equal": "is at least {ge:g}",
    "less_than_equal": "is at most {le:g}",
    "too_short": "takes at least {min_length}",
    "too_long": "takes at most {max_length}",
}


def validation_message(error: ValidationError) -> str:
    """Return what the value should have been, to go on after the name of the argument.

    Args:
        error: What the check of the value found; where a value may be of several kinds, the first counts.
    """
    found = error.errors(include_url=False)[0]
    begins = (words for begin, words in _WHY.items() if found["type"].startswith(begin))
    return next(begins, "cannot be that").format(**found.get("ctx", {}))
