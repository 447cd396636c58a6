"""Phrases are searched along a tree of their spellings, by a listener that hears what is written here."""

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


class Letters:
    """Its tokens are letters; it hears one text, and of any other letter it is a thousandth sure."""

    end = 0

    def __init__(self, heard: str) -> None:
        self._heard = [*(ord(letter) for letter in f" {heard}"), self.end]
        self.asked: list[str] = []

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [[ord(letter) for letter in text] for text in texts]

    def listen(self, sound: Samples) -> Letters:
        return self

    def next_tokens(self, begun: Sequence[tuple[int, ...]]) -> npt.NDArray[np.float32]:
        self.asked += ["".join(map(chr, tokens)) for tokens in begun]
        rows = np.full((len(begun), 128), math.log(OTHER), np.float32)
        for row, tokens in zip(rows, begun, strict=True):
            if len(tokens) < len(self._heard):
                row[self._heard[len(tokens)]] = math.log(RIGHT)
        return rows


def test_what_is_heard_is_the_likeliest() -> None:
    listener = Letters("Tabs.")
    found = Tree(listener, ["tab", "tabs", "click"], width=8, hopeless=20).follow(listener.listen(SOUND))
    assert max(found.scores, key=found.scores.__getitem__) == "tabs"
    assert found.scores["tabs"] == pytest.approx(7 * math.log(RIGHT), abs=0.01)
    assert found.freely == pytest.approx(7 * math.log(RIGHT), abs=0.01)


def test_what_is_hopeless_is_not_followed_even_where_it_is_asked_for() -> None:
    listener = Letters("tabs")
    found = Tree(listener, ["tabs", "click"], width=8, hopeless=5).follow(listener, also=["click"])
    assert set(found.scores) == {"tabs"} and not [asked for asked in listener.asked if "c" in asked.lower()]


def test_what_there_is_no_room_for_is_followed_where_it_is_asked_for() -> None:
    listener = Letters("tap")
    tree = Tree(listener, ["tap", "tab", "top"], width=1, hopeless=20)
    assert set(tree.follow(listener).scores) == {"tap"}
    assert set(tree.follow(listener, also=["tab"]).scores) == {"tap", "tab"}


def test_of_no_width_only_what_is_asked_for_is_followed() -> None:
    listener = Letters("tab")
    found = Tree(listener, ["tab", "tabs", "top"], width=8, hopeless=20).follow(
        listener.listen(SOUND), also=["tabs"], width=0
    )
    # On the way to one phrase another may end.
    assert set(found.scores) == {"tab", "tabs"}


def test_what_is_no_longer_wanted_is_not_asked_about() -> None:
    listener = Letters("tab")
    assert not Tree(listener, ["tab"], width=8, hopeless=20).follow(listener, wanted=lambda: False).scores
    assert not listener.asked


def test_numbers_are_spelt_in_words_and_in_figures() -> None:
    assert {" tab twelve", " Tab twelve.", " tab 12", " Tab 12."} <= set(spellings("tab twelve"))
    assert " Set volume 50%." in spellings("set volume fifty percent")
