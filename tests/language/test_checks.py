"""Conflicts of words are found, and free keys proposed."""

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
def test_conflict_names_its_kind_and_the_other_word(line: str, kind: str, other: str, stack: Stack) -> None:
    conflict = next(conflicts(Word(keys(line), "new", "own"), stack))
    assert (conflict.kind, conflict.by.name) == (kind, other)


def test_free_word_has_no_conflict(stack: Stack) -> None:
    assert list(conflicts(Word(keys("0 16 0"), "new", "own"), stack)) == []


@pytest.mark.parametrize("line", ["0 7 0", "12 7 12 14", "23 22 23", "0 2 7", "24 3 24", "0"])
def test_proposals_are_free_and_start_and_end_on_the_wanted_key(line: str, stack: Stack) -> None:
    word = Word(keys(line), "new", "own")
    proposals = propose(word, stack)
    assert len(proposals) == 3
    opening = next((key for key in word.keys if key != 24), 0)
    for proposal in proposals:
        assert not faults(Word(proposal, "new", "own"))
        assert not list(conflicts(Word(proposal, "new", "own"), stack))
        assert proposal[0] == proposal[-1] == opening


def test_proposed_name_is_a_valid_name(stack: Stack) -> None:
    for line in ("0 7 0", "5 6 7"):
        proposals = propose(Word(keys(line), "new", "names"), stack)
        assert len(proposals) == 3
        assert all(0 in proposal and 3 <= len(proposal) <= 12 for proposal in proposals)


@pytest.mark.parametrize("line", ["0 5", " ".join(["5"] * 30), "0 1 23"])
def test_word_has_two_to_thirty_keys(line: str) -> None:
    assert faults(Word(keys(line), "x", "own")) == []


@pytest.mark.parametrize("line", ["5 6 0", " ".join(["0"] * 12)])
def test_name_has_three_to_twelve_keys(line: str) -> None:
    assert faults(Word(keys(line), "x", "names")) == []


KEY_24 = "key 24 cannot be part of a word, as it leaves the word that is open"
KEYS = "keys are numbered from 0 to 24"
LENGTH = "a word has 2 to 30 keys"
NAME = "a name has 3 to 12 keys and includes key 0"


@pytest.mark.parametrize(
    ("line", "language", "messages"),
    [
        ("0 24 0", "own", [KEY_24]),
        ("0 -1 0", "own", [KEYS]),
        ("0 25 0", "own", [KEYS]),
        ("5", "own", [LENGTH]),
        (" ".join(["5"] * 31), "own", [LENGTH]),
        ("24", "own", [KEY_24, LENGTH]),
        ("5 6 7", "names", [NAME]),
        ("0 5", "names", [NAME]),
        (" ".join(["0"] * 13), "names", [NAME]),
        ("0 24", "names", [KEY_24]),
    ],
)
def test_invalid_word_is_reported(line: str, language: str, messages: list[str]) -> None:
    assert faults(Word(keys(line), "x", language)) == messages


def test_most_similar_proposals_come_first() -> None:
    proposals = propose(Word((0, 7, 0), "new", "own"), Stack([]), limit=10_000)
    changed = [(0, key, 0) for key in (8, 6, 9, 5, 10, 4, 11, 3)]
    one_more = [(0, 7, key, 0) for key in range(24)] + [(0, key, 7, 0) for key in range(24)]
    two_more = [(0, 7, one, two, 0) for one in range(24) for two in range(24)]
    two_more += [(0, one, two, 7, 0) for one in range(24) for two in range(24)]
    assert proposals == list(dict.fromkeys([*changed, *one_more, *two_more]))


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("12 7", ["12 7 12", "12 8 12"]),  # it ends on the key it starts on
        ("5", ["5 5", "5 6 5", "5 4 5"]),
        ("5 5", ["5 6 5", "5 4 5"]),
        ("5 6 5 5", ["5 7 5 5", "5 5 5 5"]),
        ("0 1 0", ["0 2 0", "0 0 0", "0 3 0", "0 4 0", "0 5 0"]),  # no key below 0
        ("0 23 0", ["0 22 0", "0 21 0", "0 20 0", "0 19 0"]),  # and none above 23
        ("0 5 9 0", ["0 6 9 0", "0 4 9 0", "0 7 9 0", "0 3 9 0", "0 8 9 0", "0 2 9 0", "0 9 9 0", "0 1 9 0",
                     "0 5 10 0"]),
    ],
)  # fmt: skip
def test_the_first_proposals(line: str, first: list[str]) -> None:
    assert propose(Word(keys(line), "new", "own"), Stack([]), limit=len(first)) == list(map(keys, first))


def test_word_of_thirty_keys_has_proposals_and_a_longer_one_has_none() -> None:
    assert propose(Word((5,) * 30, "new", "own"), Stack([]), limit=1) == [(5, 6, *(5,) * 28)]
    assert propose(Word((5,) * 31, "new", "own"), Stack([])) == []


def test_word_of_a_higher_language_hides_that_of_a_lower_one() -> None:
    high = Language("high", "High", words=(Word((0, 5, 0), "mine", "high"),))
    low = Language("low", "Low", words=(Word((0, 5, 0), "yours", "low"), Word((0, 6, 0), "free", "low")))
    stack = Stack([high, low])
    assert [word.name for word in stack.words()] == ["mine", "free"]
    assert str(stack.hidden[0]) == "yours (0 5 0) of low has the same keys as mine (0 5 0) of high"
