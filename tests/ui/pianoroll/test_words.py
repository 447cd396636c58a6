"""Words on the pianoroll: texts and layout of their labels, and the text summary."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from rubato_desktop.language.results import ParseResult, RecognisedWord, RejectedRun
from rubato_desktop.ui.pianoroll.marks import Mark
from rubato_desktop.ui.pianoroll.summary import summarise
from rubato_desktop.ui.pianoroll.words import GAP, LANES, Words, describe, label_of

SECOND = 1_000_000


def word(seconds: float, word: str = "read", language: str = "core", /, **args: Any) -> RecognisedWord:
    t = round(seconds * SECOND)
    return RecognisedWord(t, t + 400_000, (0, 5, 0), word, language, word, args)


def missed(seconds: float, *keys: int, reason: Any = "unknown") -> RejectedRun:
    t = round(seconds * SECOND)
    return RejectedRun(t, t + 400_000, keys, reason)


def words_of(*items: ParseResult) -> Words:
    """Return words with labels of 10 px per character."""
    words = Words(lambda text: 10.0 * len(text))
    words.replace(items)
    return words


def lanes(words: Words, us_per_px: float) -> list[int]:
    return words.layout(range(len(words)), us_per_px)[0].tolist()


@pytest.mark.parametrize(
    ("result", "label"),
    [
        (word(0, "read"), "read"),
        (word(0, "tab", number=3), "tab 3"),
        (word(0, "tab", number=-12), "tab -12"),
        (word(0, "set speed", factor=1.5), "set speed 1.5"),
        (word(0, "set speed", factor=2.0), "set speed 2"),
        (word(0, "save", name="evening"), "save evening"),
        (word(0, "name", keys=(0, 16, 21)), "name 0 16 21"),
        (word(0, "save", name=None), "save"),
        (missed(0, 0, 8, 0), "? 0 8 0"),
    ],
)
def test_label_has_the_word_and_its_values(result: ParseResult, label: str) -> None:
    assert label_of(result) == label


@pytest.mark.parametrize(
    ("result", "sentence"),
    [
        (word(248, "tab", number=3), "tab 3, keys 0 5 0, core, at 4:08"),
        (missed(248, 0, 8, 0), "not understood: keys 0 8 0, at 4:08"),
        (missed(248, 0, 8, reason="lapsed"), "lapsed: keys 0 8, at 4:08"),
    ],
)
def test_description_of_a_word(result: ParseResult, sentence: str) -> None:
    assert describe(result, "4:08") == sentence


def test_words_far_apart_share_a_lane() -> None:
    assert lanes(words_of(word(0), word(5), word(9)), 20_000) == [0, 0, 0]


def test_overlapping_words_take_the_lanes_in_turn() -> None:
    assert lanes(words_of(*(word(n / 10) for n in range(5)), word(50)), 20_000) == [0, 1, 2, 0, 1, 0]


def test_new_word_does_not_move_others() -> None:
    words = words_of(*(word(n / 3) for n in range(20)))
    before = lanes(words, 20_000)
    words.add(word(7))
    assert lanes(words, 20_000)[:20] == before


def test_labels_of_a_lane_never_overlap() -> None:
    words = words_of(*(word(n / 7, "a long word") for n in range(60)))
    us_per_px = 7000.0
    lane, width = words.layout(range(60), us_per_px)
    for one in range(LANES):
        inside = [i for i in range(60) if lane[i] == one]
        for left, right in pairwise(inside):
            assert (
                words.starts[left] / us_per_px + width[left] <= words.starts[right] / us_per_px - GAP + 1e-6
            )


def test_words_are_sorted_by_time() -> None:
    words = words_of(word(5, "b"), word(1, "a"))
    assert words.add(word(3, "c")) == 1
    assert words.labels == ["a", "c", "b"]
    assert list(words.between(2 * SECOND, 4 * SECOND)) == [1]


SUMMARIES: list[tuple[dict[str, Any], str]] = [
    ({}, "0:00 to 0:10, 0 notes."),
    ({"notes": 1}, "0:00 to 0:10, 1 note."),
    ({"left": -SECOND, "notes": 1200}, "0:00 to 0:10, 1,200 notes."),
    ({"title": "Nocturne"}, "Nocturne. 0:00 to 0:10, 0 notes."),
    (
        {"words": [word(1), word(2, "tab", number=3), missed(3, 0, 8, 0)]},
        "0:00 to 0:10, 0 notes, words: read, tab 3, unknown 0 8 0.",
    ),
    ({"held": ["C3", "E3"]}, "0:00 to 0:10, 0 notes. Held: C3, E3."),
    ({"playhead": 9 * SECOND}, "0:00 to 0:10, 0 notes. Playhead at 0:09."),
    ({"playhead": 99 * SECOND, "following": False}, "0:00 to 0:10, 0 notes. Playhead at 1:39, not followed."),
    (
        {"marks": [Mark(4 * SECOND, 5 * SECOND, "pause", "coffee")]},
        "0:00 to 0:10, 0 notes. Pause at 0:04: coffee.",
    ),
]


@pytest.mark.parametrize(("arguments", "text"), SUMMARIES)
def test_summary(arguments: dict[str, Any], text: str) -> None:
    assert summarise(**{"left": 0, "right": 10 * SECOND, "notes": 0, **arguments}) == text


def test_summary_lists_only_the_last_of_many_words() -> None:
    text = summarise(left=0, right=SECOND, notes=0, words=[word(0, f"w{n}") for n in range(40)])
    assert text.startswith("0:00 to 0:01, 0 notes, 40 words, the last 12: w28, ")
    assert text.endswith("w39.")
