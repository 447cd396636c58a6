"""The words nearest to a run that was not understood."""

from __future__ import annotations

import pytest

from rubato_desktop.language.dictionary import Language, Stack, Word
from rubato_desktop.language.keys import read_keys
from rubato_desktop.language.nearest import LONGEST_RUN, Nearest


def nearest(*words: str) -> Nearest:
    """Of words that are called by their keys."""
    return Nearest(Stack([Language("x", "X", words=tuple(Word(read_keys(word), word) for word in words))]))


@pytest.mark.parametrize(
    ("run", "near"),
    [
        ("0 6 0", ["0 7 0", "0 9 0"]),  # as many keys wrong in both: the closer finger comes first
        ("0 8 0", ["0 7 0", "0 9 0"]),  # as close: the order of the dictionary
        ("0 7", ["0 7 0"]),
        ("1 7 1", []),  # two of three keys would have to change
        ("5 17 17", ["5 17 17 5 5"]),  # two of five keys are missing
        ("5 17", []),  # three of them
        ("24 24 24 24", []),
    ],
)
def test_a_word_is_near_when_at_most_half_of_its_keys_would_change(run: str, near: list[str]) -> None:
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


def test_fewer_wrong_keys_come_before_closer_fingers() -> None:
    words = nearest("1 7 1 4", "0 23 0 4")
    assert [word.name for word in words.find((0, 7, 0, 4))] == ["0 23 0 4", "1 7 1 4"]


def test_a_missing_key_counts_for_more_than_any_slip() -> None:
    # One change each: the last key left out, or one finger three keys off.
    words = nearest("0 7 0", "3 7 0 5")
    assert [word.name for word in words.find((0, 7, 0, 5))] == ["3 7 0 5", "0 7 0"]
    words = nearest("0 7 0 5 5", "3 7 0 5")
    assert [word.name for word in words.find((0, 7, 0, 5))] == ["3 7 0 5", "0 7 0 5 5"]


def test_a_missing_key_counts_as_much_as_the_whole_keyboard() -> None:
    words = nearest("0 7 0", "0 7 24 23 0")
    assert [word.name for word in words.find((0, 7, 0, 0))] == ["0 7 0", "0 7 24 23 0"]


def test_at_most_three_are_found_unless_more_are_asked_for() -> None:
    words = nearest("0 1 0", "0 2 0", "0 3 0", "0 4 0")
    assert [word.name for word in words.find((0, 5, 0))] == ["0 4 0", "0 3 0", "0 2 0"]
    assert len(words.find((0, 5, 0), limit=4)) == 4


def test_a_run_too_long_for_a_word_is_known_by_its_beginning() -> None:
    long = " ".join(map(str, range(LONGEST_RUN)))
    run = [*range(LONGEST_RUN), *range(LONGEST_RUN)]
    assert [word.name for word in nearest(long, "0 7 0").find(run)] == [long]


def test_notes_beside_the_keys_are_passed_over() -> None:
    words = nearest("0 7 0", "0 7 7 0")
    assert [word.name for word in words.find((0, 25, 7, 0))] == ["0 7 0", "0 7 7 0"]
    assert [word.name for word in words.find((0, -1, 7, 0))] == ["0 7 0", "0 7 7 0"]
