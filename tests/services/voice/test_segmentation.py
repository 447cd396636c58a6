"""Text as displayed becomes segments as spoken."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubato_desktop.services.voice.segmentation import FIRST, GROWTH, LONGEST, segment_text

LINES = [
    line.split("⇒")
    for line in Path(__file__).with_name("spoken_lines.txt").read_text(encoding="utf-8").splitlines()[1:]
]


@pytest.mark.parametrize(("displayed", "spoken"), LINES, ids=[line[0].strip() for line in LINES])
def test_displayed_text_is_spoken_as_expected(displayed: str, spoken: str) -> None:
    assert " / ".join(segment_text(displayed.strip().replace("¶", "\n"))) == spoken.strip()


@pytest.mark.parametrize("text", ["", "   \n\n\t", "\x00\x07", "﻿​"])
def test_empty_text_is_not_spoken(text: str) -> None:
    assert list(segment_text(text)) == []


def test_a_long_first_sentence_is_split_so_that_speech_starts_early() -> None:
    sentence = "what is said goes on and on without any comma until it is far too long to wait for"
    first, *rest = segment_text(sentence)
    assert len(first) <= FIRST * 1.5
    assert " ".join([first, *rest]) == sentence, "a word was lost"
    assert len(rest) == 1, "only the first segment is short"


def test_segments_grow_by_a_bounded_factor() -> None:
    lengths = [
        len(segment) for segment in segment_text("what is said goes on and on without any comma " * 20)
    ]
    assert all(later <= earlier * GROWTH * 2 for earlier, later in itertools.pairwise(lengths))
    assert max(lengths) > 180, "eventually a whole sentence is one segment"


def test_a_sentence_is_split_after_a_clause() -> None:
    assert next(
        segment_text("When the tab has opened, the page is read from its first line to the very last")
    ) == ("When the tab has opened,")


def test_a_voice_in_another_language_keeps_its_script_and_numbers() -> None:
    assert list(segment_text("**Привет** мир 5", "ru")) == ["Привет мир 5"]


def test_a_megabyte_starts_at_once_and_no_segment_is_long() -> None:
    text = "A sentence of a book, as there are many. " * 25_000
    began = time.perf_counter()
    segments = segment_text(text)
    first = next(segments)
    first_s = time.perf_counter() - began
    assert first == "A sentence of a book, as there are many."
    rest = list(segments)
    assert first_s < 0.2 * (time.perf_counter() - began)
    assert len(rest) > 20_000
    assert max(map(len, rest)) <= LONGEST * 1.5


@pytest.mark.parametrize("garbage", ["<", "[", "*", "_a ", "`", "|", "[](", "&#", "```\n", "- ", "# ", "a"])
def test_garbage_is_segmented_in_bounded_time(garbage: str) -> None:
    began = time.perf_counter()
    list(itertools.islice(segment_text(garbage * 30_000), 50))
    assert time.perf_counter() - began < 5


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_segment_has_phoneme_markup_or_nothing_to_speak(text: str) -> None:
    for segment in segment_text(text):
        assert "[[" not in segment
        assert "\n" not in segment
        assert any(map(str.isalnum, segment))
