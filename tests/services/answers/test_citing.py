"""What a model says, as it may be shown: citations that were given, words that were asked for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.services.answers.citing import Shown, without_marks


def show(text: str, numbers: set[int], limit: int = 100, step: int = 3) -> str:
    shown = Shown(numbers, limit)
    pieces = [shown.feed(text[place : place + step]) for place in range(0, len(text), step)]
    pieces.append(shown.end())
    assert "".join(pieces) == shown.text
    return shown.text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("It is red [1].", "It is red [1]."),
        ("It is red [9].", "It is red."),
        ("It is red[1, 9, 2].", "It is red [1, 2]."),
        ("It is red [1-9].", "It is red [1, 2]."),
        ("It is red 【2】.", "It is red [2]."),
        ("It is red [source 2].", "It is red [2]."),
        ("It is [sic] red [x1].", "It is [sic] red [x1]."),
        ("[7] It is red.", "It is red."),
        ("It is [", "It is ["),
    ],
)
def test_only_sources_that_were_given_are_cited(said: str, shown: str) -> None:
    assert show(said, {1, 2}) == shown


@given(st.text(alphabet="ab [],0129-.\n", max_size=80), st.integers(1, 5))
def test_however_it_comes_no_other_source_is_cited_and_no_more_words_are_said(text: str, step: int) -> None:
    shown = show(text, {1}, limit=5, step=step)
    assert len(shown.split()) <= 5
    for mark in re.findall(r"\[(\d+(?:, \d+)*)\]", shown):
        assert set(mark.split(", ")) <= {"1"}


@pytest.mark.parametrize("limit", [1, 5, 60])
def test_no_more_words_are_said_than_asked_for(limit: int) -> None:
    said = show("word, " * 200, set(), limit)
    assert len(said.split()) == limit
    assert said.endswith("…")


def test_a_number_in_brackets_of_the_sources_own_is_taken_out() -> None:
    assert without_marks("It was built in 1850.[3]") == "It was built in 1850."
