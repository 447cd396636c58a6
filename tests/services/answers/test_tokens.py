"""Sentences and terms."""

from __future__ import annotations

import pytest

from rubato_desktop.services.answers.tokens import names, sentences, terms


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Berg played Op. 23 at 3.15 pm. Then he left.", ["Dr. Berg played Op. 23 at 3.15 pm.", "Then he left."]),
        ("A line\nthat goes on. “Well.” She left.", ["A line that goes on.", "“Well.”", "She left."]),
        ("Head\n\nText without an end", ["Head", "Text without an end"]),
        ("これは本です。あれはペンです。", ["これは本です。", "あれはペンです。"]),
        (" \n…\n ", []),
    ],
)  # fmt: skip
def test_text_is_split_into_sentences(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


@pytest.mark.parametrize(
    ("one", "other"), [("tuning", "tuned"), ("Pedals", "pedal"), ("lent", "lend"), ("Bach’s", "Bach")]
)
def test_inflections_share_a_stem(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_stop_words_are_left_out() -> None:
    assert terms("What is the name of the pedal?") == terms("pedal")


def test_names_are_capitalised_words_ordinals_and_numbers() -> None:
    assert names("When did Chopin write the third Ballade, Op. 47?") == {
        "chopin",
        "third",
        "ballad",
        "op",
        "47",
    }
