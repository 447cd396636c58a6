"""What each next key would mean: in the tree of words, in an open parameter, or in a run that is no word."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.language.dictionary import Node, Parameter, Stack, Word
from rubato_desktop.language.keys import LEAVE
from rubato_desktop.language.parameters import Reader
from rubato_desktop.language.results import Option, Preview

OFF = Preview(awaits="off")  # only "piano on" is heard


def preview_of_tree(keys: Sequence[int], node: Node, stack: Stack) -> Preview:
    """Return the words that can follow.

    Args:
        keys: Keys (0-24) played so far; none at rest.
        node: Where they lead to in the tree.
        stack: The active words.
    """
    options = {key: _option(stack, child) for key, child in sorted(node.items())}
    if keys:
        options[LEAVE] = Option("leave")
    return Preview(tuple(keys), awaits="word" if keys else "rest", options=options)


def preview_of_parameter(keys: Sequence[int], word: Word, parameter: Parameter, reader: Reader) -> Preview:
    """Return what each key would give to the parameter of a word that is being read."""
    faces = {key: Option(face, completes=True) for key, face in reader.faces().items()}
    return Preview(tuple(keys), word.name, parameter.kind, faces, reader.said())


def preview_of_unknown(keys: Sequence[int]) -> Preview:
    """Return the two ways out of a run that continues nothing: its opening key again, and key 24."""
    options = {keys[0]: Option("ends here"), LEAVE: Option("leave")}
    return Preview(tuple(keys), awaits="unknown", options=options)


def _option(stack: Stack, child: Node | Word) -> Option:
    word = stack.shortest_behind(child)
    return Option(word.name, word.language, isinstance(child, Word), stack.names_behind(child))
