"""Conflicts are found, and free keys proposed."""

from __future__ import annotations

import pytest

from rubato_desktop.language.checks import faults, propose
from rubato_desktop.language.dictionary import Language, Stack, Word, conflicts


def keys(line: str) -> tuple[int, ...]:
    return tuple(map(int, line.split()))


@pytest.mark.parametrize(
    ("line", "kind", "other"),
    [
        ("0 7 0", "equal", "click"),
        ("0 7 0 5", "extends", "click"),
        ("0 2 7", "prefix", "feedback on"),
        ("23 22", "prefix", "play"),
        ("5 17 17 5 5", "extends", "set octave"),
    ],
)
def test_a_word_in_anothers_way_is_told(line: str, kind: str, other: str, stack: Stack) -> None:
    found = next(conflicts(Word(keys(line), "new", "own"), stack))
    assert (found.kind, found.by.name) == (kind, other)


def test_a_free_word_has_no_conflict(stack: Stack) -> None:
    assert list(conflicts(Word(keys("0 16 0"), "new", "own"), stack)) == []


@pytest.mark.parametrize("line", ["0 7 0", "12 7 12 14", "23 22 23", "0 2 7", "24 3 24", "0"])
def test_proposals_are_free_and_open_and_close_on_the_wanted_key(line: str, stack: Stack) -> None:
    word = Word(keys(line), "new", "own")
    proposals = propose(word, stack)
    assert len(proposals) == 3
    opening = next((key for key in word.keys if key != 24), 0)
    for proposal in proposals:
        assert not faults(Word(proposal, "new", "own"))
        assert not list(conflicts(Word(proposal, "new", "own"), stack))
        assert proposal[0] == proposal[-1] == opening


def test_a_proposed_name_is_a_name(stack: Stack) -> None:
    for proposal in propose(Word(keys("0 7 0"), "new", "names"), stack):
        assert 0 in proposal and 3 <= len(proposal) <= 12


@pytest.mark.parametrize(
    ("line", "language", "fault"),
    [
        ("0 24 0", "own", "key 24"),
        ("5", "own", "2 to 30 keys"),
        ("5 6 7", "names", "key 0 among them"),
        ("0 5", "names", "three to twelve"),
    ],
)
def test_what_is_no_word_is_said(line: str, language: str, fault: str) -> None:
    assert fault in "; ".join(faults(Word(keys(line), "x", language)))


def test_a_higher_language_hides_a_lower_ones_word() -> None:
    high = Language("high", "High", words=(Word((0, 5, 0), "mine", "high"),))
    low = Language("low", "Low", words=(Word((0, 5, 0), "yours", "low"), Word((0, 6, 0), "free", "low")))
    stack = Stack([high, low])
    assert [word.name for word in stack.words()] == ["mine", "free"]
    assert str(stack.hidden[0]) == "yours (0 5 0) of low has the same keys as mine (0 5 0) of high"
