"""What browsers say is data: clipped to what people can use, without characters that command a terminal."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

LABEL, TEXT, URL, MOST = 200, 4_000, 4_096, 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DEPTH = 8


def _text(longest: int) -> BeforeValidator:
    return BeforeValidator(
        lambda given: _CONTROL.sub(" ", given[:longest]) if isinstance(given, str) else given
    )


def _line(given: Any) -> Any:
    # What is cut first cannot take long.
    return (
        " ".join(_CONTROL.sub(" ", given[: 8 * LABEL]).split())[:LABEL] if isinstance(given, str) else given
    )


def clipped(value: Any, depth: int = _DEPTH) -> Any:
    """Return a value of any kind with its strings as short and plain as a text's; too deep, it is None."""
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


def most(count: int) -> BeforeValidator:
    """Let a list hold at most so many; the rest is left out."""
    return BeforeValidator(lambda given: given[:count] if isinstance(given, list) else given)


Label = Annotated[str, BeforeValidator(_line)]
Text = Annotated[str, _text(TEXT)]
Long = Annotated[str, _text(MOST)]
Url = Annotated[str, _text(URL)]
Anything = Annotated[Any, BeforeValidator(clipped)]
