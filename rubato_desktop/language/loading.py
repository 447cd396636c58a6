"""Language files: TOML in, a `Language` out, and back. An error names its line and its reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import write_beside
from rubato_desktop.language.dictionary import (
    LONGEST_WORD,
    NAMES,
    SHORTEST_WORD,
    Language,
    Parameter,
    Word,
)
from rubato_desktop.language.entries import spelling_table
from rubato_desktop.language.keys import LEAVE, KeyLineError, format_keys, read_keys
from rubato_desktop.language.names import is_name
from rubato_desktop.language.readers import KINDS, OPTIONAL_KINDS

OPTIONAL = ", optional"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_WORD_FIELDS = {"keys", "name", "command", "args", "parameters", "help", "meanings"}
_FIELDS = {"name", "title", "colour", "description", "writable", "word"}


class LanguageFileError(RubatoError):
    """A language file that cannot be used.

    Args:
        path: The file.
        line: The line, from 1; 0 when it is the file as a whole.
        reason: What is wrong there.
    """

    def __init__(self, path: Path, line: int, reason: str) -> None:
        where = f"{path.name}, line {line}" if line else path.name
        super().__init__(
            f"{where}: {reason}",
            kept="The other languages are loaded",
            todo="Mend the file and load it again",
            code="bad_language",
        )
        self.path, self.line, self.reason = path, line, reason


def load_language(path: Path) -> Language:
    """Read one language file.

    Raises:
        LanguageFileError: it cannot be read, or something in it is wrong; names the line and the reason.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LanguageFileError(path, 0, error.strerror or str(error)) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise LanguageFileError(path, line, "this is not UTF-8 text") from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise LanguageFileError(path, line, re.sub(r" \(at .*\)", "", str(error)).lower()) from None
    except (ValueError, RecursionError) as error:
        raise LanguageFileError(path, 0, f"this is no language: {str(error).partition(';')[0]}") from None
    return _Reading(path, text).language(raw)


def is_language_name(name: str) -> bool:
    """True for what a language may be called: letters, digits, - and space, at most 40."""
    return bool(re.fullmatch(r"[\w -]{1,40}", name))


