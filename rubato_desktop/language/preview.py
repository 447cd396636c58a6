"""What each next key would mean now: made from the parser's place in the tree, or from the open parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rubato_desktop.language.dictionary import Node, Word
from rubato_desktop.language.keys import LEAVE
from rubato_desktop.language.results import Option, Preview

if TYPE_CHECKING:
    from rubato_desktop.language.parser import Parser


def preview(parser: Parser) -> Preview:
    """Return what is open in `parser`, and the meaning of each key that has one."""
    keys = tuple(parser._keys)
    if parser.gate is not None:
        return Preview(awaits="off")
    if parser._unknown:
        ends = Option("ends here")
        return Preview(keys, awaits="unknown", options={keys[0]: ends, LEAVE: Option("leave")})
    word, reader, parameter = parser._word, parser._reader, parser.awaited
    if word is not None and reader is not None and parameter is not None:
        faces = {key: Option(face, completes=True) for key, face in reader.faces().items()}
        return Preview(keys, word.name, parameter.kind, faces, reader.said())
    options = {key: _option(parser, child) for key, child in sorted(parser._node.items())}
    if keys:
        options[LEAVE] = Option("leave")
    return Preview(keys, awaits="word" if keys else "rest", options=options)


def _option(parser: Parser, child: Node | Word) -> Option:
    word = parser.stack.shortest_behind(child)
    return Option(word.name, word.language, isinstance(child, Word), parser.stack.names_behind(child))
