"""Reads and writes language files, which are TOML. Errors name the line and the reason."""

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
    """A language file cannot be loaded.

    Args:
        path: The file.
        line: The line of the error, from 1; 0 for the whole file.
        reason: What is wrong there.
    """

    def __init__(self, path: Path, line: int, reason: str) -> None:
        where = f"{path.name}, line {line}" if line else path.name
        super().__init__(
            f"{where}: {reason}",
            kept="The other languages are loaded",
            todo="Correct the file and load it again",
            code="bad_language",
        )
        self.path, self.line, self.reason = path, line, reason


def load_language(path: Path) -> Language:
    """Load a language file.

    Raises:
        LanguageFileError: It cannot be read, or it has an error.
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
        match = re.search(r"at line (\d+)", str(error))
        line = int(match[1]) if match else text.count("\n") + 1
        raise LanguageFileError(path, line, re.sub(r" \(at .*\)", "", str(error)).lower()) from None
    except RecursionError:
        raise LanguageFileError(path, 0, "its values are nested too deeply") from None
    except ValueError:  # Python limits the digits of an integer
        raise LanguageFileError(path, 0, "a number has too many digits") from None
    return _LanguageReader(path, text).language(raw)


def is_language_name(name: str) -> bool:
    """Return whether a language can have a name: at most 40 letters, digits, hyphens, underscores and spaces."""
    return bool(re.fullmatch(r"[\w -]{1,40}", name))


class _LanguageReader:
    """Validates the tables of a parsed file and converts them, with the lines of errors.

    Args:
        path: The file, for errors.
        text: Its text, where the lines of words and fields are looked up.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()
        self.starts = [n for n, line in enumerate(self.lines, 1) if re.match(r"\s*\[\[\s*word\s*\]\]", line)]

    def error(self, line: int, reason: str) -> LanguageFileError:
        return LanguageFileError(self.path, line, reason)

    def line_of(self, field: str, start: int = 1) -> int:
        """Return the line that sets `field` in the table that starts at `start`, or `start` if there is none."""
        assignment = re.compile(rf"\s*{re.escape(field)}\s*=")
        for n, line in enumerate(self.lines[start - 1 :], start):
            if n > start and re.match(r"\s*\[", line):
                break
            if assignment.match(line):
                return n
        return start

    def language(self, raw: Mapping[str, Any]) -> Language:
        for field in raw:
            if field not in _FIELDS:
                raise self.error(self.line_of(field), f"a language has no field {field!r}")
        name = self.text(raw, "name", 1, required=True)
        if not is_language_name(name):
            raise self.error(
                self.line_of("name"),
                f"a language cannot be called {name!r}; use at most 40 letters, digits, hyphens and spaces",
            )
        colour = self.text(raw, "colour", 1) or "#8aa4ff"
        if not _COLOUR.fullmatch(colour):
            raise self.error(self.line_of("colour"), f"{colour!r} is not a colour like #4fd1c5")
        tables = raw.get("word", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self.error(self.line_of("word"), "write words as [[word]] tables")
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
                raise self.error(self.line_of(field, start), f"a word has no field {field!r}")
        meanings = table.get("meanings", [])
        if not isinstance(meanings, list) or not all(isinstance(meaning, str) for meaning in meanings):
            raise self.error(self.line_of("meanings", start), "meanings must be a list of texts")
        args = table.get("args", {})
        if not isinstance(args, dict):
            raise self.error(self.line_of("args", start), "write args as { name = value }")
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
            raise self.error(line, str(error)) from None
        if not keys:
            raise self.error(line, "the word has no keys")
        if LEAVE in keys:
            raise self.error(line, "key 24 cannot be part of a word, as it leaves the word that is open")
        if not SHORTEST_WORD <= len(keys) <= LONGEST_WORD:
            raise self.error(line, f"a word has {SHORTEST_WORD} to {LONGEST_WORD} keys, not {len(keys)}")
        if language == NAMES and not is_name(keys):
            raise self.error(line, "a name has 3 to 12 keys and includes key 0")
        return keys

    def parameters(self, table: Mapping[str, Any], start: int) -> Iterator[Parameter]:
        line = self.line_of("parameters", start)
        parameters = table.get("parameters", {})
        if not isinstance(parameters, dict):
            raise self.error(line, "write parameters as { name = kind }")
        for name, text in parameters.items():
            kind = str(text).removesuffix(OPTIONAL)
            optional = kind != text
            if kind not in KINDS:
                raise self.error(
                    line, f"there is no kind of parameter {text!r}; choose one of {', '.join(KINDS)}"
                )
            if optional and kind not in OPTIONAL_KINDS:
                raise self.error(
                    line, f"only a parameter of kind {' or '.join(OPTIONAL_KINDS)} can be optional"
                )
            yield Parameter(name, kind, optional)

    def text(self, table: Mapping[str, Any], field: str, start: int, required: bool = False) -> str:
        value = table.get(field, "")
        if not isinstance(value, str):
            raise self.error(self.line_of(field, start), f"{field} must be text, in quotation marks")
        if required and not value.strip():
            raise self.error(self.line_of(field, start), f"{field} is missing")
        return value


def load_spelling(path: Path) -> dict[tuple[int, int], str]:
    """Load the spelling table: (first key, second key) → character."""
    return spelling_table(tomllib.loads(path.read_text(encoding="utf-8"))["rows"])


def save_language(language: Language, path: Path) -> None:
    """Write a language file atomically.

    Raises:
        OSError: It cannot be written; the old file is unchanged.
    """
    import tomlkit  # imported late: it takes 0.1 s, and only writing needs it

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
                {
                    parameter.name: parameter.kind + OPTIONAL * parameter.optional
                    for parameter in word.parameters
                }
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
