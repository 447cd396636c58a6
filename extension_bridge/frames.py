"""Message framing on a byte stream: a four-byte length in native byte order, then JSON in UTF-8.

Chrome and the native host speak this protocol
(https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging#native-messaging-host-protocol),
and so do the host and the app. The length is not trusted: no memory is allocated for data that has not arrived.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from extension_bridge import V

MAX_TO_EXTENSION = 1 << 20  # bytes; Chrome closes the port on a longer message from a host
MAX_MESSAGE = 8 << 20  # bytes
MAX_PLAUSIBLE = 64 << 20  # bytes; Chrome's own limit for messages from an extension
_LENGTH = struct.Struct("=I")
_CHUNK = 1 << 16
_HEAD = 512
# In an ASCII message a character of a piece takes at most two bytes (`\"`); the rest is for the envelope.
_PIECE = (MAX_TO_EXTENSION - 1024) // 2
_part_ids = itertools.count(1)


class FrameError(Exception):
    """The stream cannot be read any further."""


class TooLong(NamedTuple):
    """A message over the limit, which was skipped.

    Attributes:
        length: Its length in bytes.
        head: Its first bytes, from which its number and type can be read.
    """

    length: int
    head: bytes


class Reader:
    """Reads messages from a stream.

    Args:
        read: Returns at most the given number of bytes, blocking for the first; empty at the end of the stream.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read

    def next(self) -> bytes | TooLong | None:
        """Return the next message; None at the end.

        Raises:
            FrameError: the length is implausible, or the stream ends within a message.
            OSError: the stream is broken.
        """
        first = self._read(_LENGTH.size)
        if not first:
            return None
        (length,) = _LENGTH.unpack(first + self._take(_LENGTH.size - len(first)))
        if length > MAX_PLAUSIBLE:
            raise FrameError(f"a message claims to be {length} bytes long")
        if length > MAX_MESSAGE:
            return TooLong(length, self._take(length, keep=_HEAD))
        return self._take(length)

    def _take(self, count: int, keep: int = MAX_MESSAGE) -> bytes:
        """Read `count` bytes and return the first `keep` of them."""
        kept = bytearray()
        while count:
            piece = self._read(min(count, _CHUNK))
            if not piece:
                raise FrameError("the stream ended within a message")
            count -= len(piece)
            if len(kept) < keep:
                kept += piece[: keep - len(kept)]
        return bytes(kept)


def frame(data: bytes) -> bytes:
    """Return a message prefixed with its length."""
    return _LENGTH.pack(len(data)) + data


def dump(message: dict[str, Any]) -> bytes:
    """Encode a message as JSON, in ASCII, so that lone surrogates survive.

    Raises:
        ValueError: it contains a value that JSON cannot represent, such as NaN.
    """
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii")


def load(data: bytes) -> dict[str, Any]:
    """Parse an untrusted message.

    Raises:
        ValueError: it is not UTF-8, not JSON (NaN is not), not an object, too deeply nested, or repeats a key.
    """
    try:
        message = json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_unique)
    except RecursionError:
        raise ValueError("too deeply nested") from None
    if not isinstance(message, dict):
        raise ValueError("not an object")
    return message


def split(data: bytes) -> list[bytes]:
    """Split a message into what Chrome passes on: itself, or `part` messages that the extension joins.

    Args:
        data: JSON in UTF-8, at most `MAX_MESSAGE` bytes.
    """
    if len(data) <= MAX_TO_EXTENSION:
        return [data]
    text = data.decode("utf-8")
    # A character outside ASCII may take twelve bytes (two `\uXXXX`).
    size = _PIECE if text.isascii() else _PIECE // 6
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    number = next(_part_ids)
    return [
        dump({"v": V, "type": "part", "id": number, "n": n, "of": len(pieces), "data": piece})
        for n, piece in enumerate(pieces)
    ]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key is repeated")
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
