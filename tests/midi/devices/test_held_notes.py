"""Tracking and releasing what a device holds. A case is the messages sent, and the messages that release them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.midi.devices.held_notes import HeldNotes

CASES = [
    ("", ""),
    ("90 3c 40", "80 3c 00"),
    ("90 3c 40 | 90 40 40 | 90 43 40", "80 3c 00 | 80 40 00 | 80 43 00"),
    # released by a note-off or a note-on with velocity 0, on the same channel only
    ("90 3c 40 | 80 3c 40", ""),
    ("90 3c 40 | 90 3c 00", ""),
    ("95 3c 40 | 80 3c 40", "85 3c 00"),
    ("90 3c 40 | 91 3c 40 | 90 3c 00", "81 3c 00"),
    # a note pressed twice is released once
    ("90 3c 40 | 90 3c 50", "80 3c 00"),
    # pedals and the modulation wheel; volume and bank are not held
    ("b0 40 7f", "b0 40 00"),
    ("b2 40 7f | b2 40 00", ""),
    ("b0 42 7f | b0 43 01 | b0 01 10", "b0 42 00 | b0 43 00 | b0 01 00"),
    ("b0 07 64 | b0 00 01 | b0 0a 00", ""),
    # pitch bend, pressure
    ("e0 00 50", "e0 00 40"),
    ("e3 7f 7f | e3 00 40", ""),
    ("d0 33", "d0 00"),
    ("d0 33 | d0 00", ""),
    ("a0 3c 20", "a0 3c 00"),
    # messages that hold nothing
    ("c0 05 | f8 | f0 01 f7 | f2 01 02", ""),
    # released in the order in which it was pressed
    ("b0 40 7f | 90 3c 40 | e0 00 50", "b0 40 00 | 80 3c 00 | e0 00 40"),
]


def messages(case: str) -> list[bytes]:
    return [bytes.fromhex(message) for message in case.split("|") if message.strip()]


@pytest.mark.parametrize("sent, released", CASES)
def test_held_items_are_released(sent: str, released: str) -> None:
    held = HeldNotes()
    for message in messages(sent):
        held.feed(message)
    assert list(held.release_all()) == messages(released)
    assert held.release_all() == ()


PLAYED = st.builds(
    lambda status, channel, first, second: bytes((status | channel, first, second)),
    st.sampled_from([0x80, 0x90, 0xA0, 0xB0, 0xE0]),
    st.integers(0, 15),
    st.integers(0, 127),
    st.integers(0, 127),
)


@given(st.lists(PLAYED, max_size=40))
def test_nothing_is_held_after_a_release_whatever_was_played(played: list[bytes]) -> None:
    held = HeldNotes()
    for message in played:
        held.feed(message)
    for message in held.release_all():
        held.feed(message)
    assert held.release_all() == ()
