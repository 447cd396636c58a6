"""How messages are told apart on a pipe: one JSON value a line, or whatever else a process needs."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any, Final, Protocol

log = logging.getLogger(__name__)

_LONGEST_LINE: Final = 1 << 28  # bytes; a child that sends this much without a newline has gone wild


class Framing(Protocol):
    """Puts messages together from the pieces a pipe delivers."""

    def feed(self, data: bytes) -> Iterator[Any]:
        """Take bytes and yield each message that is complete.

        Raises:
            ValueError: the stream cannot be read any further.
        """
        ...


def json_line(value: object) -> bytes:
    """Return a JSON value as one line."""
    return json.dumps(value).encode() + b"\n"


class JsonLines:
    """One JSON value a line; a line that is not JSON is logged and skipped."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """Take bytes and yield each value that is complete.

        Raises:
            ValueError: a line is longer than any message.
        """
        self._rest += data
        if b"\n" not in data:
            if len(self._rest) > _LONGEST_LINE:
                raise ValueError(f"a line of more than {_LONGEST_LINE} bytes")
            return
        *lines, rest = self._rest.split(b"\n")
        self._rest = bytearray(rest)
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                log.warning("not a report: %r", bytes(line[:200]))
