"""Skipped ranges: converting between recording time and playback time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.audio.score import Score
from rubato_desktop.audio.skips import Skips
from rubato_desktop.midi.notes import Notes

TWO = [(100, 200), (500, 800)]
time_ranges = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=8)


@pytest.mark.parametrize(
    ("recorded", "played"),
    [(0, 0), (99, 99), (100, 100), (150, 100), (200, 100), (201, 101), (600, 400), (900, 500)],
)
def test_playback_time_is_earlier_by_the_length_of_the_ranges_before(recorded: int, played: int) -> None:
    assert Skips(TWO).played_at(recorded) == played


@pytest.mark.parametrize(
    ("played", "recorded"), [(0, 0), (99, 99), (100, 200), (101, 201), (400, 800), (500, 900)]
)
def test_recording_time_jumps_over_a_range(played: int, recorded: int) -> None:
    assert Skips(TWO).recorded_at(played) == recorded


def test_overlapping_ranges_are_merged_and_empty_ones_ignored() -> None:
    skips = Skips([(300, 400), (100, 200), (150, 300), (600, 600), (-50, -10)])
    assert (skips.played_at(450), skips.recorded_at(100), skips.recorded_at(99)) == (150, 400, 99)
    assert not Skips([(5, 5)])


@given(time_ranges, st.integers(0, 2 * 10**9))
def test_conversion_round_trips(chosen: list[tuple[int, int]], t: int) -> None:
    skips = Skips(chosen)
    assert skips.played_at(skips.recorded_at(t)) == t
    assert skips.recorded_at(skips.played_at(t)) >= t


@given(time_ranges, st.lists(st.integers(0, 2 * 10**9), min_size=1))
def test_conversion_keeps_the_order(chosen: list[tuple[int, int]], times: list[int]) -> None:
    played = Skips(chosen).played(np.array(sorted(times), np.int64))
    assert (np.diff(played) >= 0).all() and (played >= 0).all()


def test_a_note_that_ends_at_a_skipped_range_ends_before_the_next_note_starts() -> None:
    score = Score.of(Notes.of([(0, 100, 0, 0, 60, 80), (200, 300, 0, 0, 60, 80)], ["t"]))
    without = score.without(Skips([(100, 200)]))
    assert without.times.tolist() == [0, 100, 100, 200]
    assert [packed & 0xF0 for packed in without.packed.tolist()] == [0x90, 0x80, 0x90, 0x80]
    assert (without.end, score.end) == (200, 300)
