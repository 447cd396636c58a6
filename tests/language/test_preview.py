"""Previews: what is half played, and what each next key would mean."""

from __future__ import annotations

import pytest

from rubato_desktop.language.dictionary import Language, Parameter, Stack, Word
from rubato_desktop.language.keys import COUNT, LEAVE, read_line
from rubato_desktop.language.parameters import Timing
from rubato_desktop.language.parser import Parser
from rubato_desktop.language.readers import KINDS
from rubato_desktop.language.results import Option, Preview

WORDS = (
    Word((0, 7, 0), "click", "core"),
    Word((0, 7, 7, 0), "where", "core"),
    Word((12, 7), "tab", "core", parameters=(Parameter("number", "number"),)),
    Word((5, 5), "off", "core", "piano_off"),
)
LEAVES = Option("leave")


def preview(line: str) -> Preview:
    """Return the preview after a line, before any more time passes."""
    parser = Parser(Stack([Language("core", "Core", words=WORDS)]))
    for press in read_line(line):
        parser.feed(press)
    return parser.preview()


def test_at_rest_every_first_key_names_the_words_below_it() -> None:
    assert preview("") == Preview(
        awaits="rest",
        options={
            0: Option("click", "core", words=("click", "where")),
            5: Option("off", "core", words=("off",)),
            12: Option("tab", "core", words=("tab",)),
        },
    )


def test_half_played_word_shows_what_completes_it_and_how_to_leave() -> None:
    assert preview("0 7") == Preview(
        (0, 7),
        awaits="word",
        options={
            0: Option("click", "core", completes=True, words=("click",)),
            7: Option("where", "core", words=("where",)),
            LEAVE: LEAVES,
        },
    )


def test_unknown_run_ends_on_its_first_key() -> None:
    assert preview("0 8") == Preview(
        (0, 8), awaits="unknown", options={0: Option("ends here"), LEAVE: LEAVES}
    )


def test_with_the_piano_off_nothing_is_open() -> None:
    assert preview("5 5") == Preview(awaits="off")


def test_parameter_shows_the_values_and_what_was_read() -> None:
    digits = {key: Option(str(key - 13), completes=True) for key in range(13, 23)}
    options = {**digits, 12: Option("done", completes=True)}
    assert preview("12 7 14 15") == Preview((12, 7, 14, 15), "tab", "number", options, "12")


def labels_of(line: str) -> dict[int, str]:
    """Return the labels of all keys, from the lowest."""
    return dict(enumerate(line.split()))


ROWS = {key: f"row {11 - key}" for key in range(12)}
COLUMNS = {key: f"col {key - 13}" for key in range(13, COUNT)}
UP = {key: str(key - 13) for key in range(13, 23)}
DOWN = {key: f"-{11 - key}" for key in range(2, 12)}
SCROLLS = labels_of("+12 +11 +10 +9 +8 +7 +6 +5 +4 +3 +2 +1 0 -1 -2 -3 -4 -5 -6 -7 -8 -9 -10 -11 -12")
POWERS = labels_of(
    "-2048 -1024 -512 -256 -128 -64 -32 -16 -8 -4 -2 -1 0 +1 +2 +4 +8 +16 +32 +64 +128 +256 +512 +1024 +2048"
)
SPEEDS = labels_of(
    "pause play 0.1× 0.2× 0.3× 0.4× 0.5× 0.6× 0.7× 0.8× 0.9× 1×"
    " 1× 1.25× 1.5× 1.75× 2× 2.25× 2.5× 2.75× 3× 3.25× 3.5× 3.75× 4×"
)
VOLUMES = {
    key: f"{percent} %"
    for key, percent in enumerate(
        [0, 4, 8, 12, 17, 21, 25, 29, 33, 38, 42, 46, 50, 54, 58, 62, 67, 71, 75, 79, 83, 88, 92, 96, 100]
    )
}
SPELLING = {(0, 13): "a", (0, 14): "b", (2, 13): "c", (11, 13): "\b", (11, 14): "\n", (11, 15): "\t"}
SPELLS = {0: "a…", 2: "c…", 11: "delete…", 12: "space"}

