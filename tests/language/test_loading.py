"""Language files: what is wrong is named by line and reason, and what is written is read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.language.dictionary import Language, Parameter, Word
from rubato_desktop.language.loading import LanguageFileError, load_language, save_language
from rubato_desktop.resources import resource

HEAD = 'name = "x"\n'
WORD = '[[word]]\nkeys = "0 5 0"\nname = "a"\n'

# A damaged file, the line that is named, and what is said of it.
DAMAGED = [
    ("", 1, "name is missing"),
    ("name = x\n", 1, "invalid value"),
    (HEAD + "[[word]\n", 2, "expected"),
    (HEAD + "titel = 'X'\n", 2, "no 'titel' in a language"),
    (HEAD + 'colour = "blue"\n', 2, "not a colour"),
    (HEAD + "word = 3\n", 2, "[[word]]"),
    (HEAD + WORD + '[[word]]\nname = "b"\n', 5, "keys is missing"),
    (HEAD + WORD + '[[word]]\nkeys = "0 25 0"\nname = "b"\n', 6, "'25' is not a key"),
    (HEAD + WORD + '[[word]]\nkeys = "0 24 0"\nname = "b"\n', 6, "key 24 leaves"),
    (HEAD + WORD + '[[word]]\nkeys = ""\nname = "b"\n', 6, "keys is missing"),
    (HEAD + "k = " + "[" * 5000 + "\n", 0, "this is no language"),
    (HEAD + "k = " + "9" * 5000 + "\n", 0, "this is no language"),
    (HEAD + WORD + '[[word]]\nkeys = "5"\nname = "b"\n', 6, "2 to 30 keys, this has 1"),
    (HEAD + WORD + '[[word]]\nkeys = [0, 5]\nname = "b"\n', 6, "keys must be text"),
    (HEAD + WORD + 'parameters = { n = "nombre" }\n', 5, "no parameter of kind 'nombre'"),
    (HEAD + WORD + 'parameters = { n = "number, optional" }\n', 5, "can be optional"),
    (HEAD + WORD + 'colour = "red"\n', 5, "no 'colour' in a word"),
    (HEAD + WORD + "args = 3\n", 5, "args are written"),
    (HEAD + WORD + 'meanings = "a"\n', 5, "meanings are a list"),
    ('name = "names"\n[[word]]\nkeys = "5 6 7"\nname = "b"\n', 3, "key 0 among them"),
]


@pytest.mark.parametrize(
    ("text", "line", "reason"), DAMAGED, ids=[f"{n} {reason}" for n, (_, _, reason) in enumerate(DAMAGED)]
)
def test_a_damaged_file_names_its_line_and_reason(text: str, line: int, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LanguageFileError) as error:
        load_language(path)
    assert (error.value.line, reason in error.value.reason) == (line, True), error.value.reason


def test_text_that_is_not_utf8_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b'name = "x"\ntitle = "\xff"\n')
    with pytest.raises(LanguageFileError, match="line 2: this is not UTF-8"):
        load_language(path)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    words = (
        Word(
            (0, 5, 0),
            'say "hi"',
            "mine",
            "tab",
            {"number": 3},
            help="Says hi.",
            meanings=('say "hi"', "greet"),
        ),
        Word((0, 6, 0), "plain", "mine", parameters=(Parameter("n", "number"), Parameter("m", "name", True))),
        Word((0, 8, 0), "deep", "mine", "scroll", {"by": {"vertical": 1, "horizontal": 0}}),
    )
    language = Language("mine", "Mine é", "#123456", words, True, "About it.")
    save_language(language, tmp_path / "mine.toml")
    read = load_language(tmp_path / "mine.toml")
    assert read.title == language.title and read.writable and read.description == language.description
    for before, after in zip(words, read.words, strict=True):
        assert after.keys == before.keys and after.name == before.name and after.command == before.command
        assert dict(after.args) == dict(before.args) and after.parameters == before.parameters
        assert after.meanings == (before.meanings or (before.name,)) and after.help == before.help


@pytest.mark.parametrize("name", ["core", "names"])
def test_the_languages_that_come_with_the_program_load(name: str) -> None:
    assert load_language(resource("languages", f"{name}.toml")).name == name


def test_the_whole_table_of_keys_is_in_the_core_language() -> None:
    table = """
        0 11 0 start recording; 12 11 12 stop recording; 0 10 0 open; 12 10 12 save; 12 5 12 channel; 12 7 12 tab;
        12 9 12 bookmark; 0 7 0 click; 0 6 0 right click; 0 5 0 read; 0 4 0 scroll down; 0 3 0 page down; 0 2 0 stop;
        0 0 0 erase; 12 9 10 11 12 add word; 12 5 7 12 change language; 12 4 5 12 filter add; 12 5 4 12 filter remove;
        12 15 15 12 remark start; 12 15 16 12 remark end; 0 7 7 0 where am i; 0 5 5 0 tabs; 0 4 4 0 scroll up;
        0 3 3 0 page up; 0 2 2 0 continue; 0 4 7 0 microphone on; 0 7 4 0 microphone off; 0 3 7 0 piano on;
        0 7 3 0 piano off; 23 22 23 play; 23 22 22 23 pause; 23 20 22 23 skip; 23 21 21 23 highlight;
        23 20 21 23 jump; 0 1 1 0 set speed; 12 6 6 12 set volume; 12 2 3 4 12 add language; 12 10 11 12 change user;
        12 7 9 11 12 add tag; 12 11 9 7 12 remove tag; 5 17 17 5 set octave"""
    core = {word.keys: word.name for word in load_language(resource("languages", "core.toml")).words}
    for entry in table.split(";"):
        parts = entry.split()
        numbers = tuple(int(part) for part in parts if part.isdecimal())
        assert core.get(numbers) == " ".join(part for part in parts if not part.isdecimal())
