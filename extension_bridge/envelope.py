"""Checks that every message from the extension must pass, in the host and in the app, and the error answers."""

from __future__ import annotations

import re
from typing import Any

from extension_bridge import V
from extension_bridge.frames import MAX_MESSAGE, TooLong, load

UPDATE_EXTENSION = (
    "The extension in the browser is too old for this Rubato Desktop. Update the extension in the browser"
)
UPDATE_APP = "This Rubato Desktop is too old for the extension in the browser. Update Rubato Desktop"

_ID = re.compile(rb'"id"\s*:\s*(\d{1,15})\b')
_KIND = re.compile(rb'"(?:type"\s*:\s*"(?:command|hello)|status"\s*:)')


class InvalidMessage(Exception):
    """A message that is not processed further.

    Attributes:
        code: ``too_long``, ``bad_json`` or ``version``.
        text: What is wrong, for people.
        id: The message's number; None when it has none or it cannot be read.
        is_answer: Whether it is an answer rather than a request.
    """

    def __init__(self, code: str, text: str, number: int | None = None, is_answer: bool = False) -> None:
        super().__init__(text)
        self.code, self.text, self.id, self.is_answer = code, text, number, is_answer


def decode(data: bytes | TooLong) -> dict[str, Any]:
    """Parse a message from the extension and check its version.

    Raises:
        InvalidMessage: it is too long, is not a JSON object, or has another version.
    """
    if isinstance(data, TooLong):
        number, kind = _ID.search(data.head), _KIND.search(data.head)
        raise InvalidMessage(
            "too_long",
            f"The message is too long: {data.length / 2**20:.1f} MiB; the limit is {MAX_MESSAGE >> 20} MiB",
            int(number[1]) if number and kind else None,
            bool(kind and kind[0].startswith(b'"status')),
        )
    try:
        message = load(data)
    except ValueError as error:
        raise InvalidMessage("bad_json", "The message is not valid JSON") from error
    version = message.get("v")
    if type(version) is not int or version != V:
        newer = isinstance(version, int) and version > V
        message_id = message.get("id")
        raise InvalidMessage(
            "version",
            UPDATE_APP if newer else UPDATE_EXTENSION,
            message_id if type(message_id) is int else None,
            "status" in message,
        )
    return message


def answer(number: int, status: str, code: str, text: str) -> dict[str, Any]:
    """Return an error answer to request `number`."""
    error = {"code": code, "message": text}
    rest = {"value": None, "error": error, "state": {}, "elapsed_ms": 0}
    return {"v": V, "id": number, "status": status, **rest}


def event(name: str, /, **args: Any) -> dict[str, Any]:
    return {"v": V, "type": "event", "name": name, "args": args}
