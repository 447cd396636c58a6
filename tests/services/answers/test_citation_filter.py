"""What a model says, as it may be shown: citations that were given, words that were asked for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.services.answers.citation_filter import CitationFilter, without_marks


def show(text: str, numbers: set[int], limit: int = 100, step: int = 3) -> str:
    shown = CitationFilter(numbers, limit)
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
        ("It is red [1;2].", "It is red [1, 2]."),
        ("It is red [2, 2, 1].", "It is red [2, 1]."),
        ("It is red [1 and 2] and [1 und 2].", "It is red [1, 2] and [1, 2]."),
        ("It is red [ Sources 1 , 2 ] [Quelle 1] [QUELLEN 2].", "It is red [1, 2] [1] [2]."),
        ("It is red [0-1].", "It is red [1]."),
        ("It is red [2-9].", "It is red [2]."),
        ("It is red [1–2].", "It is red [1, 2]."),
        ("It is red [2 - 1].", "It is red."),
        ("It is red [1-2, 9].", "It is red [1, 2]."),  # three numbers are no range
        ("It is red [1, 9].", "It is red [1]."),
        ("  It is red.  ", "It is red."),
        ("It is [a long remark of the source's own, not a mark] red.",
         "It is [a long remark of the source's own, not a mark] red."),
        ("", ""),
    ],
)  # fmt: skip
def test_only_sources_that_were_given_are_cited(said: str, shown: str) -> None:
    assert show(said, {1, 2}) == shown


@pytest.mark.parametrize("last, cited", [(51, [51]), (52, [])])
def test_a_range_goes_on_for_fifty_sources_and_no_further(last: int, cited: list[int]) -> None:
    shown = CitationFilter({last}, 100)
    shown.feed("It is red [1-9999].")
    shown.end()
    assert shown.cited == cited


def test_what_was_cited_is_told_once_and_in_order() -> None:
    shown = CitationFilter({1, 2, 3}, 100)
    shown.feed("It [3] is [1, 3] red [2] [9].")
    shown.end()
    assert shown.cited == [3, 1, 2]


def fed(*pieces: str, limit: int = 100) -> list[str]:
    """What can be shown after each piece, and at the end."""
    shown = CitationFilter({1, 2}, limit)
    return [*map(shown.feed, pieces), shown.end()]


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        # A word that may go on waits for the next piece, and so does a mark.
        (["It is r", "ed."], ["It is", "", " red."]),
        (["It is ", "red."], ["It is", "", " red."]),
        (["It is red [", "1", "]", ". So"], ["It is red", "", "", " [1].", " So"]),
        (["It is red [1", ", 2] ", "now."], ["It is red", " [1, 2]", "", " now."]),
        (["It is red [9", "] ", "now."], ["It is red", "", "", " now."]),
        # No mark is so long: what stands there is shown.
        (["a [" + "b " * 20, "c"], ["a", " [" + "b " * 19 + "b", " c"]),
        (["a [" + "b " * 21, "c"], ["a [" + "b " * 20 + "b", "", " c"]),
        (["", " ", "It"], ["", "", "", "It"]),
    ],
)
def test_what_may_go_on_waits_for_the_next_piece(pieces: list[str], shown: list[str]) -> None:
    assert fed(*pieces) == shown


@pytest.mark.parametrize(
    ("pieces", "limit", "shown"),
    [
        (["one two three"], 3, "one two three"),
        (["one two three four"], 3, "one two three…"),
        (["one two three. four"], 3, "one two three."),
        (["one two three! four"], 3, "one two three!"),
        (["one two three? four"], 3, "one two three?"),
        (["one two “three” four"], 3, "one two “three”"),
        (["one two three] four"], 3, "one two three]"),
        (["one two three, four five"], 3, "one two three…"),
        (["one two three – four five"], 4, "one two three…"),
        (["one two three, ", "four"], 3, "one two three,…"),  # what is shown cannot be taken back
        (["one two three", " four"], 3, "one two three…"),
        (["one two th", "ree ", "four"], 3, "one two three…"),
        (["one [1] two three"], 3, "one [1] two…"),
        (["one two [9] three"], 3, "one two three"),
        (["one two[a b", "] c"], 2, "one two[a…"),  # a piece may begin within a word
        (["one two[a b", "] c"], 3, "one two[a b]"),
        (["one two[a b", "] c"], 4, "one two[a b] c"),
        (["one"], 0, ""),
        (["one two"], 1, "one…"),
    ],
)
def test_at_the_limit_it_ends_with_a_whole_sentence_or_a_sign_that_there_was_more(
    pieces: list[str], limit: int, shown: str
) -> None:
    assert "".join(fed(*pieces, limit=limit)) == shown


def test_after_the_limit_nothing_more_is_shown_or_cited() -> None:
    shown = CitationFilter({1}, 2)
    assert shown.feed("one two three ") == "one two…"
    assert shown.full
    assert shown.feed("[1] four ") == "" and shown.end() == ""
    assert (shown.text, shown.cited) == ("one two…", [])


def test_with_room_left_it_is_not_full() -> None:
    shown = CitationFilter(set(), 3)
    shown.feed("one two three ")
    assert not shown.full


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
