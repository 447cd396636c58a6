"""Message framing: lengths, limits, splitting and invalid JSON."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable

import pytest

from extension_bridge import V
from extension_bridge.frames import (
    MAX_MESSAGE,
    MAX_PLAUSIBLE,
    MAX_TO_EXTENSION,
    FrameError,
    Reader,
    TooLong,
    dump,
    frame,
    load,
    split,
)


def reader(data: bytes, chunk: int = 1 << 20) -> Reader:
    stream = io.BytesIO(data)
    return Reader(lambda count: stream.read(min(count, chunk)))


@pytest.mark.parametrize("chunk", [1, 3, 1 << 20], ids="reads of {} bytes".format)
def test_messages_are_split_whatever_the_read_size(chunk: int) -> None:
    messages = [b"{}", b"", b'{"a":"\xe2\x99\xaa"}', b"x" * 300]
    found = reader(b"".join(map(frame, messages)), chunk)
    assert [found.next() for _ in messages] == messages
    assert found.next() is None


def test_message_over_the_limit_is_skipped() -> None:
    found = reader(frame(b"a" * MAX_MESSAGE) + frame(b'{"v":1,"id":7,' + b"b" * MAX_MESSAGE) + frame(b"next"))
    assert found.next() == b"a" * MAX_MESSAGE
    beyond = found.next()
    assert isinstance(beyond, TooLong)
    assert (beyond.length, beyond.head[:14], len(beyond.head)) == (MAX_MESSAGE + 14, b'{"v":1,"id":7,', 512)
    assert found.next() == b"next"


@pytest.mark.parametrize("chunk", [100, 512, 1 << 20], ids="reads of {} bytes".format)
def test_first_512_bytes_of_an_overlong_message_are_kept(chunk: int) -> None:
    head = bytes(range(256)) * 2
    beyond = reader(frame(head + b"b" * MAX_MESSAGE), chunk).next()
    assert beyond == TooLong(MAX_MESSAGE + 512, head)


def test_longest_plausible_message_is_skipped() -> None:
    left = MAX_PLAUSIBLE

    def read(count: int) -> bytes:
        nonlocal left
        left -= count
        return bytes(count)

    stream = io.BytesIO(struct.pack("=I", MAX_PLAUSIBLE))
    found = Reader(lambda count: stream.read(count) or read(count)).next()
    assert found == TooLong(MAX_PLAUSIBLE, bytes(512))
    assert left == 0


ENDED = "the stream ended within a message"
CLAIM = "a message claims to be {} bytes long"


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"\1", ENDED),
        (b"\1\0\0", ENDED),
        (struct.pack("=I", 5) + b"four", ENDED),
        (struct.pack("=I", MAX_MESSAGE + 1) + b"x" * 1000, ENDED),
        (struct.pack("=I", MAX_PLAUSIBLE + 1) + b"{}", CLAIM.format(MAX_PLAUSIBLE + 1)),
        (b"\xff\xff\xff\xff", CLAIM.format(2**32 - 1)),
    ],
    ids=["one byte", "half a length", "half a message", "half a long one", "implausible", "all ones"],
)
def test_broken_streams_raise_frame_errors(data: bytes, reason: str) -> None:
    with pytest.raises(FrameError) as error:
        reader(data).next()
    assert str(error.value) == reason


def test_claimed_length_allocates_no_memory() -> None:
    requested: list[int] = []

    def read(count: int) -> bytes:
        requested.append(count)
        return struct.pack("=I", MAX_PLAUSIBLE)[:count] if len(requested) == 1 else b""

    with pytest.raises(FrameError):
        Reader(read).next()
    assert max(requested) <= 1 << 16


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"", "Expecting value"),
        (b"[1]", "^not an object$"),
        (b'"text"', "^not an object$"),
        (b"\xff\xfe", "utf-8"),
        (b'{"a":NaN}', "^NaN is not JSON$"),
        (b'{"a":-Infinity}', "^-Infinity is not JSON$"),
        (b'{"a":1,"a":2}', "^a key is repeated$"),
        (b'{"a":{"b":1,"b":1}}', "repeated"),
        (b'{"a":' * 100_000, "^too deeply nested$"),
        (b"[" * 100_000, "deep"),
        (b'{"a":' + b"9" * 5000 + b"}", "digit"),
        (b"{} {}", "Extra data"),
    ],
    ids=lambda value: f"{value!r:.30}",
)
def test_invalid_messages_are_rejected(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        load(data)


def test_dump_and_load_round_trip_even_lone_surrogates() -> None:
    message = {"v": 1, "text": 'ä♪𝄞"\\\u2028\ud834', "none": None, "numbers": [1, 2.5]}
    assert load(dump(message)) == message


def test_messages_are_dumped_compactly() -> None:
    assert dump({"a": 1, "b": ["ä", None]}) == b'{"a":1,"b":["\\u00e4",null]}'


def test_nan_cannot_be_dumped() -> None:
    with pytest.raises(ValueError):
        dump({"a": float("nan")})


@pytest.mark.parametrize(
    "text",
    ["x" * 3_000_000, '"' * 2_000_000, "\\" * 2_000_000, "♪" * 1_000_000, "𝄞" * 600_000],
    ids=lambda text: f"{len(text)} of {text[0]}",
)
@pytest.mark.parametrize("write", [dump, lambda value: json.dumps(value, ensure_ascii=False).encode()])
def test_long_messages_are_split_and_can_be_joined(
    text: str, write: Callable[[dict[str, str]], bytes]
) -> None:
    data = write({"text": text})
    pieces = split(data)
    assert len(pieces) > 1 and max(map(len, pieces)) <= MAX_TO_EXTENSION
    parts = [load(piece) for piece in pieces]
    assert [(part["n"], part["of"]) for part in parts] == [(n, len(parts)) for n in range(len(parts))]
    assert {(part["v"], part["type"], part["id"]) for part in parts} == {(V, "part", parts[0]["id"])}
    assert load("".join(part["data"] for part in parts).encode()) == {"text": text}


def test_each_split_message_has_its_own_id() -> None:
    ids = [load(split(b"x" * (MAX_TO_EXTENSION + 1))[0])["id"] for _ in range(3)]
    assert ids[0] >= 1 and ids == [ids[0], ids[0] + 1, ids[0] + 2]


@pytest.mark.parametrize("character, most", [("x", 523_776), ("♪", 87_296)])
def test_pieces_are_as_long_as_chrome_allows(character: str, most: int) -> None:
    parts = [load(piece) for piece in split((character * (MAX_TO_EXTENSION + 1)).encode())]
    assert {len(part["data"]) for part in parts[:-1]} == {most}
    assert 0 < len(parts[-1]["data"]) <= most


def test_short_messages_are_not_split() -> None:
    data = dump({"text": "x" * (MAX_TO_EXTENSION - 11)})
    assert len(data) == MAX_TO_EXTENSION and split(data) == [data]
    assert len(split(data + b" ")) > 1
