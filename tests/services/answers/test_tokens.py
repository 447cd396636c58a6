"""Sentences, and the words that say what they are about."""

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
def test_sentences_are_cut_where_they_end(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


@pytest.mark.parametrize(
    ("one", "other"), [("tuning", "tuned"), ("Pedals", "pedal"), ("lent", "lend"), ("Bach’s", "Bach")]
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_words_that_say_nothing_are_left_out() -> None:
    assert terms("What is the name of the pedal?") == terms("pedal")


def test_what_picks_one_thing_out_is_a_name() -> None:
    assert names("When did Chopin write the third Ballade, Op. 47?") == {
        "chopin",
        "third",
        "ballad",
        "op",
        "47",
    }
