"""Playing the page: what is sent to the sound, when it stops, and which words follow."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from itertools import pairwise

import pytest
from layouts import LAYOUTS
from waiting import until

from rubato_desktop.audio.cues import Cue
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.page_sound import PageSound, load_table
from rubato_desktop.services.page_sound.learning import HearingCounts


class Score:
    """The app's sound, as far as a page needs it: writes down what it is told."""

    def __init__(self) -> None:
        self.phrases: list[list[Cue]] = []
        self.stopped = 0

    def phrase(self, cues: Iterable[Cue]) -> None:
        self.phrases.append(list(cues))

    def stop_phrase(self) -> None:
        self.stopped += 1

    @property
    def last(self) -> list[Cue]:
        return self.phrases[-1]

    def keys(self) -> list[int]:
        return [cue.notes[0].note - 48 for cue in self.last]


@pytest.fixture
def score() -> Score:
    return Score()


@pytest.fixture
def page(score: Score) -> PageSound:
    return PageSound(score, load_table())


def test_a_layout_sounds_and_is_summed_up(score: Score, page: PageSound) -> None:
    summary = page.layout(LAYOUTS["few"])
    assert summary.kinds == {"heading": 8, "link": 2}
    assert str(summary) == "10 cues in 3.0 s: heading 8, link 2"
    assert [cue.name for cue in score.last] == ["heading"] * 8 + ["link"] * 2


def test_a_layout_of_nothing_says_so(score: Score, page: PageSound) -> None:
    assert str(page.layout(LAYOUTS["nothing"])) == "There is nothing to hear here"
    assert score.last == []


def test_what_is_no_layout_leaves_what_sounds(score: Score, page: PageSound) -> None:
    page.layout(LAYOUTS["few"])
    with pytest.raises(RubatoError):
        page.layout({"columns": 24})
    assert (len(score.phrases), score.stopped) == (1, 1)


def test_the_next_sound_takes_the_place_of_the_last(score: Score, page: PageSound) -> None:
    page.layout(LAYOUTS["news"])
    page.loaded()
    assert score.keys() == [12]
    assert score.stopped == 2


def test_the_twelve_columns_of_moving_reach_from_edge_to_edge(score: Score, page: PageSound) -> None:
    keys = []
    for column in range(12):
        assert page.cell(
            {"row": 4, "column": column, "kind": "button", "label": "x", "density": 0.5, "ref": 3}
        )
        keys += score.keys()
    assert (keys[0], keys[5], keys[6], keys[11]) == (0, 10, 14, 24)
    assert all(a < b for a, b in pairwise(keys))


def test_the_thirds_of_moving_are_those_of_twelve_rows(score: Score, page: PageSound) -> None:
    programs = []
    for row in range(12):
        page.cell({"row": row, "column": 0, "kind": "link", "label": "", "density": 0.5})
        programs.append(score.last[0].program + 1)
    assert programs == [41] * 4 + [42] * 4 + [43] * 4


def test_a_picture_moved_to_is_as_loud_as_it_is_large(score: Score, page: PageSound) -> None:
    velocities = []
    for area in (None, 0.25, 1.0):
        page.cell(
            {"row": 4, "column": 3, "kind": "image", "label": "", "density": 1.0, "level": None, "area": area}
        )
        velocities.append(score.last[0].notes[0].velocity)
    assert velocities == [47, 80, 120]


def test_moving_to_nothing_is_silent(score: Score, page: PageSound) -> None:
    assert not page.cell({"row": 4, "column": 3, "kind": None, "label": "", "density": 0})
    assert score.phrases == []
    assert score.stopped == 1


def test_moving_to_what_is_no_cell_is_said(page: PageSound) -> None:
    with pytest.raises(RubatoError, match="kind"):
        page.cell({"row": 4, "column": 3, "kind": "spacer", "density": 0})


class Voice:
    """Speaks into a list."""

    def __init__(self) -> None:
        self.words: list[tuple[str, float]] = []
        self.threads: set[int] = set()

    def __call__(self, text: str, rate: float, volume: float) -> None:
        assert rate > 1
        self.words.append((text, volume))
        self.threads.add(threading.get_ident())


def test_a_new_sound_is_followed_by_its_word_once_a_view(score: Score) -> None:
    voice = Voice()
    page = PageSound(score, load_table(), speak=voice)
    page.layout({**LAYOUTS["few"], "cells": LAYOUTS["few"]["cells"][7:]})
    until(lambda: len(voice.words) == 2)
    assert voice.words == [("heading", 1.0), ("link", 1.0)]
    assert threading.get_ident() not in voice.threads
    # The cue that follows a word waits for it; the others come at once.
    assert [cue.span_ms for cue in score.last] == [750, 750, 300]


def test_a_learnt_sound_has_no_word_and_no_pause(score: Score) -> None:
    hearings = HearingCounts()
    for _ in range(40):
        hearings.count(["link", "heading"])
    page = PageSound(score, load_table(), speak=Voice(), hearings=hearings)
    page.layout(LAYOUTS["few"])
    assert {cue.span_ms for cue in score.last} == {300}


def test_without_a_voice_there_is_no_pause(score: Score, page: PageSound) -> None:
    page.layout(LAYOUTS["news"])
    assert {cue.span_ms for cue in score.last} == {300}


def test_stopping_takes_back_the_words(score: Score) -> None:
    voice = Voice()
    page = PageSound(score, load_table(), speak=voice)
    page.layout(LAYOUTS["few"])
    page.stop()
    threading.Event().wait(0.5)
    assert voice.words == []
    assert score.stopped == 2


def test_only_what_was_begun_to_be_heard_counts_as_heard(score: Score) -> None:
    hearings = HearingCounts()
    page = PageSound(score, load_table(), hearings=hearings)
    page.layout(LAYOUTS["few"])
    page.stop()
    page.stop()
    assert (hearings["heading"], hearings["link"]) == (1, 0)
