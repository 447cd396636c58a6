"""Framing of messages on a pipe: one JSON value per line, or another protocol."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any, Final, Protocol

log = logging.getLogger(__name__)

_LONGEST_LINE: Final = 1 << 28  # bytes without a newline; more is an error of the child


class Framing(Protocol):
    """Assembles messages from the chunks of a pipe."""

    def feed(self, data: bytes) -> Iterator[Any]:
        """Add bytes and yield the messages they complete.

        Raises:
            ValueError: the stream is broken.
        """
        ...


def json_line(value: object) -> bytes:
    """Encode a JSON value as one line."""
    return json.dumps(value).encode() + b"\n"


class JsonLines:
    """One JSON value per line; a line that is not JSON is logged and skipped."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """Add bytes and yield the values they complete.

        Raises:
            ValueError: a line is too long.
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