# A kind of parameter, the keys played, what has been read so far, and what each key would enter.
PARAMETERS = [
    ("grid", "", "", {**ROWS, 12: "erase", **COLUMNS}),
    ("grid", "7", "row 4", {12: "erase", **COLUMNS}),
    ("grid", "13", "column 0", {**ROWS, 12: "erase"}),
    ("box", "", "", {**ROWS, 12: "erase", **COLUMNS}),
    ("box", "5 20", "row 6, column 7", {**ROWS, 12: "this point", **COLUMNS}),
    ("box", "5 20 4", "row 6, column 7; row 7", {12: "erase", **COLUMNS}),
    ("scroll", "", "", SCROLLS),
    ("number", "", "", {**DOWN, 12: "erase", **UP}),
    ("number", "14 13", "10", {12: "done", **UP}),
    ("number", "11 9", "-02", {**DOWN, 12: "done"}),
    ("number2", "", "", POWERS),
    ("number2", "13 10", "-1", {**POWERS, 12: "done"}),
    ("speed", "", "", SPEEDS),
    ("volume", "", "", VOLUMES),
    ("note", "", "", dict.fromkeys(range(COUNT), "lowest")),
    ("choice", "14", "1", {12: "done", **UP}),
    ("name", "", "", {LEAVE: "leave"}),
    ("name", "0 16", "0 16", {LEAVE: "leave"}),
    ("name", "0 16 21", "0 16 21", {LEAVE: "done"}),
    ("name or choice", "", "", {LEAVE: "leave", **UP}),
    ("name or choice", "14 15", "12", {12: "done", **UP}),
    ("name or choice", "0 16 21", "0 16 21", {LEAVE: "done"}),
    ("keys", "", "", {LEAVE: "leave"}),
    ("keys", "0 14", "0 14", {LEAVE: "done"}),
    ("text", "", "", {**SPELLS, LEAVE: "leave"}),
    ("text", "0", "", {13: "a", 14: "b"}),
    ("text", "11", "", {13: "delete", 14: "new line", 15: "tab"}),
    ("text", "0 13 12 2 13", "a c", {**SPELLS, LEAVE: "done"}),
    ("text", "0 13 0 20", "a\N{REPLACEMENT CHARACTER}", {**SPELLS, LEAVE: "done"}),
    ("choice or text", "", "", {**SPELLS, LEAVE: "leave", **UP}),
    ("choice or text", "14", "1", {12: "done", **UP}),
    ("choice or text", "0 14", "b", {**SPELLS, LEAVE: "done"}),
]


@pytest.mark.parametrize(
    ("kind", "played", "value", "labels"),
    PARAMETERS,
    ids=[f"{kind} {played}" for kind, played, _, _ in PARAMETERS],
)
def test_parameter_shows_what_each_key_would_enter(
    kind: str, played: str, value: str, labels: dict[int, str]
) -> None:
    word = Word((23, 23), "word", parameters=(Parameter("it", kind),))
    parser = Parser(Stack([Language("x", "X", words=(word,))]), Timing(spelling=SPELLING))
    for press in read_line(f"23 23 {played}"):
        parser.feed(press)
    shown = parser.preview()
    assert (shown.word, shown.awaits, shown.value) == ("word", kind, value)
    assert {key: option.label for key, option in shown.options.items()} == labels
    assert all(option.completes for option in shown.options.values())


def test_every_kind_is_tested() -> None:
    assert {kind for kind, _, _, _ in PARAMETERS} == set(KINDS)


@pytest.mark.parametrize(("played", "value", "leave"), [("", "", "no name"), ("0 16", "0 16", "done")])
def test_optional_name_shows_that_it_can_be_left_out(played: str, value: str, leave: str) -> None:
    word = Word((23, 23), "word", parameters=(Parameter("it", "name", optional=True),))
    parser = Parser(Stack([Language("x", "X", words=(word,))]))
    for press in read_line(f"23 23 {played}"):
        parser.feed(press)
    assert parser.preview().value == value
    assert parser.preview().options == {LEAVE: Option(leave, completes=True)}
