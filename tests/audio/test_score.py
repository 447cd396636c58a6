"""Restoring the state of an instrument at a position in a recording."""

import pytest

from rubato_desktop.audio.score import Score
from rubato_desktop.midi.notes import Notes

MS = 1000


def control(number: int, value: int, channel: int = 0) -> bytes:
    return bytes((0xB0 | channel, number, value))


def program(number: int, channel: int = 0) -> bytes:
    return bytes((0xC0 | channel, number))


@pytest.mark.parametrize(
    ("messages", "state"),
    [
        ([], []),
        ([program(5), program(7)], [program(7)]),
        ([control(7, 10), control(7, 20)], [control(7, 20)]),
        ([control(64, 127)], [control(64, 127)]),
        ([program(5, 3), control(10, 1, 4)], [program(5, 3), control(10, 1, 4)]),
        # The bank is the one in effect when the program was selected.
        ([control(0, 1), program(5), control(0, 2)], [control(0, 1), program(5), control(0, 2)]),
        ([bytes((0xE0, 1, 2)), bytes((0xE0, 3, 4))], [bytes((0xE0, 3, 4))]),
        # Registered parameters only have a meaning in order.
        (
            [control(101, 0), control(100, 0), control(6, 12), control(100, 1), control(6, 64)],
            [control(101, 0), control(100, 0), control(6, 12), control(100, 1), control(6, 64)],
        ),
        # "Reset all controllers" resets pedals and bend, but not the volume.
        ([control(7, 99), control(64, 127), bytes((0xE0, 0, 0)), control(121, 0)], [control(7, 99)]),
        # Inaudible and truncated messages are dropped.
        ([b"\xf0\x01\xf7", b"\xd0\x40", b"", b"\xb0\x07", b"\xc0"], []),
    ],
)
def test_chasing_restores_the_state(messages: list[bytes], state: list[bytes]) -> None:
    score = Score.of(Notes(), [(i * MS, 0, data) for i, data in enumerate(messages)])
    assert score.chase(1000 * MS) == state


def test_chasing_stops_at_the_position() -> None:
    score = Score.of(Notes(), [(10, 0, program(1)), (20, 0, program(2)), (30, 0, program(3))])
    assert [score.chase(t) for t in (0, 10, 11, 20, 25, 99)] == [
        [],
        [],
        [program(1)],
        [program(1)],
        [program(2)],
        [program(3)],
    ]


def test_the_end_is_that_of_the_last_message() -> None:
    notes = Notes.of([(0, 500, 0, 0, 60, 80), (100, 200, 0, 0, 61, 80)], ["t"])
    assert Score.of(notes).end == 500
    assert Score.of(notes, [(700, 0, control(64, 0))]).end == 700
    assert Score.of(Notes()).end == 0
