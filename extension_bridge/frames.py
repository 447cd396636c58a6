"""Messages on a stream of bytes: four bytes of length in the machine's own order, then JSON in UTF-8.

That is how Chrome speaks to a native host
(https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging#native-messaging-host-protocol),
and the host to the app. A length is a claim: no memory is taken for what has not arrived.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from extension_bridge import V

TO_EXTENSION = 1 << 20  # Chrome closes the port when a host says more at once
LONGEST = 8 << 20
NONSENSE = 64 << 20  # Chrome itself lets no extension say more
_LENGTH = struct.Struct("=I")
_CHUNK = 1 << 16
_HEAD = 512
# A character of a piece is at most two bytes when the message is ASCII, as `dump` writes it; the rest is envelope.
_PIECE = (TO_EXTENSION - 1024) // 2
_part_ids = itertools.count(1)


class FrameError(Exception):
    """The stream cannot be read any further; the text says why."""


class TooLong(NamedTuple):
    """A message over the limit, which was read past and not kept.

    Attributes:
        length: Its bytes.
        head: Its first bytes, which show whose answer or question it was.
    """

    length: int
    head: bytes


class Reader:
    """Reads message after message.

    Args:
        read: Returns at most so many bytes, waiting for the first; none at the end of the stream.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read

    def next(self) -> bytes | TooLong | None:
        """Return the next message; None at the end.

        Raises:
            FrameError: the length is nonsense, or the stream ends within a message.
            OSError: the stream is broken.
        """
        first = self._read(_LENGTH.size)
        if not first:
            return None
        (length,) = _LENGTH.unpack(first + self._take(_LENGTH.size - len(first)))
        if length > NONSENSE:
            raise FrameError(f"a message says that it is {length} bytes long; that is no message")
        if length > LONGEST:
            return TooLong(length, self._take(length, keep=_HEAD))
        return self._take(length)

    def _take(self, count: int, keep: int = LONGEST) -> bytes:
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
    """Return a message with its length before it."""
    return _LENGTH.pack(len(data)) + data


def dump(message: dict[str, Any]) -> bytes:
    """Return a message as JSON; it is ASCII, so no lone surrogate can spoil it.

    Raises:
        ValueError: it holds what JSON has no word for, such as NaN.
    """
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii")


def load(data: bytes) -> dict[str, Any]:
    """Return a message that came from outside.

    Raises:
        ValueError: it is no UTF-8, no JSON (NaN is none), no object, nested too deep, or names a thing twice.
    """
    try:
        message = json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if not isinstance(message, dict):
        raise ValueError("it is no object")
    return message


def split(data: bytes) -> list[bytes]:
    """Return a message as what the extension can take: itself, or `part` messages that it puts together.

    Args:
        data: JSON in UTF-8, at most `LONGEST` bytes.
    """
    if len(data) <= TO_EXTENSION:
        return [data]
    text = data.decode("utf-8")
    # Beyond ASCII a character may take twelve bytes.
    size = _PIECE if text.isascii() else _PIECE // 6
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    number = next(_part_ids)
    return [
        dump({"v": V, "type": "part", "id": number, "n": n, "of": len(pieces), "data": piece})
        for n, piece in enumerate(pieces)
    ]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it names a thing twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
