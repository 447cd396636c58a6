"""What each key shows, as lines of keys played so far, a key, and its label."""

from __future__ import annotations

import pytest

from rubato_desktop.language.dictionary import Stack
from rubato_desktop.language.keys import COUNT, read_line
from rubato_desktop.language.loading import load_language, load_spelling
from rubato_desktop.language.parameters import Timing
from rubato_desktop.language.parser import Parser
from rubato_desktop.language.results import Preview
from rubato_desktop.resources import resource
from rubato_desktop.ui.keyboard.key_labels import KeyLabel, hint, key_labels, slots, words_by_name

LANGUAGES = [load_language(resource("languages", f"{name}.toml")) for name in ("core", "names")]
WORDS = words_by_name(LANGUAGES)


def preview(line: str) -> Preview:
    spelling = load_spelling(resource("languages", "spelling.toml"))
    parser = Parser(Stack(LANGUAGES), Timing(spelling=spelling))
    for press in read_line(line):
        parser.feed(press)
    return parser.preview()


def label(line: str, key: int) -> KeyLabel:
    return key_labels(preview(line), WORDS)[key]


# played, key, kind of its label, its text
LABELS = [
    ("", 0, "leads", "42 words"),
    ("", 1, "nothing", ""),
    ("", 24, "nothing", ""),
    ("0", 7, "leads", "click"),
    ("0", 2, "leads", "stop"),
    ("0", 13, "nothing", ""),
    ("0", 24, "leave", "leave"),
    ("0 7", 0, "completes", "click"),
    ("0 7", 7, "leads", "where am i"),
    ("12 7 12", 14, "value", "1"),
    ("12 7 12", 12, "value", "erase"),
    ("12 7 12 14", 12, "value", "done"),
    ("0 1 1 0", 16, "value", "2×"),
    ("12 6 6 12", 12, "value", "50 %"),
    ("0 8", 0, "leave", "ends here"),
    ("12 9 11 12", 0, "value", "a…"),
    ("12 9 11 12 11", 13, "value", "delete"),
]


@pytest.mark.parametrize(("played", "key", "kind", "text"), LABELS)
def test_a_key_shows_what_it_means(played: str, key: int, kind: str, text: str) -> None:
    shown = label(played, key)
    assert shown.kind == kind
    if not text.endswith("words"):  # how many there are is up to the dictionary
        assert shown.text == text


def test_a_key_counts_and_names_the_words_that_begin_with_it() -> None:
    shown = label("", 0)
    assert shown.text == f"{len(shown.words)} words"
    assert len(shown.words) == sum(word.keys[0] == 0 for word in LANGUAGES[0].words)
    assert set(shown.detail.split(", ")) <= set(shown.words)


def test_a_key_shows_its_shortest_word_and_counts_the_others() -> None:
    shown = label("0", 7)
    assert (shown.text, shown.detail) == ("click", f"+{len(shown.words) - 1}")


def test_values_have_the_colour_of_their_word() -> None:
    assert label("12 7 12", 14).language == "core"


def test_no_key_means_anything_while_the_piano_is_off() -> None:
    assert {shown.kind for shown in key_labels(preview("0 7 3 0"), WORDS)} == {"nothing"}


# played, pills of keys, empty pills
SLOTS = [
    ("", (), 0),
    ("0", ("0",), 2),
    ("0 7", ("0", "7"), 1),
    ("0 7 7", ("0", "7", "7"), 1),
    ("23", ("23",), 2),
    ("0 8", ("0", "8"), 0),
]


@pytest.mark.parametrize(("played", "pills", "missing"), SLOTS)
def test_slots_show_how_many_keys_are_missing(played: str, pills: tuple[str, ...], missing: int) -> None:
    assert slots(preview(played), WORDS) == (pills, missing)


# played, a part of the hint
HINTS = [
    ("", "lit keys begin"),
    ("0 7 0 0", "words begin with 0"),
    ("0 6 6", "1 word begins with 0 6 6"),
    ("0 8", "ends the run"),
    ("12 7 12", "digits right of the middle"),
    ("0 7 3 0", "play 0 3 7 0 alone"),
]


@pytest.mark.parametrize(("played", "text"), HINTS)
def test_the_hint_says_what_to_play_next(played: str, text: str) -> None:
    assert text in hint(preview(played), "0 3 7 0")


def test_each_kind_of_parameter_has_its_own_hint() -> None:
    from rubato_desktop.language.readers import KINDS

    assert [
        kind for kind in KINDS if hint(Preview(awaits=kind)) == hint(Preview(awaits="something else"))
    ] == []


def test_every_label_is_printable() -> None:
    shown = [label("12 9 11 12", key).text for key in range(COUNT)]
    assert [text for text in shown if not text.isprintable()] == []
    assert "delete…" in shown


def test_a_label_is_spoken_in_words() -> None:
    assert label("0 7", 0).spoken == "completes click"
    assert label("0 7", 9).spoken.startswith("leads to forward")
    assert label("", 1).spoken == "no word"


def test_a_large_dictionary_is_not_sorted_for_every_key() -> None:
    many = tuple(f"word {n}" for n in range(30_000))
    from rubato_desktop.language.results import Option

    shown = key_labels(Preview(options={0: Option("word 0", "own", False, many)}), WORDS)
    assert shown[0].text == "30,000 words"
    assert len(shown) == COUNT
