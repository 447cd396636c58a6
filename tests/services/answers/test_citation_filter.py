"""The filter of a model's output: only known citations, and no more words than the limit."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.services.answers.citation_filter import CitationFilter, strip_citations


def filtered(text: str, numbers: set[int], limit: int = 100, step: int = 3) -> str:
    output = CitationFilter(numbers, limit)
    pieces = [output.feed(text[start : start + step]) for start in range(0, len(text), step)]
    pieces.append(output.finish())
    assert "".join(pieces) == output.text
    return output.text


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
def test_only_known_sources_are_cited(said: str, shown: str) -> None:
    assert filtered(said, {1, 2}) == shown


@pytest.mark.parametrize("last, cited", [(51, [51]), (52, [])])
def test_a_range_is_expanded_by_at_most_fifty(last: int, cited: list[int]) -> None:
    shown = CitationFilter({last}, 100)
    shown.feed("It is red [1-9999].")
    shown.finish()
    assert shown.cited == cited


def test_cited_numbers_are_listed_once_in_order() -> None:
    shown = CitationFilter({1, 2, 3}, 100)
    shown.feed("It [3] is [1, 3] red [2] [9].")
    shown.finish()
    assert shown.cited == [3, 1, 2]


def fed(*pieces: str, limit: int = 100) -> list[str]:
    """The text returned for each piece, and at the end."""
    shown = CitationFilter({1, 2}, limit)
    return [*map(shown.feed, pieces), shown.finish()]


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        # An unfinished word or citation stays pending.
        (["It is r", "ed."], ["It is", "", " red."]),
        (["It is ", "red."], ["It is", "", " red."]),
        (["It is red [", "1", "]", ". So"], ["It is red", "", "", " [1].", " So"]),
        (["It is red [1", ", 2] ", "now."], ["It is red", " [1, 2]", "", " now."]),
        (["It is red [9", "] ", "now."], ["It is red", "", "", " now."]),
        # No citation is that long.
        (["a [" + "b " * 20, "c"], ["a", " [" + "b " * 19 + "b", " c"]),
        (["a [" + "b " * 21, "c"], ["a [" + "b " * 20 + "b", "", " c"]),
        (["", " ", "It"], ["", "", "", "It"]),
    ],
)
def test_an_unfinished_word_or_citation_stays_pending(pieces: list[str], shown: list[str]) -> None:
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
        (["one two three, ", "four"], 3, "one two three…"),  # the comma is not shown before it is certain
        (["one two three, "], 3, "one two three,"),
        (["one two – ", "three"], 3, "one two…"),
        (["one two three, ", "[1] four"], 4, "one two three, [1]"),
        (["one two three", " four"], 3, "one two three…"),
        (["one two th", "ree ", "four"], 3, "one two three…"),
        (["one [1] two three"], 3, "one [1] two…"),
        (["one two [9] three"], 3, "one two three"),
        (["one two[a b", "] c"], 2, "one two[a…"),  # a piece may begin inside a word
        (["one two[a b", "] c"], 3, "one two[a b]"),
        (["one two[a b", "] c"], 4, "one two[a b] c"),
        (["one"], 0, ""),
        (["one two"], 1, "one…"),
    ],
)
def test_at_the_limit_the_text_ends_with_a_sentence_or_an_ellipsis(
    pieces: list[str], limit: int, shown: str
) -> None:
    assert "".join(fed(*pieces, limit=limit)) == shown


def test_nothing_is_shown_or_cited_after_the_limit() -> None:
    shown = CitationFilter({1}, 2)
    assert shown.feed("one two three ") == "one two…"
    assert shown.full
    assert shown.feed("[1] four ") == "" and shown.finish() == ""
    assert (shown.text, shown.cited) == ("one two…", [])


def test_at_exactly_the_limit_it_is_not_full() -> None:
    shown = CitationFilter(set(), 3)
    shown.feed("one two three ")
    assert not shown.full


@given(st.text(alphabet="ab [],0129-.\n", max_size=80), st.integers(1, 5))
def test_no_unknown_source_and_no_extra_word_however_the_text_is_split(text: str, step: int) -> None:
    shown = filtered(text, {1}, limit=5, step=step)
    assert len(shown.split()) <= 5
    for mark in re.findall(r"\[(\d+(?:, \d+)*)\]", shown):
        assert set(mark.split(", ")) <= {"1"}


@pytest.mark.parametrize("limit", [1, 5, 60])
def test_a_long_text_is_cut_at_the_limit(limit: int) -> None:
    shown = filtered("word, " * 200, set(), limit)
    assert len(shown.split()) == limit
    assert shown.endswith("word…")


def test_citations_of_the_source_itself_are_stripped() -> None:
    assert strip_citations("It was built in 1850.[3]") == "It was built in 1850."
