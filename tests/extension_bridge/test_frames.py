"""Messages on a stream: lengths that lie, pieces, long ones, and what is no JSON."""

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


def reader(data: bytes, at_once: int = 1 << 20) -> Reader:
    stream = io.BytesIO(data)
    return Reader(lambda count: stream.read(min(count, at_once)))


@pytest.mark.parametrize("at_once", [1, 3, 1 << 20], ids="at most {} bytes at once".format)
def test_messages_come_one_by_one_however_the_stream_is_cut(at_once: int) -> None:
    messages = [b"{}", b"", b'{"a":"\xe2\x99\xaa"}', b"x" * 300]
    found = reader(b"".join(map(frame, messages)), at_once)
    assert [found.next() for _ in messages] == messages
    assert found.next() is None


def test_a_message_at_the_limit_is_kept_and_one_beyond_is_read_past() -> None:
    found = reader(frame(b"a" * MAX_MESSAGE) + frame(b'{"v":1,"id":7,' + b"b" * MAX_MESSAGE) + frame(b"next"))
    assert found.next() == b"a" * MAX_MESSAGE
    beyond = found.next()
    assert isinstance(beyond, TooLong)
    assert (beyond.length, beyond.head[:14], len(beyond.head)) == (MAX_MESSAGE + 14, b'{"v":1,"id":7,', 512)
    assert found.next() == b"next"


@pytest.mark.parametrize("at_once", [100, 512, 1 << 20], ids="at most {} bytes at once".format)
def test_of_a_message_beyond_the_limit_the_first_512_bytes_are_kept(at_once: int) -> None:
    head = bytes(range(256)) * 2
    beyond = reader(frame(head + b"b" * MAX_MESSAGE), at_once).next()
    assert beyond == TooLong(MAX_MESSAGE + 512, head)


def test_the_longest_message_that_is_none_is_still_read_past() -> None:
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
    "data, said",
    [
        (b"\1", ENDED),
        (b"\1\0\0", ENDED),
        (struct.pack("=I", 5) + b"four", ENDED),
        (struct.pack("=I", MAX_MESSAGE + 1) + b"x" * 1000, ENDED),
        (struct.pack("=I", MAX_PLAUSIBLE + 1) + b"{}", CLAIM.format(MAX_PLAUSIBLE + 1)),
        (b"\xff\xff\xff\xff", CLAIM.format(2**32 - 1)),
    ],
    ids=["one byte", "half a length", "half a message", "half a long one", "nonsense", "all ones"],
)
def test_what_cannot_be_read_any_further_is_said(data: bytes, said: str) -> None:
    with pytest.raises(FrameError) as error:
        reader(data).next()
    assert str(error.value) == said


def test_no_memory_is_taken_for_what_a_length_claims() -> None:
    asked: list[int] = []

    def read(count: int) -> bytes:
        asked.append(count)
        return struct.pack("=I", MAX_PLAUSIBLE)[:count] if len(asked) == 1 else b""

    with pytest.raises(FrameError):
        Reader(read).next()
    assert max(asked) <= 1 << 16


@pytest.mark.parametrize(
    "data, said",
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
def test_what_is_no_message_is_said_to_be_none(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load(data)


def test_what_is_written_is_read_the_same_even_half_a_character() -> None:
    message = {"v": 1, "text": 'ä♪𝄞"\\\u2028\ud834', "none": None, "numbers": [1, 2.5]}
    assert load(dump(message)) == message


def test_a_message_is_written_as_short_as_it_can_be() -> None:
    assert dump({"a": 1, "b": ["ä", None]}) == b'{"a":1,"b":["\\u00e4",null]}'


def test_nan_is_not_written() -> None:
    with pytest.raises(ValueError):
        dump({"a": float("nan")})


@pytest.mark.parametrize(
    "text",
    ["x" * 3_000_000, '"' * 2_000_000, "\\" * 2_000_000, "♪" * 1_000_000, "𝄞" * 600_000],
    ids=lambda text: f"{len(text)} of {text[0]}",
)
@pytest.mark.parametrize("write", [dump, lambda value: json.dumps(value, ensure_ascii=False).encode()])
def test_a_long_message_goes_in_pieces_that_chrome_takes_and_is_whole_again(
    text: str, write: Callable[[dict[str, str]], bytes]
) -> None:
    data = write({"text": text})
    pieces = split(data)
    assert len(pieces) > 1 and max(map(len, pieces)) <= MAX_TO_EXTENSION
    parts = [load(piece) for piece in pieces]
    assert [(part["n"], part["of"]) for part in parts] == [(n, len(parts)) for n in range(len(parts))]
    assert {(part["v"], part["type"], part["id"]) for part in parts} == {(V, "part", parts[0]["id"])}
    assert load("".join(part["data"] for part in parts).encode()) == {"text": text}


def test_each_long_message_has_an_id_of_its_own() -> None:
    ids = [load(split(b"x" * (MAX_TO_EXTENSION + 1))[0])["id"] for _ in range(3)]
    assert ids[0] >= 1 and ids == [ids[0], ids[0] + 1, ids[0] + 2]


@pytest.mark.parametrize("character, most", [("x", 523_776), ("♪", 87_296)])
def test_a_piece_has_as_many_characters_as_chrome_takes_at_their_longest(character: str, most: int) -> None:
    parts = [load(piece) for piece in split((character * (MAX_TO_EXTENSION + 1)).encode())]
    assert {len(part["data"]) for part in parts[:-1]} == {most}
    assert 0 < len(parts[-1]["data"]) <= most


def test_a_short_message_goes_as_it_is() -> None:
    data = dump({"text": "x" * (MAX_TO_EXTENSION - 11)})
    assert len(data) == MAX_TO_EXTENSION and split(data) == [data]
    assert len(split(data + b" ")) > 1
