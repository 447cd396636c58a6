"""Leaving stretches out: where a moment of a recording is when it is played without them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.audio.score import Score
from rubato_desktop.audio.skips import Skips
from rubato_desktop.midi.notes import Notes

TWO = [(100, 200), (500, 800)]
stretches = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=8)


@pytest.mark.parametrize(
    ("recorded", "played"),
    [(0, 0), (99, 99), (100, 100), (150, 100), (200, 100), (201, 101), (600, 400), (900, 500)],
)
def test_what_comes_after_a_stretch_is_earlier_by_its_length(recorded: int, played: int) -> None:
    assert Skips(TWO).played_at(recorded) == played


@pytest.mark.parametrize(
    ("played", "recorded"), [(0, 0), (99, 99), (100, 200), (101, 201), (400, 800), (500, 900)]
)
def test_the_place_jumps_over_a_stretch(played: int, recorded: int) -> None:
    assert Skips(TWO).recorded_at(played) == recorded


def test_stretches_that_overlap_are_one_and_empty_ones_none() -> None:
    cuts = Skips([(300, 400), (100, 200), (150, 300), (600, 600), (-50, -10)])
    assert (cuts.played_at(450), cuts.recorded_at(100), cuts.recorded_at(99)) == (150, 400, 99)
    assert not Skips([(5, 5)])


@given(stretches, st.integers(0, 2 * 10**9))
def test_there_and_back_is_the_same_moment(chosen: list[tuple[int, int]], t: int) -> None:
    cuts = Skips(chosen)
    assert cuts.played_at(cuts.recorded_at(t)) == t
    assert cuts.recorded_at(cuts.played_at(t)) >= t


@given(stretches, st.lists(st.integers(0, 2 * 10**9), min_size=1))
def test_the_order_of_moments_stays(chosen: list[tuple[int, int]], times: list[int]) -> None:
    played = Skips(chosen).played(np.array(sorted(times), np.int64))
    assert (np.diff(played) >= 0).all() and (played >= 0).all()


def test_a_note_that_ends_at_a_pause_ends_before_the_one_that_begins_after_it() -> None:
    score = Score.of(Notes.of([(0, 100, 0, 0, 60, 80), (200, 300, 0, 0, 60, 80)], ["t"]))
    without = score.without(Skips([(100, 200)]))
    assert without.times.tolist() == [0, 100, 100, 200]
    assert [word & 0xF0 for word in without.words.tolist()] == [0x90, 0x80, 0x90, 0x80]
    assert (without.end, score.end) == (200, 300)
