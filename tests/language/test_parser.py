"""The parser: the lines of lines.txt, and properties of every line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from parser_output import format_result

from rubato_desktop.language.dictionary import NAMES, Language, Parameter, Stack, Word
from rubato_desktop.language.keys import LEAVE, Press, read_line
from rubato_desktop.language.parameters import Timing
from rubato_desktop.language.parser import Parser, parse
from rubato_desktop.language.results import ParseResult, RecognisedWord

LINES = [
    line.split(" → ")
    for line in Path(__file__).with_name("lines.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]

EXAMPLES = {
    "grid": "5 20",
    "box": "5 20 12",
    "scroll": "10",
    "number": "14 12",
    "number2": "14 12",
    "speed": "14",
    "volume": "14",
    "note": "3",
    "choice": "14 12",
    "name": "0 16 21 24",
    "name or choice": "14 12",
    "choice or text": "14 12",
    "keys": "0 14 0 24",
    "text": "0 13 24",
}


@pytest.mark.parametrize(("keys", "words"), LINES, ids=[keys for keys, _ in LINES])
def test_line_of_keys_gives_its_words(keys: str, words: str, stack: Stack, timing: Timing) -> None:
    results = parse(read_line(keys), stack, timing)
    assert "; ".join(map(format_result, results)) == words.strip()


# Names that start like numbers: the keys are a name only if they continue like one.
NUMBERED = (
    Word((14, 15, 0), "waltz", NAMES),
    Word((14, 15, 23, 0), "march", NAMES),
    Word((14, 12, 0), "polka", NAMES),
)
NUMBERED_LINES = [
    ("0 10 0 14 15 0", "open what=[14,15,0]"),
    ("0 10 0 14 12 0", "open what=[14,12,0]"),
    ("0 10 0 14 15 12 0 7 0", "open what=12; click"),
    ("0 10 0 14 16 12 0 7 0", "open what=13; click"),
    ("0 10 0 14 15 (0.95) 0 7 0", "open what=12; click"),
    ("0 10 0 14 15 (0.949) 0", "open what=[14,15,0]"),
    ("0 10 0 14 15 23 22 23", "open what=12; play"),
    ("0 10 0 14 15 23 (2)", "open what=12; ?lapsed 23"),
    ("0 10 0 14 12 (2)", "open what=1"),
    ("0 10 0 14 12 5", "open what=1; ?lapsed 5"),
    ("0 10 0 14 0 7 0", "open what=1; click"),
]


@pytest.mark.parametrize(("keys", "words"), NUMBERED_LINES, ids=[keys for keys, _ in NUMBERED_LINES])
def test_name_that_starts_like_a_number(keys: str, words: str, stack: Stack, timing: Timing) -> None:
    named = Stack([*stack.languages, Language(NAMES, "Names", words=NUMBERED)])
    assert "; ".join(map(format_result, parse(read_line(keys), named, timing))) == words


def full(word: Word) -> str:
    """The keys of a word with an example of every parameter it must have."""
    examples = [EXAMPLES[parameter.kind] for parameter in word.parameters if not parameter.optional]
    return " ".join([*map(str, word.keys), *examples])


def test_every_word_of_every_language_is_recognised_after_every_other(stack: Stack, timing: Timing) -> None:
    words = [word for word in stack.words() if word.command != "piano_off"]
    for first in words:
        for second in words:
            results = parse(read_line(f"{full(first)} {full(second)}"), stack, timing)
            takes_names = any(parameter.optional for parameter in first.parameters)
            expected = [first.name] if takes_names and second.language == NAMES else [first.name, second.name]
            assert [item.word if isinstance(item, RecognisedWord) else item for item in results] == expected


def test_key_24_leaves_every_prefix_of_every_word(stack: Stack, timing: Timing) -> None:
    for word in stack.words():
        for end in range(1, len(word.keys)):
            keys = [*word.keys[:end], LEAVE, 0, 7, 0]
            results = parse(read_line(" ".join(map(str, keys))), stack, timing)
            assert [format_result(item) for item in results] == [
                f"?erased {' '.join(map(str, word.keys[:end]))}",
                "click",
            ]


def test_no_word_is_a_prefix_of_another(stack: Stack) -> None:
    assert stack.hidden == []
    ordered = sorted(word.keys for word in stack.words())
    assert not [pair for pair in pairwise(ordered) if pair[1][: len(pair[0])] == pair[0]]


# Random playing: (key, gap in ms, how long it is held in ms); the gaps straddle every timeout of the language.
gaps = st.sampled_from([0, 5, 34, 35, 36, 120, 250, 1199, 1200, 1300, 1999, 2000, 2100, 3999, 4000, 4100])
touches = st.lists(
    st.tuples(
        st.one_of(st.sampled_from([0, 7, 12, 23, 24, 13, 15, 5]), st.integers(-3, 30)),
        gaps,
        st.sampled_from([1, 20, 90, 600, 3000]),
    ),
    max_size=60,
)


def playing(touched: list[tuple[int, int, int]]) -> list[Press]:
    presses, t = [], 0
    for key, gap, held in touched:
        t += gap * 1000
        presses += [Press(t, key, True), Press(t + held * 1000, key, False)]
    return sorted(presses, key=lambda press: press.t)


@given(touches)
@settings(max_examples=400, deadline=None)
def test_keys_one_by_one_with_timeouts_give_the_same_words_as_all_at_once(
    stack: Stack, timing: Timing, touched: list[tuple[int, int, int]]
) -> None:
    presses = playing(touched)
    at_once = parse(presses, stack, timing)
    parser = Parser(stack, timing)
    one_by_one: list[ParseResult] = []
    for press in presses:
        while parser.deadline is not None and parser.deadline <= press.t:
            one_by_one += parser.advance(parser.deadline)
        parser.preview()
        one_by_one += parser.feed(press)
    one_by_one += parser.finish()
    assert one_by_one == at_once
    assert not parser.is_open


@given(touches)
@settings(max_examples=400, deadline=None)
def test_every_key_is_in_exactly_one_result(
    stack: Stack, timing: Timing, touched: list[tuple[int, int, int]]
) -> None:
    # Except for key 24, every key is in exactly one word or run, in the order played. Left out are "set octave",
    # which takes notes beside the 25 keys, and "piano off", which closes the gate.
    words = tuple(word for word in stack.words() if word.command not in ("octave", "piano_off"))
    open_stack = Stack([Language("core", "Core", words=words)])
    presses = playing(touched)
    results = parse(presses, open_stack, timing)
    counted = [key for item in results for key in item.keys if key != LEAVE]
    assert counted == [press.key for press in presses if press.down and 0 <= press.key < LEAVE]


def test_spoken_or_typed_value_replaces_played_keys(stack: Stack, timing: Timing) -> None:
    parser = Parser(stack, timing)
    for press in read_line("12 9 11 12"):
        parser.feed(press)
    results = parser.give(2_000_000, "a slow waltz")
    assert [format_result(item) for item in results] == ['meaning text="a slow waltz"']


def test_two_parameters_are_read_in_order(timing: Timing) -> None:
    parameters = (Parameter("where", "grid"), Parameter("count", "number"))
    stack = Stack([Language("x", "X", words=(Word((0, 5, 0), "put", "x", parameters=parameters),))])
    results = parse(read_line("0 5 0 5 20 14 15 12 0 5"), stack, timing)
    assert [format_result(item) for item in results] == [
        'put where={"row":6,"column":7} count=12',
        "?lapsed 0 5",
    ]
