"""Words, languages, and the stack of active languages.

A language is a list of words. Several are active at once, in order; the first is the current one. Together they form
one prefix tree in which no word is a prefix of another, so that a word runs as soon as it is complete. If the keys of
two words conflict, the word of the higher language hides the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rubato_desktop.language.keys import format_keys

NAMES = "names"  # the language of names
LONGEST_WORD = 30  # keys
SHORTEST_WORD = 2  # keys; a word of one key would run at every touch of it


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that is played after the keys of a word.

    Attributes:
        name: The argument of the command that it sets.
        kind: How it is played, one of `language.readers.KINDS`.
        optional: Whether it can be left out.
    """

    name: str
    kind: str
    optional: bool = False

    def __str__(self) -> str:
        return f"{self.name} ({self.kind}{', optional' if self.optional else ''})"


@dataclass(frozen=True, slots=True)
class Word:
    """A sequence of keys with a meaning.

    Attributes:
        keys: Its keys (0-23) in the order played.
        name: Its name.
        language: The name of its language.
        command: The id of the command it runs; empty if it only has a meaning.
        args: Arguments of the command that the word fixes.
        parameters: The parameters that are played after it, in order.
        help: A sentence about it; if empty, the summary of the command is used.
        meanings: Its meanings; the first is the current one.
        line: The line of its file where it starts, from 1; 0 if it is not from a file.
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
    """A list of words.

    Attributes:
        name: Its name in files and in the names of tracks.
        title: Its title on screen.
        colour: Its colour on screen, ``#rrggbb``.
        words: Its words in order.
        writable: Whether the user can add words to it.
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
    """A word that cannot be played because of another word.

    Attributes:
        word: The hidden word.
        by: The word that hides it.
        kind: ``equal``: their keys are the same; ``prefix``: the hidden word is a prefix of the other; ``extends``: it
            starts with the other.
    """

    word: Word
    by: Word
    kind: str

    def __str__(self) -> str:
        verb = {"equal": "has the same keys as", "prefix": "is the beginning of", "extends": "begins with"}[
            self.kind
        ]
        return f"{self.word} of {self.word.language} {verb} {self.by} of {self.by.language}"


class Stack:
    """The active languages as one prefix tree. Immutable.

    Args:
        languages: The languages, highest first.

    Attributes:
        languages: The languages, highest first.
        root: The tree of all words.
        names: The tree of names alone.
        hidden: The words that cannot be played.
    """

    def __init__(self, languages: Iterable[Language]) -> None:
        self.languages = tuple(languages)
        self.root: Node = {}
        self.names: Node = {}
        self.hidden: list[Hidden] = []
        self._words: list[Word] = []
        self._by_name: dict[str, Word] = {}
        # id of a node → the words below it, their names, and the shortest of them
        self._subtrees: dict[int, tuple[tuple[Word, ...], tuple[str, ...], Word]] = {}
        for language in self.languages:
            for word in language.words:
                self._add(word)

    def _add(self, word: Word) -> None:
        conflict = next(conflicts(word, self), None)
        if conflict is not None:
            self.hidden.append(conflict)
            return
        insert(self.root, word)
        if word.language == NAMES:
            insert(self.names, word)
        self._words.append(word)
        self._by_name.setdefault(word.name.lower(), word)

    def words(self) -> Sequence[Word]:
        """Return all words that can be played, in the order of the languages."""
        return self._words

    def word(self, name: str) -> Word | None:
        """Return the first word with a name, ignoring case, or None."""
        return self._by_name.get(name.lower())

    def leading_word(self, keys: Sequence[int]) -> Word | None:
        """Return the word that `keys` start with, or None."""
        node: Node | Word | None = self.root
        for key in keys:
            if not isinstance(node, dict):
                break
            node = node.get(key)
        return node if isinstance(node, Word) else None

    def at(self, keys: Sequence[int]) -> Word | None:
        """Return the word with exactly these keys, or None."""
        node: Node | Word | None = self.root
        for key in keys:
            node = node.get(key) if isinstance(node, dict) else None
        return node if isinstance(node, Word) else None

    def colour(self, language: str) -> str:
        """Return the colour of a language, ``#rrggbb``; grey if it is not active."""
        return next((other.colour for other in self.languages if other.name == language), "#8a8fa3")

    def words_below(self, node: Node | Word) -> tuple[Word, ...]:
        """Return all words at or below a node, in the order of the tree."""
        return (node,) if isinstance(node, Word) else self._subtree(node)[0]

    def names_below(self, node: Node | Word) -> tuple[str, ...]:
        """Return the names of `words_below`; the same tuple each time, so that comparing two previews is fast."""
        return (node.name,) if isinstance(node, Word) else self._subtree(node)[1]

    def shortest_below(self, node: Node | Word) -> Word:
        """Return the first word at or below a node with the fewest keys."""
        return node if isinstance(node, Word) else self._subtree(node)[2]

    def _subtree(self, node: Node) -> tuple[tuple[Word, ...], tuple[str, ...], Word]:
        # Cached because it is read at each key: with many words, collecting them would delay the next note.
        subtree = self._subtrees.get(id(node))
        if subtree is None:
            words = tuple(word for child in node.values() for word in self.words_below(child))
            shortest = min(
                (self.shortest_below(child) for child in node.values()), key=lambda word: len(word.keys)
            )
            subtree = self._subtrees[id(node)] = (words, tuple(word.name for word in words), shortest)
        return subtree


def conflicts(word: Word, stack: Stack) -> Iterator[Hidden]:
    """Yield the conflicts of a word: an equal word, one that it starts with, or those that start with it.

    Args:
        word: The word; each conflict has it as the hidden word.
        stack: The languages it would be added to.
    """
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
    for other in stack.words_below(node) if node else ():
        yield Hidden(word, other, "prefix")


def insert(root: Node, word: Word) -> None:
    """Insert a word into a tree whose words do not conflict with it."""
    node = root
    for key in word.keys[:-1]:
        child = node.setdefault(key, {})
        assert not isinstance(child, Word)
        node = child
    node[word.keys[-1]] = word
