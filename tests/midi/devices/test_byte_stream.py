"""Splitting a byte stream into messages. A case is the arriving chunks, in hex, and the resulting messages."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.midi.devices.byte_stream import LONGEST_SYSEX, ByteStream

CASES = [
    # one message per chunk, as MIDI systems deliver them
    ("90 3c 40", "90 3c 40"),
    ("9f 3c 00", "9f 3c 00"),
    ("80 3c 40 | a3 3c 01 | b0 40 7f | e0 00 40", "80 3c 40 | a3 3c 01 | b0 40 7f | e0 00 40"),
    ("c0 05 | d1 22", "c0 05 | d1 22"),
    # several messages in one chunk, one message in several chunks
    ("90 3c 40 80 3c 00", "90 3c 40 | 80 3c 00"),
    ("90 | 3c | 40", "90 3c 40"),
    ("90 3c | 40 80 | 3c 00", "90 3c 40 | 80 3c 00"),
    # running status
    ("90 3c 40 3e 41 40 00", "90 3c 40 | 90 3e 41 | 90 40 00"),
    ("90 3c 40 | 3e 41 | 40 | 00", "90 3c 40 | 90 3e 41 | 90 40 00"),
    ("c2 01 02 03", "c2 01 | c2 02 | c2 03"),
    ("b0 40 7f 01 10 | 90 3c 40 3c 00", "b0 40 7f | b0 01 10 | 90 3c 40 | 90 3c 00"),
    # real-time bytes come anywhere and change nothing
    ("f8 | fa | fc | ff", "f8 | fa | fc | ff"),
    ("90 f8 3c fa 40", "f8 | fa | 90 3c 40"),
    ("90 3c 40 f8 3e 41", "90 3c 40 | f8 | 90 3e 41"),
    ("f0 01 f8 02 f7", "f8 | f0 01 02 f7"),
    # system exclusive: whole, chunked, back to back
    ("f0 7e 00 06 01 f7", "f0 7e 00 06 01 f7"),
    ("f0 01 | 02 03 | 04 f7", "f0 01 02 03 04 f7"),
    ("f0 f7 f0 01 f7", "f0 f7 | f0 01 f7"),
    # system common ends running status
    ("90 3c 40 f6 3e 41", "90 3c 40 | f6"),
    ("f2 01 02 | f3 05 | f1 11", "f2 01 02 | f3 05 | f1 11"),
    ("90 3c 40 f0 01 f7 3e 41 90 40 42", "90 3c 40 | f0 01 f7 | 90 40 42"),
    # bytes that belong to no message are dropped, and the next message arrives
    ("3c 40 90 3c 40", "90 3c 40"),
    ("90 3c 80 3c 00", "80 3c 00"),
    ("90 3c | 90 3e 40", "90 3e 40"),
    ("f0 01 02 90 3c 40", "90 3c 40"),
    ("f7 90 3c 40", "90 3c 40"),
    ("90 3c 40 | f7 | 3e 41", "90 3c 40"),
    ("f4 f5 90 3c 40", "f4 | f5 | 90 3c 40"),
    (" ", " "),
]


def chunks(case: str) -> list[bytes]:
    return [bytes.fromhex(chunk) for chunk in case.split("|") if chunk.strip()]


@pytest.mark.parametrize("arriving, messages", CASES)
def test_bytes_are_split_into_messages(arriving: str, messages: str) -> None:
    stream = ByteStream()
    assert [message for chunk in chunks(arriving) for message in stream.feed(chunk)] == chunks(messages)


def test_an_endless_system_exclusive_message_is_dropped_and_the_next_message_arrives() -> None:
    stream = ByteStream()
    assert stream.feed(b"\xf0" + bytes(LONGEST_SYSEX + 10)) == ()
    assert stream.feed(bytes.fromhex("f7 90 3c 40")) == (bytes.fromhex("90 3c 40"),)


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=6))
def test_chunking_makes_no_difference(data: bytes, cuts: list[int]) -> None:
    whole, chunked = ByteStream(), ByteStream()
    edges = [0, *sorted(cuts), len(data)]
    from_chunks = [
        message for begin, end in itertools.pairwise(edges) for message in chunked.feed(data[begin:end])
    ]
    assert from_chunks == list(whole.feed(data))


@given(st.binary(max_size=60))
def test_every_message_is_complete_for_any_input(data: bytes) -> None:
    for message in ByteStream().feed(data):
        assert message[0] >= 0x80
        assert all(byte < 0x80 for byte in message[1:-1])
        assert message[-1] < 0x80 or len(message) == 1 or (message[0], message[-1]) == (0xF0, 0xF7)
        length = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3}.get(message[0] & 0xF0)
        assert length is None or len(message) == length
