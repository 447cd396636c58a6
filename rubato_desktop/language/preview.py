"""Previews of what each next key would mean: in the tree of words, in a parameter, or in an unknown run."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.language.dictionary import Node, Parameter, Stack, Word
from rubato_desktop.language.keys import LEAVE
from rubato_desktop.language.parameters import Reader
from rubato_desktop.language.results import Option, Preview

OFF = Preview(awaits="off")  # the gate is closed: only "piano on" is recognised


def preview_of_tree(keys: Sequence[int], node: Node, stack: Stack) -> Preview:
    """Return the preview of the words that can follow.

    Args:
        keys: The keys (0-24) played so far; none at rest.
        node: The node of the tree that they lead to.
        stack: The active languages.
    """
    options = {key: _option(stack, child) for key, child in sorted(node.items())}
    if keys:
        options[LEAVE] = Option("leave")
    return Preview(tuple(keys), awaits="word" if keys else "rest", options=options)


def preview_of_parameter(keys: Sequence[int], word: Word, parameter: Parameter, reader: Reader) -> Preview:
    """Return the preview of the parameter that is being read."""
    options = {key: Option(label, completes=True) for key, label in reader.labels().items()}
    return Preview(tuple(keys), word.name, parameter.kind, options, reader.progress())


def preview_of_unknown(keys: Sequence[int]) -> Preview:
    """Return the preview of an unknown run, which ends on its first key or on key 24."""
    options = {keys[0]: Option("ends here"), LEAVE: Option("leave")}
    return Preview(tuple(keys), awaits="unknown", options=options)


def _option(stack: Stack, child: Node | Word) -> Option:
    word = stack.shortest_below(child)
    return Option(word.name, word.language, isinstance(child, Word), stack.names_below(child))
