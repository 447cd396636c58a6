"""Numbers in words and in figures."""

from __future__ import annotations

import pytest

from rubato_desktop.services.hearing.numbers import LARGEST, in_figures, in_words


def test_every_number_survives_a_round_trip() -> None:
    assert all(in_figures(in_words(number)) == str(number) for number in range(LARGEST + 1))


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("tab twenty six", "tab 26"),
        ("move nine one", "move 9 1"),
        ("one hundred and more", "100 and more"),
        ("no number", "no number"),
        ("", ""),
    ],
)
def test_numbers_in_a_text_become_figures(words: str, figures: str) -> None:
    assert in_figures(words) == figures
