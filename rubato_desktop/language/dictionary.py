"""Words, languages, and the stack of languages that are active.

A language is data: a list of words. Several are active at once, in order; the first is the current one.
Together they form one prefix tree in which no word is a prefix of another, so that a complete word acts at
once. Where two languages want the same keys, the higher one hides the lower one's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rubato_desktop.language.keys import format_keys

NAMES = "names"  # the language in which names stand
LONGEST_WORD = 30
SHORTEST_WORD = 2  # one key alone would act at every touch


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a word takes after its own keys.

    Attributes:
        name: The command's argument that it fills.
        kind: How its keys are read; one of `language.readers.KINDS`.
        optional: True when the word also stands without it.
    """

    name: str
    kind: str
    optional: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}{', optional' if self.optional else ''})"


@dataclass(frozen=True, slots=True)
class Word:
    """A sequence of keys that means something.

    Attributes:
        keys: 0-24 each, without 24; in the order played.
        name: What people call it.
        language: The language it belongs to.
        command: Id in the command registry; empty for a word that only means something.
        args: Arguments of the command that the word itself fixes.
        parameters: What it takes after its keys, in order.
        help: A sentence about it; empty to use the command's.
        meanings: What it can mean, first the one that holds.
        line: Line in its file, 0 when it has none.
    """

    keys: tuple[int, ...]
    name: str
    language: str = ""
    command: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    help: str = ""
    meanings: tuple[str, ...] = ()
    line: int = 0

    def __str__(self) -> str:
        return f"{self.name} ({format_keys(self.keys)})"


@dataclass(frozen=True, slots=True)
class Language:
    """A dictionary.

    Attributes:
        name: Its short name, as in files and track names.
        title: What people read.
        colour: Its colour in the window, ``#rrggbb``.
        words: Its words in order.
        writable: Whether words can be added by the user.
        description: A sentence about it.
    """

    name: str
    title: str
    colour: str = "#8aa4ff"
    words: tuple[Word, ...] = ()
    writable: bool = False
    description: str = ""


Node = dict[int, "Node | Word"]


@dataclass(frozen=True, slots=True)
class Hidden:
    """A word that cannot be reached because of another: `kind` is equal, prefix or extends."""

    word: Word
    by: Word
    kind: str

    def __str__(self) -> str:
        how = {"equal": "has the same keys as", "prefix": "is the beginning of", "extends": "begins with"}[
            self.kind
        ]
        return f"{self.word} of {self.word.language} {how} {self.by} of {self.by.language}"


class Stack:
    """The active languages as one prefix tree. Immutable once made.

    Args:
        languages: Highest first.
    """

    def __init__(self, languages: Iterable[Language]) -> None:
        self.languages = tuple(languages)
        self.root: Node = {}
        self.names: Node = {}
        self.hidden: list[Hidden] = []
        self._words: list[Word] = []
        self._by_name: dict[str, Word] = {}
        self._behind: dict[int, tuple[tuple[Word, ...], tuple[str, ...], Word]] = {}
        for language in self.languages:
            for word in language.words:
                self._add(word)

    def _add(self, word: Word) -> None:
        found = next(conflicts(word, self), None)
        if found is not None:
            self.hidden.append(found)
            return
        insert(self.root, word)
        if word.language == NAMES:
            insert(self.names, word)
        self._words.append(word)
        self._by_name.setdefault(word.name.lower(), word)

    def words(self) -> Sequence[Word]:
        """Every word that can be reached, in the order of the dictionary."""
        return self._words

    def word(self, name: str) -> Word | None:
        """The first reachable word called `name`, whatever its letter case."""
        return self._by_name.get(name.lower())

    def opening(self, keys: Sequence[int]) -> Word | None:
        """The reachable word that `keys` are or begin with."""
        node: Node | Word | None = self.root
        for key in keys:
            if not isinstance(node, dict):
                break
            node = node.get(key)
        return node if isinstance(node, Word) else None

    def at(self, keys: Sequence[int]) -> Word | None:
        """The reachable word of exactly these keys."""
        node: Node | Word | None = self.root
        for key in keys:
            node = node.get(key) if isinstance(node, dict) else None
        return node if isinstance(node, Word) else None

    def colour(self, language: str) -> str:
        """The colour of a language, ``#rrggbb``; grey for one that is not active."""
        return next((other.colour for other in self.languages if other.name == language), "#8a8fa3")

    def behind(self, node: Node | Word) -> tuple[Word, ...]:
        """Every word at or below a node, in the order of the tree."""
        return (node,) if isinstance(node, Word) else self._remembered(node)[0]

    def names_behind(self, node: Node | Word) -> tuple[str, ...]:
        """Their names; the same tuple each time, so that two looks at one place compare at once."""
        return (node.name,) if isinstance(node, Word) else self._remembered(node)[1]

    def shortest_behind(self, node: Node | Word) -> Word:
        """The one of them with the fewest keys, the first of several."""
        return node if isinstance(node, Word) else self._remembered(node)[2]

    def _remembered(self, node: Node) -> tuple[tuple[Word, ...], tuple[str, ...], Word]:
        # Asked at each key: with many words, gathering them anew would hold the next note up.
        known = self._behind.get(id(node))
        if known is None:
            words = tuple(word for child in node.values() for word in self.behind(child))
            shortest = min(
                (self.shortest_behind(child) for child in node.values()), key=lambda word: len(word.keys)
            )
            known = self._behind[id(node)] = (words, tuple(word.name for word in words), shortest)
        return known


def conflicts(word: Word, stack: Stack) -> Iterator[Hidden]:
    """Yield what in `stack` stands in the way of `word`: an equal word, one that it begins with, or those it begins."""
    node: Node | Word = stack.root
    for key in word.keys:
        if isinstance(node, Word):
            yield Hidden(word, node, "extends")
            return
        child = node.get(key)
        if child is None:
            return
        node = child
    if isinstance(node, Word):
        yield Hidden(word, node, "equal")
        return
    for other in stack.behind(node) if node else ():
        yield Hidden(word, other, "prefix")


def insert(root: Node, word: Word) -> None:
    """Put a word into a tree in which nothing stands in its way."""
    node = root
    for key in word.keys[:-1]:
        child = node.setdefault(key, {})
        assert not isinstance(child, Word)
        node = child
    node[word.keys[-1]] = word
