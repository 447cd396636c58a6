"""A growing text is spoken in complete sentences, each once."""

from __future__ import annotations

import pytest

from rubato_desktop.services.feedback.reading_aloud import ReadingAloud


@pytest.mark.parametrize(
    ("grown", "spoken"),
    [
        (["It", "It was Anna.", "It was Anna. She", "It was Anna. She left."], ["It was Anna.", "She left."]),
        (["“It was.” [1]", "“It was.” [1] [2] Then"], ["“It was.”", "Then"]),
        (["One. Two. Thr", "One. Two. Three"], ["One. Two.", "Three"]),
        (["一つ。二", "一つ。二つ。"], ["一つ。", "二つ。"]),
        ([""], []),
    ],
)
def test_complete_sentences_are_returned_once(grown: list[str], spoken: list[str]) -> None:
    reading = ReadingAloud()
    texts = [reading.new(text) for text in grown]
    texts.append(reading.new(grown[-1], ended=True))
    assert [text for text in texts if text] == spoken
