"""Reads plain text and Markdown, in which paragraphs are separated by empty lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rubato_desktop.services.knowledge.readers.base import (
    Block,
    ReadDocument,
    collapse_spaces,
    read_plain_text,
)

_HEADING: Final = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE: Final = re.compile(r"^\s{0,3}(=+|-{3,})\s*$")
_FENCE: Final = re.compile(r"^\s{0,3}(```|~~~)")
# Lines that are not joined with the one before: list items, table rows, indented code.
_OWN_LINE: Final = re.compile(r"^\s*(?:[-*+•]|\d+[.)]|\|)\s?|^\s{4,}\S")
_FRONT_MATTER: Final = re.compile(r"\A---\s*\n.*?\n---\s*\n", re.S)


def read_text(path: Path) -> ReadDocument:
    """Read a plain text file.

    Raises:
        UnreadableSource: it is not a text file.
    """
    blocks = re.split(r"\n\s*\n", read_plain_text(path).replace("\r\n", "\n"))
    return ReadDocument("", tuple(Block(_join_lines(block)) for block in blocks if block.strip()))


def read_markdown(path: Path) -> ReadDocument:
    """Read a Markdown file: the headings, fences and paragraphs of CommonMark, without front matter.

    Raises:
        UnreadableSource: it is not a text file.
    """
    pieces = tuple(_markdown(_FRONT_MATTER.sub("", read_plain_text(path).replace("\r\n", "\n"))))
    title = next((piece.text for piece in pieces if piece.heading), "")
    return ReadDocument(title, pieces)


def _markdown(text: str) -> Iterator[Block]:
    block: list[str] = []
    fence = ""

    def flush() -> Iterator[Block]:
        if any(line.strip() for line in block):
            yield Block(_join_lines("\n".join(block)))
        block.clear()

    for line in text.split("\n"):
        if mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif fence == mark[1]:
                fence = ""
            block.append(line)
        elif fence:
            block.append(line)
        elif heading := _HEADING.match(line):
            yield from flush()
            if heading[2]:
                yield Block(collapse_spaces(heading[2]), heading=True)
        elif _UNDERLINE.match(line) and len(block) == 1 and block[0].strip():
            yield Block(collapse_spaces(block.pop()), heading=True)
        elif not line.strip():
            yield from flush()
        else:
            block.append(line)
    yield from flush()


def _join_lines(block: str) -> str:
    """Join the lines of a paragraph, except list items, table rows and indented code."""
    lines: list[str] = []
    for line in block.split("\n"):
        if not line.strip():
            continue
        if lines and not _OWN_LINE.match(line):
            lines[-1] = f"{lines[-1]} {line.strip()}"
        else:
            lines.append(line.rstrip() if line[:4].isspace() else line.strip())
    return "\n".join(lines)
