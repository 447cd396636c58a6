"""What is shown, and what is said of it."""

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


@pytest.mark.parametrize(("shown", "said"), LINES, ids=[line[0].strip() for line in LINES])
def test_what_is_said(shown: str, said: str) -> None:
    assert " / ".join(segment_text(shown.strip().replace("¶", "\n"))) == said.strip()


@pytest.mark.parametrize("text", ["", "   \n\n\t", "\x00\x07", "﻿​"])
def test_of_nothing_nothing_is_said(text: str) -> None:
    assert list(segment_text(text)) == []


def test_a_long_first_sentence_is_cut_so_that_speech_starts_early() -> None:
    sentence = "what is said goes on and on without any comma until it is far too long to wait for"
    first, *rest = segment_text(sentence)
    assert len(first) <= FIRST * 1.5
    assert " ".join([first, *rest]) == sentence, "a word was lost"
    assert len(rest) == 1, "only the beginning is short"


def test_no_piece_is_much_longer_than_what_is_heard_while_it_is_made() -> None:
    lengths = [len(piece) for piece in segment_text("what is said goes on and on without any comma " * 20)]
    assert all(later <= earlier * GROWTH * 2 for earlier, later in itertools.pairwise(lengths))
    assert max(lengths) > 180, "in the end a whole sentence is one piece"


def test_it_is_cut_after_a_clause_where_there_is_one() -> None:
    assert next(
        segment_text("When the tab has opened, the page is read from its first line to the very last")
    ) == ("When the tab has opened,")


def test_a_voice_of_another_language_keeps_its_own_script_and_numbers() -> None:
    assert list(segment_text("**Привет** мир 5", "ru")) == ["Привет мир 5"]


def test_a_megabyte_begins_at_once_and_no_piece_is_long() -> None:
    text = "A sentence of a book, as there are many. " * 25_000
    began = time.perf_counter()
    said = segment_text(text)
    first = next(said)
    begun = time.perf_counter() - began
    assert first == "A sentence of a book, as there are many."
    rest = list(said)
    assert begun < 0.2 * (time.perf_counter() - began)
    assert len(rest) > 20_000
    assert max(map(len, rest)) <= LONGEST * 1.5


@pytest.mark.parametrize("mess", ["<", "[", "*", "_a ", "`", "|", "[](", "&#", "```\n", "- ", "# ", "a"])
def test_a_mess_does_not_keep_it_busy(mess: str) -> None:
    began = time.perf_counter()
    list(itertools.islice(segment_text(mess * 30_000), 50))
    assert time.perf_counter() - began < 5


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_markup_of_the_synthesiser_and_nothing_unsayable_is_ever_left(text: str) -> None:
    for piece in segment_text(text):
        assert "[[" not in piece
        assert "\n" not in piece
        assert any(map(str.isalnum, piece))