class _Reading:
    """Turns the raw tables of one file into words, knowing where each stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.starts = [n for n, line in enumerate(self.lines, 1) if re.match(r"\s*\[\[\s*word\s*\]\]", line)]

    def wrong(self, line: int, reason: str) -> LanguageFileError:
        return LanguageFileError(self.path, line, reason)

    def line_of(self, field: str, start: int = 1) -> int:
        """The line on which `field` is set, from `start` to the next word; `start` itself when it is on none."""
        sets = re.compile(rf"\s*{re.escape(field)}\s*=")
        for n, line in enumerate(self.lines[start - 1 :], start):
            if n > start and re.match(r"\s*\[", line):
                break
            if sets.match(line):
                return n
        return start

    def language(self, raw: Mapping[str, Any]) -> Language:
        for field in raw:
            if field not in _FIELDS:
                raise self.wrong(self.line_of(field), f"there is no {field!r} in a language")
        name = self.text(raw, "name", 1, required=True)
        if not is_language_name(name):
            raise self.wrong(
                self.line_of("name"), f"{name!r} is not a name for a language: letters, digits, - and space"
            )
        colour = self.text(raw, "colour", 1) or "#8aa4ff"
        if not _COLOUR.fullmatch(colour):
            raise self.wrong(self.line_of("colour"), f"{colour!r} is not a colour like #4fd1c5")
        tables = raw.get("word", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self.wrong(self.line_of("word"), "words are written as [[word]] tables")
        return Language(
            name=name,
            title=self.text(raw, "title", 1) or name,
            colour=colour,
            words=tuple(self.words(tables, name)),
            writable=bool(raw.get("writable", False)),
            description=self.text(raw, "description", 1),
        )

    def words(self, tables: list[dict[str, Any]], language: str) -> Iterator[Word]:
        for i, table in enumerate(tables):
            yield self.word(table, language, self.starts[i] if i < len(self.starts) else 1)

    def word(self, table: Mapping[str, Any], language: str, start: int) -> Word:
        for field in table:
            if field not in _WORD_FIELDS:
                raise self.wrong(self.line_of(field, start), f"there is no {field!r} in a word")
        meanings = table.get("meanings", [])
        if not isinstance(meanings, list) or not all(isinstance(meaning, str) for meaning in meanings):
            raise self.wrong(self.line_of("meanings", start), "meanings are a list of texts")
        args = table.get("args", {})
        if not isinstance(args, dict):
            raise self.wrong(self.line_of("args", start), "args are written as { name = value }")
        name = self.text(table, "name", start, required=True)
        return Word(
            keys=self.keys(table, language, start),
            name=name,
            language=language,
            command=self.text(table, "command", start),
            args=args,
            parameters=tuple(self.parameters(table, start)),
            help=self.text(table, "help", start),
            meanings=tuple(meanings) or (name,),
            line=start,
        )

    def keys(self, table: Mapping[str, Any], language: str, start: int) -> tuple[int, ...]:
        line = self.line_of("keys", start)
        try:
            keys = read_keys(self.text(table, "keys", start, required=True))
        except KeyLineError as error:
            raise self.wrong(line, str(error)) from None
        if not keys:
            raise self.wrong(line, "the word has no keys")
        if LEAVE in keys:
            raise self.wrong(line, "key 24 leaves whatever is open and is never part of a word")
        if not SHORTEST_WORD <= len(keys) <= LONGEST_WORD:
            raise self.wrong(line, f"a word is {SHORTEST_WORD} to {LONGEST_WORD} keys, this has {len(keys)}")
        if language == NAMES and not is_name(keys):
            raise self.wrong(line, "a name is three to twelve keys with key 0 among them")
        return keys

    def parameters(self, table: Mapping[str, Any], start: int) -> Iterator[Parameter]:
        line = self.line_of("parameters", start)
        given = table.get("parameters", {})
        if not isinstance(given, dict):
            raise self.wrong(line, "parameters are written as { name = kind }")
        for name, text in given.items():
            kind = str(text).removesuffix(OPTIONAL)
            optional = kind != text
            if kind not in KINDS:
                raise self.wrong(
                    line, f"there is no parameter of kind {text!r}; there are {', '.join(KINDS)}"
                )
            if optional and kind not in OPTIONAL_KINDS:
                raise self.wrong(line, f"only {' and '.join(OPTIONAL_KINDS)} can be optional")
            yield Parameter(name, kind, optional)

    def text(self, table: Mapping[str, Any], field: str, start: int, required: bool = False) -> str:
        value = table.get(field, "")
        if not isinstance(value, str):
            raise self.wrong(self.line_of(field, start), f"{field} must be text, in quotation marks")
        if required and not value.strip():
            raise self.wrong(self.line_of(field, start), f"{field} is missing")
        return value


def load_spelling(path: Path) -> dict[tuple[int, int], str]:
    """Read the spelling table: (first key, second key) → character."""
    return spelling_table(tomllib.loads(path.read_text(encoding="utf-8"))["rows"])


def save_language(language: Language, path: Path) -> None:
    """Write a language file, beside and then into place.

    Raises:
        OSError: it cannot be written; the old file is as it was.
    """
    import tomlkit  # a tenth of a second that only writing needs

    document = tomlkit.document()
    document["name"] = language.name
    document["title"] = language.title
    document["colour"] = language.colour
    document["writable"] = language.writable
    if language.description:
        document["description"] = language.description
    words = tomlkit.aot()
    for word in language.words:
        table = tomlkit.table()
        table["keys"] = format_keys(word.keys)
        table["name"] = word.name
        if word.command:
            table["command"] = word.command
        if word.args:
            table["args"] = _inline(word.args)
        if word.parameters:
            table["parameters"] = _inline(
                {part.name: part.kind + OPTIONAL * part.optional for part in word.parameters}
            )
        if word.help:
            table["help"] = word.help
        if word.meanings and word.meanings != (word.name,):
            table["meanings"] = list(word.meanings)
        words.append(table)
    if language.words:
        document["word"] = words
    write_beside(path, tomlkit.dumps(document).encode("utf-8"))


def _inline(values: Mapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.inline_table()
    for name, value in values.items():
        table[name] = _inline(value) if isinstance(value, Mapping) else value
    return table
