"""The words nearest to a run that was not recognised."""

from __future__ import annotations

import pytest

from rubato_desktop.language.dictionary import Language, Stack, Word
from rubato_desktop.language.keys import read_keys
from rubato_desktop.language.nearest import LONGEST_RUN, Nearest


def nearest(*words: str) -> Nearest:
    """Return the search over words that are named by their keys."""
    return Nearest(Stack([Language("x", "X", words=tuple(Word(read_keys(word), word) for word in words))]))


@pytest.mark.parametrize(
    ("run", "near"),
    [
        ("0 6 0", ["0 7 0", "0 9 0"]),  # one wrong key in both: the closer one comes first
        ("0 8 0", ["0 7 0", "0 9 0"]),  # equally close: the order of the dictionary
        ("0 7", ["0 7 0"]),
        ("1 7 1", []),  # two of three keys would have to change
        ("5 17 17", ["5 17 17 5 5"]),  # two of five keys are missing
        ("5 17", []),  # three of them
        ("24 24 24 24", []),
    ],
)
def test_word_is_near_if_at_most_half_of_the_keys_would_change(run: str, near: list[str]) -> None:
    words = nearest("0 7 0", "0 9 0", "5 17 17 5 5")
    assert [word.name for word in words.find(read_keys(run))] == near


def test_first_half_of_a_word_is_near_to_it() -> None:
    words = nearest("5 17 17 5", "5 17 17 5 5")
    assert [word.name for word in words.find((5, 17))] == ["5 17 17 5"]


def test_words_that_are_not_near_do_not_crowd_out_one_that_is() -> None:
    # Two changes each, which is too many for the short words and few enough for the long one.
    short = [f"5 {first} {second}" for first in range(10) for second in range(10, 17)]
    words = nearest(*short, "5 17 17 5 5")
    assert [word.name for word in words.find((5, 17, 17))] == ["5 17 17 5 5"]


def test_fewer_wrong_keys_come_before_closer_keys() -> None:
    words = nearest("1 7 1 4", "0 23 0 4")
    assert [word.name for word in words.find((0, 7, 0, 4))] == ["0 23 0 4", "1 7 1 4"]


def test_missing_key_counts_more_than_a_wrong_key() -> None:
    # One change each: the last key is missing, or one key is three keys off.
    words = nearest("0 7 0", "3 7 0 5")
    assert [word.name for word in words.find((0, 7, 0, 5))] == ["3 7 0 5", "0 7 0"]
    words = nearest("0 7 0 5 5", "3 7 0 5")
    assert [word.name for word in words.find((0, 7, 0, 5))] == ["3 7 0 5", "0 7 0 5 5"]


def test_missing_key_counts_as_a_whole_keyboard() -> None:
    words = nearest("0 7 0", "0 7 24 23 0")
    assert [word.name for word in words.find((0, 7, 0, 0))] == ["0 7 0", "0 7 24 23 0"]


def test_at_most_three_words_are_returned_by_default() -> None:
    words = nearest("0 1 0", "0 2 0", "0 3 0", "0 4 0")
    assert [word.name for word in words.find((0, 5, 0))] == ["0 4 0", "0 3 0", "0 2 0"]
    assert len(words.find((0, 5, 0), limit=4)) == 4


def test_long_run_is_compared_by_its_start() -> None:
    long = " ".join(map(str, range(LONGEST_RUN)))
    run = [*range(LONGEST_RUN), *range(LONGEST_RUN)]
    assert [word.name for word in nearest(long, "0 7 0").find(run)] == [long]


def test_notes_beside_the_25_keys_are_ignored() -> None:
    words = nearest("0 7 0", "0 7 7 0")
    assert [word.name for word in words.find((0, 25, 7, 0))] == ["0 7 0", "0 7 7 0"]
    assert [word.name for word in words.find((0, -1, 7, 0))] == ["0 7 0", "0 7 7 0"]
