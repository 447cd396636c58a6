"""String types for untrusted text from the browser: limited in length, without control characters."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

LABEL, TEXT, URL, LONG_TEXT = 200, 4_000, 4_096, 1_000_000  # characters
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DEPTH = 8


def _text(limit: int) -> BeforeValidator:
    return BeforeValidator(
        lambda value: _CONTROL.sub(" ", value[:limit]) if isinstance(value, str) else value
    )


def _line(value: Any) -> Any:
    # Cut first, so that a huge string costs little.
    return (
        " ".join(_CONTROL.sub(" ", value[: 8 * LABEL]).split())[:LABEL] if isinstance(value, str) else value
    )


def clipped(value: Any, depth: int = _DEPTH) -> Any:
    """Return a JSON value with its strings clipped like `Text`; values nested too deeply become None."""
    match value:
        case str():
            return _CONTROL.sub(" ", value[:TEXT])
        case list():
            return [clipped(item, depth - 1) for item in value] if depth else None
        case dict():
            return (
                {str(key)[:LABEL]: clipped(item, depth - 1) for key, item in value.items()} if depth else None
            )
    return value


def at_most(count: int) -> BeforeValidator:
    """Keep the first `count` items of a list."""
    return BeforeValidator(lambda value: value[:count] if isinstance(value, list) else value)


Label = Annotated[str, BeforeValidator(_line)]
Text = Annotated[str, _text(TEXT)]
Long = Annotated[str, _text(LONG_TEXT)]
Url = Annotated[str, _text(URL)]
Anything = Annotated[Any, BeforeValidator(clipped)]
