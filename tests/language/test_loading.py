"""Language files: errors name the line and the reason, and a saved language loads again."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.language.dictionary import Language, Parameter, Word
from rubato_desktop.language.loading import (
    LanguageFileError,
    is_language_name,
    load_language,
    load_spelling,
    save_language,
)
from rubato_desktop.language.readers import KINDS
from rubato_desktop.resources import resource

HEAD = 'name = "x"\n'
WORD = '[[word]]\nkeys = "0 5 0"\nname = "a"\n'

NO_KIND = "there is no kind of parameter 'nombre'; choose one of " + ", ".join(KINDS)
KEY_24 = "key 24 cannot be part of a word, as it leaves the word that is open"
LONG, THIRTY_ONE = "x" * 41, "5 " * 31
NAMES_OF_LANGUAGES = "use at most 40 letters, digits, hyphens and spaces"


def second_word(lines: str) -> str:
    """Return a file with a valid word, and a second word with these lines, the first of which is line 6."""
    return f"{HEAD}{WORD}[[word]]\n{lines}\n"


# The text of a file, the line of the error, and the reason.
DAMAGED = [
    ("", 1, "name is missing"),
    ('name = " "\n', 1, "name is missing"),
    ("name = 3\n", 1, "name must be text, in quotation marks"),
    ('title = "X"\nname = "a/b"\n', 2, f"a language cannot be called 'a/b'; {NAMES_OF_LANGUAGES}"),
    (f'name = "{LONG}"\n', 1, f"a language cannot be called '{LONG}'; {NAMES_OF_LANGUAGES}"),
    ("name = x\n", 1, "invalid value"),
    ("name = 'x", 1, "expected \"'\""),
    (HEAD + "[[word]\n", 2, "expected ']]' at the end of an array declaration"),
    (HEAD + "titel = 'X'\n", 2, "a language has no field 'titel'"),
    (HEAD + 'colour = "blue"\n', 2, "'blue' is not a colour like #4fd1c5"),
    (HEAD + 'colour = "#12345g"\n', 2, "'#12345g' is not a colour like #4fd1c5"),
    (HEAD + "title = 3\n", 2, "title must be text, in quotation marks"),
    (HEAD + "description = 3\n", 2, "description must be text, in quotation marks"),
    (HEAD + "word = 3\n", 2, "write words as [[word]] tables"),
    (HEAD + "word = [3]\n", 2, "write words as [[word]] tables"),
    (HEAD + 'word = [{ keys = "0 25 0", name = "b" }]\n', 1, "'25' is not a key; keys are numbers from 0 to 24"),
    (second_word('name = "b"'), 5, "keys is missing"),
    (second_word('keys = "0 6 0"'), 5, "name is missing"),
    (second_word('name = "b"\nkeys = "0 25 0"'), 7, "'25' is not a key; keys are numbers from 0 to 24"),
    (second_word('keys = "0 24 0"\nname = "b"'), 6, KEY_24),
    (second_word('keys = ""\nname = "b"'), 6, "keys is missing"),
    (second_word('keys = ","\nname = "b"'), 6, "the word has no keys"),
    (HEAD + "k = " + "[" * 5000 + "\n", 0, "its values are nested too deeply"),
    (HEAD + "k = " + "9" * 5000 + "\n", 0, "a number has too many digits"),
    (second_word('keys = "5"\nname = "b"'), 6, "a word has 2 to 30 keys, not 1"),
    (second_word(f'keys = "{THIRTY_ONE}"\nname = "b"'), 6, "a word has 2 to 30 keys, not 31"),
    (second_word('keys = [0, 5]\nname = "b"'), 6, "keys must be text, in quotation marks"),
    (second_word('keys = "0 6 0"\nname = 3'), 7, "name must be text, in quotation marks"),
    (HEAD + WORD + "command = 3\n", 5, "command must be text, in quotation marks"),
    (HEAD + WORD + "help = 3\n", 5, "help must be text, in quotation marks"),
    (HEAD + WORD + "parameters = 3\n", 5, "write parameters as { name = kind }"),
    (HEAD + WORD + 'parameters = { n = "nombre" }\n', 5, NO_KIND),
    (HEAD + WORD + 'parameters = { n = "number, optional" }\n', 5, "only a parameter of kind name can be optional"),
    (HEAD + WORD + 'colour = "red"\n', 5, "a word has no field 'colour'"),
    (HEAD + WORD + "args = 3\n", 5, "write args as { name = value }"),
    (HEAD + WORD + 'meanings = "a"\n', 5, "meanings must be a list of texts"),
    (HEAD + WORD + "meanings = [3]\n", 5, "meanings must be a list of texts"),
    # The line of the word with the error, not of a later word that sets the same field.
    (HEAD + '[[word]]\nname = "b"\n [[ word ]]\nkeys = "0 5 0"\nname = "a"\n', 2, "keys is missing"),
    ('name = "names"\n[[word]]\nkeys = "5 6 7"\nname = "b"\n', 3,
     "a name has 3 to 12 keys and includes key 0"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "reason"), DAMAGED, ids=[f"{n} {reason}" for n, (_, _, reason) in enumerate(DAMAGED)]
)
def test_error_names_the_line_and_the_reason(text: str, line: int, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LanguageFileError) as error:
        load_language(path)
    assert (error.value.line, error.value.reason) == (line, reason)


def test_error_says_what_happened_what_is_kept_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(HEAD + "word = 3\n", encoding="utf-8")
    with pytest.raises(LanguageFileError) as error:
        load_language(path)
    assert (error.value.happened, error.value.kept, error.value.todo, error.value.code, error.value.path) == (
        "x.toml, line 2: write words as [[word]] tables",
        "The other languages are loaded",
        "Correct the file and load it again",
        "bad_language",
        path,
    )


def test_error_of_a_missing_file_has_no_line(tmp_path: Path) -> None:
    with pytest.raises(LanguageFileError) as error:
        load_language(tmp_path / "none.toml")
    assert error.value.happened == "none.toml: No such file or directory"


def test_missing_fields_have_defaults(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(HEAD + WORD + 'parameters = { n = "name, optional", m = "number" }\n', encoding="utf-8")
    parameters = (Parameter("n", "name", optional=True), Parameter("m", "number"))
    word = Word((0, 5, 0), "a", "x", parameters=parameters, meanings=("a",), line=2)
    assert load_language(path) == Language("x", "x", "#8aa4ff", (word,), writable=False, description="")


@pytest.mark.parametrize(
    ("name", "valid"), [("é-_ 9", True), ("x" * 40, True), ("x" * 41, False), ("", False), ("a.b", False)]
)
def test_valid_names_of_languages(name: str, valid: bool) -> None:
    assert is_language_name(name) is valid


def test_only_fields_that_are_set_are_saved(tmp_path: Path) -> None:
    words = (Word((0, 5, 0), "a", "x", meanings=("a",)), Word((0, 6, 0), "b", "x"))
    save_language(Language("x", "X", words=words), tmp_path / "x.toml")
    written = (tmp_path / "x.toml").read_text(encoding="utf-8")
    assert written.split("\n") == [
        'name = "x"', 'title = "X"', 'colour = "#8aa4ff"', "writable = false", "",
        "[[word]]", 'keys = "0 5 0"', 'name = "a"', "",
        "[[word]]", 'keys = "0 6 0"', 'name = "b"', "",
    ]  # fmt: skip
    save_language(Language("x", "X"), tmp_path / "x.toml")
    assert "word" not in (tmp_path / "x.toml").read_text(encoding="utf-8")


def test_error_of_text_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b'name = "x"\ntitle = "\xff"\n')
    with pytest.raises(LanguageFileError, match="line 2: this is not UTF-8"):
        load_language(path)


def test_saved_language_loads_again(tmp_path: Path) -> None:
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
        Word((0, 9, 0), "deeper", "mine", "scroll", {"by": {"at": {"row": 1}}}),
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
def test_packaged_languages_load(name: str) -> None:
    assert load_language(resource("languages", f"{name}.toml")).name == name


def test_core_language_has_all_words_of_the_specification() -> None:
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


def test_rows_of_the_spelling_table_start_at_key_13(tmp_path: Path) -> None:
    path = tmp_path / "spelling.toml"
    path.write_text('[rows]\n0 = "aä♪"\n11 = "\\b"\n', encoding="utf-8")
    assert load_spelling(path) == {(0, 13): "a", (0, 14): "ä", (0, 15): "♪", (11, 13): "\b"}
