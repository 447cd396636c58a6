"""The search scores phrases along their prefix tree, with a recogniser whose transcript is given."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from rubato_desktop.services.hearing.beam_search import Tree, spellings
from rubato_desktop.services.voice.samples import Samples

SOUND = np.zeros(1, np.float32)
RIGHT, OTHER = 0.9, 0.001


class LetterRecogniser:
    """Its tokens are letters. It gives its transcript a probability of 0.9 a letter, any other letter 0.001."""

    end = 0

    def __init__(self, transcript: str) -> None:
        self._transcript = [*(ord(letter) for letter in f" {transcript}"), self.end]
        self.prefixes: list[str] = []

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [[ord(letter) for letter in text] for text in texts]

    def listen(self, sound: Samples) -> LetterRecogniser:
        return self

    def next_tokens(self, prefixes: Sequence[tuple[int, ...]]) -> npt.NDArray[np.float32]:
        self.prefixes += ["".join(map(chr, tokens)) for tokens in prefixes]
        rows = np.full((len(prefixes), 128), math.log(OTHER), np.float32)
        for row, tokens in zip(rows, prefixes, strict=True):
            if len(tokens) < len(self._transcript):
                row[self._transcript[len(tokens)]] = math.log(RIGHT)
        return rows


def test_the_transcript_scores_best() -> None:
    recogniser = LetterRecogniser("Tabs.")
    tree = Tree(recogniser, ["tab", "tabs", "click"], width=8, threshold=20)
    result = tree.search(recogniser.listen(SOUND))
    assert max(result.scores, key=result.scores.__getitem__) == "tabs"
    assert result.scores["tabs"] == pytest.approx(7 * math.log(RIGHT), abs=0.01)
    assert result.unconstrained == pytest.approx(7 * math.log(RIGHT), abs=0.01)


def test_a_phrase_below_the_threshold_is_pruned_even_when_required() -> None:
    recogniser = LetterRecogniser("tabs")
    tree = Tree(recogniser, ["tabs", "click"], width=8, threshold=5)
    assert set(tree.search(recogniser, required=["click"]).scores) == {"tabs"}
    assert not [prefix for prefix in recogniser.prefixes if "c" in prefix.lower()]


def test_a_required_phrase_is_followed_outside_the_beam() -> None:
    recogniser = LetterRecogniser("tap")
    tree = Tree(recogniser, ["tap", "tab", "top"], width=1, threshold=20)
    assert set(tree.search(recogniser).scores) == {"tap"}
    assert set(tree.search(recogniser, required=["tab"]).scores) == {"tap", "tab"}


def test_with_a_width_of_zero_only_required_phrases_are_followed() -> None:
    recogniser = LetterRecogniser("tab")
    tree = Tree(recogniser, ["tab", "tabs", "top"], width=8, threshold=20)
    result = tree.search(recogniser.listen(SOUND), required=["tabs"], width=0)
    # "tab" ends on the path to "tabs".
    assert set(result.scores) == {"tab", "tabs"}


def test_a_cancelled_search_decodes_nothing() -> None:
    recogniser = LetterRecogniser("tab")
    tree = Tree(recogniser, ["tab"], width=8, threshold=20)
    assert not tree.search(recogniser, still_wanted=lambda: False).scores
    assert not recogniser.prefixes


def test_numbers_are_spelt_in_words_and_in_figures() -> None:
    assert {" tab twelve", " Tab twelve.", " tab 12", " Tab 12."} <= set(spellings("tab twelve"))
    assert " Set volume 50%." in spellings("set volume fifty percent")
