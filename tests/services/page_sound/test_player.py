"""Playing pages: the cues, stopping, and the words after new sounds."""

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


class FakeSound:
    """Records the phrases that a page plays."""

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
def sound() -> FakeSound:
    return FakeSound()


@pytest.fixture
def page(sound: FakeSound) -> PageSound:
    return PageSound(sound, load_table())


def test_layout_is_played_and_summarised(sound: FakeSound, page: PageSound) -> None:
    summary = page.layout(LAYOUTS["few"])
    assert summary.kinds == {"heading": 8, "link": 2}
    assert str(summary) == "10 cues in 3.0 s: heading 8, link 2"
    assert [cue.name for cue in sound.last] == ["heading"] * 8 + ["link"] * 2


def test_empty_layout_has_a_summary(sound: FakeSound, page: PageSound) -> None:
    assert str(page.layout(LAYOUTS["nothing"])) == "There is nothing to hear here"
    assert sound.last == []


def test_invalid_layout_does_not_stop_the_sound(sound: FakeSound, page: PageSound) -> None:
    page.layout(LAYOUTS["few"])
    with pytest.raises(RubatoError):
        page.layout({"columns": 24})
    assert (len(sound.phrases), sound.stopped) == (1, 1)


def test_next_sound_replaces_the_last(sound: FakeSound, page: PageSound) -> None:
    page.layout(LAYOUTS["news"])
    page.loaded()
    assert sound.keys() == [12]
    assert sound.stopped == 2


def test_twelve_columns_span_all_keys(sound: FakeSound, page: PageSound) -> None:
    keys = []
    for column in range(12):
        assert page.cell(
            {"row": 4, "column": column, "kind": "button", "label": "x", "density": 0.5, "ref": 3}
        )
        keys += sound.keys()
    assert (keys[0], keys[5], keys[6], keys[11]) == (0, 10, 14, 24)
    assert all(a < b for a, b in pairwise(keys))


def test_twelve_rows_divide_into_thirds(sound: FakeSound, page: PageSound) -> None:
    programs = []
    for row in range(12):
        page.cell({"row": row, "column": 0, "kind": "link", "label": "", "density": 0.5})
        programs.append(sound.last[0].program + 1)
    assert programs == [41] * 4 + [42] * 4 + [43] * 4


def test_larger_picture_is_louder(sound: FakeSound, page: PageSound) -> None:
    velocities = []
    for area in (None, 0.25, 1.0):
        page.cell(
            {"row": 4, "column": 3, "kind": "image", "label": "", "density": 1.0, "level": None, "area": area}
        )
        velocities.append(sound.last[0].notes[0].velocity)
    assert velocities == [47, 80, 120]


def test_empty_cell_is_silent(sound: FakeSound, page: PageSound) -> None:
    assert not page.cell({"row": 4, "column": 3, "kind": None, "label": "", "density": 0})
    assert sound.phrases == []
    assert sound.stopped == 1


def test_invalid_cell_is_refused(page: PageSound) -> None:
    with pytest.raises(RubatoError, match="kind"):
        page.cell({"row": 4, "column": 3, "kind": "spacer", "density": 0})


class Voice:
    """Records spoken words."""

    def __init__(self) -> None:
        self.words: list[tuple[str, float]] = []
        self.threads: set[int] = set()

    def __call__(self, text: str, rate: float, volume: float) -> None:
        assert rate > 1
        self.words.append((text, volume))
        self.threads.add(threading.get_ident())


def test_new_sound_is_followed_by_its_word_once_per_view(sound: FakeSound) -> None:
    voice = Voice()
    page = PageSound(sound, load_table(), speak=voice)
    page.layout({**LAYOUTS["few"], "cells": LAYOUTS["few"]["cells"][7:]})
    until(lambda: len(voice.words) == 2)
    assert voice.words == [("heading", 1.0), ("link", 1.0)]
    assert threading.get_ident() not in voice.threads
    # A cue after a word waits for it; the others do not.
    assert [cue.span_ms for cue in sound.last] == [750, 750, 300]


def test_learnt_sound_has_no_word_and_no_pause(sound: FakeSound) -> None:
    hearings = HearingCounts()
    for _ in range(40):
        hearings.count(["link", "heading"])
    page = PageSound(sound, load_table(), speak=Voice(), hearings=hearings)
    page.layout(LAYOUTS["few"])
    assert {cue.span_ms for cue in sound.last} == {300}


def test_no_pause_without_a_voice(sound: FakeSound, page: PageSound) -> None:
    page.layout(LAYOUTS["news"])
    assert {cue.span_ms for cue in sound.last} == {300}


def test_stopping_cancels_the_words(sound: FakeSound) -> None:
    voice = Voice()
    page = PageSound(sound, load_table(), speak=voice)
    page.layout(LAYOUTS["few"])
    page.stop()
    threading.Event().wait(0.5)
    assert voice.words == []
    assert sound.stopped == 2


def test_only_started_sounds_are_counted(sound: FakeSound) -> None:
    hearings = HearingCounts()
    page = PageSound(sound, load_table(), hearings=hearings)
    page.layout(LAYOUTS["few"])
    page.stop()
    page.stop()
    assert (hearings["heading"], hearings["link"]) == (1, 0)
