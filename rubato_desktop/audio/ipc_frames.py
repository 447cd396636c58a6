"""Frames on the pipe between the program and the audio process: a MIDI message or a JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

# Writes up to this size to a pipe are atomic (PIPE_BUF: at least 512 by POSIX, 4,096 on Linux), so a full pipe never
# splits a frame.
LARGEST: Final = 512


def midi_frame(data: bytes) -> bytes:
    """Return the frame of one short MIDI message."""
    return (len(data) + 1).to_bytes(2, "big") + b"m" + data


def json_frame(value: Mapping[str, Any]) -> bytes:
    """Return the frame of one JSON object."""
    data = json.dumps(value, separators=(",", ":")).encode()
    return len(data).to_bytes(2, "big") + data


class Frames:
    """Reassembles frames from the chunks that a pipe delivers."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[bytes | dict[str, Any]]:
        """Process bytes, and yield the frames that are complete: MIDI messages as bytes, JSON objects as dicts."""
        self._buffer += data
        while len(self._buffer) >= 2:
            end = 2 + int.from_bytes(self._buffer[:2], "big")
            if len(self._buffer) < end:
                return
            payload, self._buffer = self._buffer[2:end], self._buffer[end:]
            yield payload[1:] if payload[:1] == b"m" else json.loads(payload)
