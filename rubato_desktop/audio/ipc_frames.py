"""Frames on a pipe between two processes of the program: MIDI bytes, or one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

# A pipe takes a write up to this size whole or not at all (PIPE_BUF: at least 512 by POSIX, 4,096 on Linux),
# so that a full pipe never tears a frame apart.
LARGEST: Final = 512


def midi_frame(data: bytes) -> bytes:
    """Return the frame of one short MIDI message."""
    return (len(data) + 1).to_bytes(2, "big") + b"m" + data


def json_frame(value: Mapping[str, Any]) -> bytes:
    """Return the frame of one JSON object."""
    data = json.dumps(value, separators=(",", ":")).encode()
    return len(data).to_bytes(2, "big") + data


class Frames:
    """Puts frames together again from whatever pieces a pipe delivers."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes | dict[str, Any]]:
        """Take bytes and yield what is complete: MIDI messages as bytes, all else as the object it was."""
        self._rest += data
        while len(self._rest) >= 2:
            end = 2 + int.from_bytes(self._rest[:2], "big")
            if len(self._rest) < end:
                return
            payload, self._rest = self._rest[2:end], self._rest[end:]
            yield payload[1:] if payload[:1] == b"m" else json.loads(payload)
