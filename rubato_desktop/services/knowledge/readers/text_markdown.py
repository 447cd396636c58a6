"""Plain texts and Markdown: paragraphs stand between empty lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rubato_desktop.services.knowledge.readers.base import Passage, ReadDocument, paragraph, text_of

_HEADING: Final = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE: Final = re.compile(r"^\s{0,3}(=+|-{3,})\s*$")
_FENCE: Final = re.compile(r"^\s{0,3}(```|~~~)")
# Lines that mean something each for itself: items, table rows, what is set in.
_OWN_LINE: Final = re.compile(r"^\s*(?:[-*+•]|\d+[.)]|\|)\s?|^\s{4,}\S")
_FRONT_MATTER: Final = re.compile(r"\A---\s*\n.*?\n---\s*\n", re.S)


def read_text(path: Path) -> ReadDocument:
    """Read a .txt file."""
    blocks = re.split(r"\n\s*\n", text_of(path).replace("\r\n", "\n"))
    return ReadDocument("", tuple(Passage(_lines(block)) for block in blocks if block.strip()))


def read_markdown(path: Path) -> ReadDocument:
    """Read a .md file (CommonMark's headings, fences and paragraphs)."""
    pieces = tuple(_markdown(_FRONT_MATTER.sub("", text_of(path).replace("\r\n", "\n"))))
    title = next((piece.text for piece in pieces if piece.heading), "")
    return ReadDocument(title, pieces)


def _markdown(text: str) -> Iterator[Passage]:
    block: list[str] = []
    fence = ""

    def done() -> Iterator[Passage]:
        if any(line.strip() for line in block):
            yield Passage(_lines("\n".join(block)))
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
        elif found := _HEADING.match(line):
            yield from done()
            if found[2]:
                yield Passage(paragraph(found[2]), heading=True)
        elif _UNDERLINE.match(line) and len(block) == 1 and block[0].strip():
            yield Passage(paragraph(block.pop()), heading=True)
        elif not line.strip():
            yield from done()
        else:
            block.append(line)
    yield from done()


def _lines(block: str) -> str:
    """Return a paragraph in one line, except where its lines are items or rows of their own."""
    kept: list[str] = []
    for line in block.split("\n"):
        if not line.strip():
            continue
        if kept and not _OWN_LINE.match(line):
            kept[-1] = f"{kept[-1]} {line.strip()}"
        else:
            kept.append(line.rstrip() if line[:4].isspace() else line.strip())
    return "\n".join(kept)
