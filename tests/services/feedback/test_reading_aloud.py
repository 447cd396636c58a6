"""A growing text is spoken in complete sentences, each once."""

from __future__ import annotations

import pytest

from rubato_desktop.services.feedback.reading_aloud import ReadingAloud


@pytest.mark.parametrize(
    ("grown", "said"),
    [
        (["It", "It was Anna.", "It was Anna. She", "It was Anna. She left."], ["It was Anna.", "She left."]),
        (["“It was.” [1]", "“It was.” [1] [2] Then"], ["“It was.”", "Then"]),
        (["One. Two. Thr", "One. Two. Three"], ["One. Two.", "Three"]),
        (["一つ。二", "一つ。二つ。"], ["一つ。", "二つ。"]),
        ([""], []),
    ],
)
def test_complete_sentences_are_returned_once(grown: list[str], said: list[str]) -> None:
    reading = ReadingAloud()
    found = [reading.new(text) for text in grown]
    found.append(reading.new(grown[-1], ended=True))
    assert [text for text in found if text] == said
