"""Cuts what a source says into chunks, along its structure and its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rubato_desktop.services.answers.tokens import sentences
from rubato_desktop.services.knowledge.readers import Passage, ReadDocument

# The embedding model reads 256 tokens, of four signs or so; what is longer is lost on it.
MOST: Final = 800  # signs
_LEAST: Final = 160  # a heading begins a new chunk, unless the one before were no more than a line
_BETWEEN: Final = "\n\n"  # paragraphs: a heading is no part of the sentence after it
_LONGEST_MS: Final = 60_000  # of what was said, so that its place is one


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a source that is found as one.

    Attributes:
        text: What it says.
        page, start_ms: Where it begins, as `Passage` has it.
    """

    text: str
    page: int | None = None
    start_ms: int | None = None


def chunks(reading: ReadDocument) -> Iterator[Chunk]:
    """Yield a source's chunks, in order; together they are all of it, each sign once.

    A chunk does not go over a heading, a page, or a minute; a paragraph is cut at sentences, and only where it must be.
    """
    held: list[Passage] = []
    for piece in _fitting(reading):
        if held and _ends(held, piece):
            yield _chunk(held)
            held = []
        held.append(piece)
    if held:
        yield _chunk(held)


def _ends(held: list[Passage], piece: Passage) -> bool:
    size = sum(len(one.text) + len(_BETWEEN) for one in held)
    if piece.heading:
        return not all(one.heading for one in held) and size >= _LEAST
    return (
        piece.page != held[0].page
        or size + len(piece.text) > MOST
        or (piece.start_ms or 0) - (held[0].start_ms or 0) > _LONGEST_MS
    )


def _chunk(held: list[Passage]) -> Chunk:
    return Chunk(_BETWEEN.join(piece.text for piece in held), held[0].page, held[0].start_ms)


def _fitting(reading: ReadDocument) -> Iterator[Passage]:
    """Yield pieces that fit into a chunk."""
    for piece in reading.pieces:
        if len(piece.text) <= MOST:
            if piece.text.strip():
                yield piece
            continue
        part = ""
        for bit in _bits(piece.text):
            if part and len(part) + len(bit) + 1 > MOST:
                yield Passage(part, piece.page, piece.start_ms)
                part = ""
            part = f"{part} {bit}" if part else bit
        if part:
            yield Passage(part, piece.page, piece.start_ms)


def _bits(text: str) -> Iterator[str]:
    """Yield sentences; of one that is too long, what fits, at a blank where there is one."""
    for sentence in sentences(text):
        while len(sentence) > MOST:
            cut = sentence.rfind(" ", MOST // 2, MOST)
            cut = cut if cut > 0 else MOST
            yield sentence[:cut].rstrip()
            sentence = sentence[cut:].lstrip()
        if sentence:
            yield sentence
