"""The language library: built-in and user languages, the active ones, and usage counts of words."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import write_beside
from rubato_desktop.language.checks import faults, propose
from rubato_desktop.language.dictionary import NAMES, Language, Stack, Word, conflicts
from rubato_desktop.language.keys import format_keys
from rubato_desktop.language.loading import LanguageFileError, load_language, load_spelling, save_language
from rubato_desktop.language.nearest import Nearest
from rubato_desktop.resources import resource

log = logging.getLogger(__name__)

PACKAGED = ("core", "names")  # files of `resources/languages/`
OWN = "own"  # language for new words while the current one is built in
COLOURS = ("#f6ad55", "#63b3ed", "#f687b3", "#9ae6b4", "#fbd38d", "#90cdf4")


class ConflictError(RubatoError):
    """A word that cannot be saved; `proposals` are free keys for it."""

    def __init__(self, happened: str, proposals: list[tuple[int, ...]]) -> None:
        free = ", ".join(format_keys(keys) for keys in proposals)
        super().__init__(
            happened, kept="Nothing was saved", todo=f"Free keys: {free}" if free else "", code="conflict"
        )
        self.proposals = proposals


class LanguageLibrary:
    """All languages and the stack of the active ones.

    Args:
        data: The data folder; user languages are in its ``languages/``.
        active: Names of the active languages, the current one first.

    Attributes:
        stack: The active languages as a tree; replaced, never modified.
        problems: Problems of language files.
        usage: How often each word was recognised, by its keys.
    """

    def __init__(self, data: Path, active: Iterable[str]) -> None:
        self.folder = data / "languages"
        self._usage_file = data / "usage.json"
        self.problems: list[RubatoError] = []
        self.languages: dict[str, Language] = {}
        self.usage: Counter[tuple[int, ...]] = Counter()
        self.spelling = load_spelling(resource("languages", "spelling.toml"))
        self._load()
        self.stack = Stack([])
        self._writing = (
            threading.Lock()
        )  # so that an older state of a language is never written over a newer one
        self.activate(active)

    def _load(self) -> None:
        own = sorted(self.folder.glob("*.toml")) if self.folder.is_dir() else []
        for path in (*(resource("languages", f"{name}.toml") for name in PACKAGED), *own):
            try:
                language = load_language(path)
            except LanguageFileError as error:
                self.problems.append(error)
                continue
            if language.name in self.languages and language.name != NAMES:
                self.problems.append(
                    LanguageFileError(path, 1, f"there is already a language {language.name!r}")
                )
                continue
            self.languages[language.name] = language
        try:
            counts = json.loads(self._usage_file.read_text(encoding="utf-8"))
            self.usage.update({tuple(map(int, keys.split())): int(count) for keys, count in counts.items()})
        except FileNotFoundError:
            pass
        except (OSError, ValueError, AttributeError, TypeError, OverflowError, RecursionError) as error:
            log.warning("the usage counts cannot be read and start at zero: %s", error)

    def activate(self, names: Iterable[str]) -> Stack:
        """Make languages active, the current one first, in addition to core and names. Returns the new stack."""
        wanted = [name for name in dict.fromkeys([*names, "core", NAMES]) if name in self.languages]
        self._rebuild(Stack([self.languages[name] for name in wanted]))
        return self.stack

    def _rebuild(self, stack: Stack) -> None:
        self.stack = stack
        self._nearest: Nearest | None = None

    @property
    def current(self) -> Language:
        """The current language."""
        return self.stack.languages[0]

    @property
    def active(self) -> list[str]:
        return [language.name for language in self.stack.languages]

    def nearest(self, keys: tuple[int, ...], limit: int = 3) -> list[Word]:
        """Return up to `limit` words closest to a run of keys."""
        if self._nearest is None:
            self._nearest = Nearest(self.stack)
        return self._nearest.find(keys, limit)

    def used(self, keys: tuple[int, ...]) -> None:
        """Count a use of the word that `keys` begin with; keys of its parameters may follow."""
        word = self.stack.leading_word(keys)
        self.usage[word.keys if word is not None else keys] += 1

    def save_usage(self) -> None:
        """Write the usage counts.

        Raises:
            OSError: they cannot be written.
        """
        counts = {format_keys(keys): count for keys, count in self.usage.items()}
        write_beside(self._usage_file, json.dumps(counts).encode())

    def home(self) -> str:
        """Return the language for new words: the current one if it can be written, else `OWN`."""
        return self.current.name if self.current.writable and self.current.name != NAMES else OWN

    def check(self, word: Word) -> None:
        """Check whether a word can be saved.

        Raises:
            ConflictError: it is invalid or conflicts with another word.
        """
        problems_found = faults(word)
        if problems_found:
            raise ConflictError(
                f"{format_keys(word.keys)} cannot be a word: {'; '.join(problems_found)}",
                propose(word, self.stack),
            )
        conflict = next(conflicts(word, self.stack), None)
        if conflict is not None:
            how = {
                "equal": f"is already {conflict.by.name}",
                "prefix": f"is the beginning of {conflict.by.name} ({format_keys(conflict.by.keys)})",
                "extends": f"begins with {conflict.by.name} ({format_keys(conflict.by.keys)})",
            }[conflict.kind]
            raise ConflictError(
                f"{format_keys(word.keys)} {how} in {conflict.by.language}", propose(word, self.stack)
            )

    def add(self, word: Word) -> Word:
        """Check a word, save it in its language, and make that language active.

        Raises:
            ConflictError: it is invalid or conflicts with another word.
            RubatoError: its language is built in.
        """
        self._write(self._with_word(word))
        return word

    def change(self, old: Word, new: Word) -> None:
        """Replace `old` by `new`, which has the same keys or those of a removed word."""
        self._write(self._with_word(new, old))

    def adopt(self, word: Word, *, instead_of: Word | None = None) -> Callable[[], None]:
        """Add or change a word at once, and leave writing the file to another thread.

        Args:
            word: The new word.
            instead_of: The word to replace; None to add one.

        Returns:
            A function that writes the language as it is when called; it raises `OSError` if that fails.

        Raises:
            RubatoError: as `add`.
        """
        self._replace(self._with_word(word, instead_of))
        return lambda: self._save(word.language)

    def _with_word(self, word: Word, old: Word | None = None) -> Language:
        """Return the word's language with the word added, or with `old` replaced."""
        if old is not None:
            language = self._writable(old.language)
            return replace(language, words=tuple(word if other is old else other for other in language.words))
        self.check(word)
        if word.language not in self.languages:
            self.languages[word.language] = Language(
                word.language,
                word.language.capitalize(),
                COLOURS[len(self.languages) % len(COLOURS)],
                writable=True,
            )
        language = self._writable(word.language)
        return replace(language, words=(*language.words, word))

    def remove(self, word: Word) -> None:
        """Remove a word.

        Raises:
            RubatoError: its language is built in.
        """
        language = self._writable(word.language)
        self._write(replace(language, words=tuple(other for other in language.words if other is not word)))

    def add_language(self, title: str) -> Language:
        """Create an empty language and make it the current one.

        Raises:
            RubatoError: the name is taken, or the title has no letter or digit.
        """
        name = "-".join(re.findall(r"\w+", title.lower()))[:40]
        if not name:
            raise RubatoError("The name of a language needs a letter or a digit", code="bad_value")
        if name in self.languages:
            raise RubatoError(f"There is already a language {name}", code="exists")
        language = Language(name, title.strip(), COLOURS[len(self.languages) % len(COLOURS)], writable=True)
        save_language(language, self._path(language))
        self.languages[name] = language
        self.activate([name, *self.active])
        return language

    def forget_language(self, name: str) -> None:
        """Delete an empty language: the undo step of `add_language`."""
        language = self._writable(name)
        if language.words:
            raise RubatoError(f"{language.title} has words and cannot be removed", code="not_empty")
        self._path(language).unlink(missing_ok=True)
        del self.languages[name]
        self.activate([other for other in self.active if other != name])

    def _writable(self, name: str) -> Language:
        language = self.languages[name]
        if not language.writable:
            raise RubatoError(
                f"The language {language.title} is built in and cannot be changed", code="read_only"
            )
        return language

    def _path(self, language: Language) -> Path:
        return self.folder / f"{language.name}.toml"

    def _write(self, language: Language) -> None:
        with self._writing:
            save_language(language, self._path(language))
        self._replace(language)

    def _save(self, name: str) -> None:
        with self._writing:
            language = self.languages[name]
            save_language(language, self._path(language))

    def _replace(self, language: Language) -> None:
        self.languages[language.name] = language
        self.activate(dict.fromkeys([*self.active, language.name]))
