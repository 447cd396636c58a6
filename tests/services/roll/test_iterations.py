"""Iterations are found from marks, from texts of MIDI files, and between remarks."""

from __future__ import annotations

import pytest

from rubato_desktop.clock import SECOND
from rubato_desktop.midi.file.reader import Text
from rubato_desktop.services.roll.iterations import Edge, beside, between_edges, edges_of


@pytest.mark.parametrize(
    ("edges", "takes"),
    [
        ([], []),
        ([(1, "start"), (3, "end")], [(1, 3)]),
        ([(5, "start"), (1, "start"), (3, "end")], [(1, 3), (5, 10)]),
        ([(1, "start"), (4, "start")], [(1, 4), (4, 10)]),  # never ended: until the next begins
        ([(2, "end"), (3, "start")], [(3, 10)]),  # an end that nothing started
        ([(1, "start"), (3, "end"), (3, "start"), (5, "end")], [(1, 3), (3, 5)]),
        ([(1, "start"), (1, "end")], [(1, 10)]),  # an end at the very start ends nothing
        ([(12, "start")], []),
    ],
)
def test_iterations_lie_between_starts_and_ends(edges: list[Edge], takes: list[tuple[int, int]]) -> None:
    assert [tuple(one) for one in between_edges(edges, 10)] == takes


@pytest.mark.parametrize(
    ("kind", "text", "edge"),
    [
        ("marker", "TRIAL#1", "start"),
        ("marker", "END#1", "end"),
        ("cue point", "Trial 12 (0:31)", "start"),
        ("text", "end #3", "end"),
        ("lyric", "TRIAL#2", "start"),
        ("track name", "TRIAL#1", None),
        ("marker", "ENDING", None),
        ("marker", "the TRIAL#1", None),
        ("marker", "END", None),
    ],
)
def test_marks_in_midi_files_are_recognised(kind: str, text: str, edge: str | None) -> None:
    assert edges_of([Text(7, 0, kind, text)]) == ([] if edge is None else [(7, edge)])


def test_takes_between_remarks_begin_with_their_first_note() -> None:
    onsets = [2 * SECOND, 3 * SECOND, 12 * SECOND, 13 * SECOND, 21 * SECOND]
    takes = beside([(5 * SECOND, 10 * SECOND), (14 * SECOND, 20 * SECOND)], onsets, 22 * SECOND)
    assert [(one.t, one.end) for one in takes] == [
        (2 * SECOND, 5 * SECOND),
        (12 * SECOND, 14 * SECOND),
        (21 * SECOND, 22 * SECOND),
    ]


def test_a_remark_without_notes_before_it_makes_no_take() -> None:
    assert beside([(0, 3 * SECOND)], [], 0) == ()
    assert [one.t for one in beside([(0, SECOND), (2 * SECOND, 3 * SECOND)], [4 * SECOND], 6 * SECOND)] == [
        4 * SECOND
    ]
