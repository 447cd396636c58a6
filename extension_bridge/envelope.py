"""What every message of the extension must be, whoever receives it; and the words for one that is not."""

from __future__ import annotations

import re
from typing import Any

from extension_bridge import V
from extension_bridge.frames import LONGEST, TooLong, load

UPDATE_EXTENSION = (
    "The browser's extension is too old for this Rubato Desktop. Update the extension in the browser"
)
UPDATE_APP = "This Rubato Desktop is too old for the browser's extension. Update Rubato Desktop"

_ID = re.compile(rb'"id"\s*:\s*(\d{1,15})\b')
_KIND = re.compile(rb'"(?:type"\s*:\s*"(?:command|hello)|status"\s*:)')


class Unfit(Exception):
    """A message that goes no further.

    Attributes:
        code: ``too_long``, ``bad_json`` or ``version``.
        text: What is wrong with it, in words.
        id: Its number, when it has one that can be told.
        is_answer: Whether it answers a question, rather than being one.
    """

    def __init__(self, code: str, text: str, number: int | None = None, is_answer: bool = False) -> None:
        super().__init__(text)
        self.code, self.text, self.id, self.is_answer = code, text, number, is_answer


def examine(data: bytes | TooLong) -> dict[str, Any]:
    """Return a message of the extension's as an object with the right version.

    Raises:
        Unfit: it is too long, no JSON, or speaks another version.
    """
    if isinstance(data, TooLong):
        number, kind = _ID.search(data.head), _KIND.search(data.head)
        raise Unfit(
            "too_long",
            f"The message is {data.length} bytes long; {LONGEST} are the most",
            int(number[1]) if number and kind else None,
            bool(kind and kind[0].startswith(b'"status')),
        )
    try:
        message = load(data)
    except ValueError as error:
        raise Unfit("bad_json", f"The message cannot be read: {error}"[:300]) from None
    version = message.get("v")
    if type(version) is not int or version != V:
        newer = isinstance(version, int) and version > V
        number_given = message.get("id")
        raise Unfit(
            "version",
            UPDATE_APP if newer else UPDATE_EXTENSION,
            number_given if type(number_given) is int else None,
            "status" in message,
        )
    return message


def answer(number: int, status: str, code: str, text: str) -> dict[str, Any]:
    """Return an answer that says why there is no other."""
    error = {"code": code, "message": text}
    rest = {"value": None, "error": error, "state": {}, "elapsed_ms": 0}
    return {"v": V, "id": number, "status": status, **rest}


def event(name: str, /, **args: Any) -> dict[str, Any]:
    return {"v": V, "type": "event", "name": name, "args": args}
