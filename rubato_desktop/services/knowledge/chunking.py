"""Cuts documents into chunks along their structure and their time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rubato_desktop.services.answers.tokens import sentences
from rubato_desktop.services.knowledge.readers import Block, ReadDocument

# The embedding model reads 256 tokens of about four characters; it ignores the rest.
MAX_CHARACTERS: Final = 800
_MIN_CHARACTERS: Final = 160  # of a chunk before a heading may start the next one
_SEPARATOR: Final = "\n\n"  # a paragraph break, so that a heading is no part of the sentence after it
_MAX_MS: Final = 60_000  # of speech, so that the start time is precise enough


@dataclass(frozen=True, slots=True)
class Chunk:
    """The unit of retrieval: a piece of a document.

    Attributes:
        text: The text.
        page: Page where it begins, from 1.
        start_ms: Time where it begins, in milliseconds.
    """

    text: str
    page: int | None = None
    start_ms: int | None = None


def chunks(document: ReadDocument) -> Iterator[Chunk]:
    """Yield the chunks of a document in order; together they are its whole text, without overlap.

    A chunk does not cross a heading, a page or a minute; a long paragraph is cut at sentences.
    """
    current: list[Block] = []
    for piece in _fitting(document):
        if current and _starts_chunk(piece, current):
            yield _chunk(current)
            current = []
        current.append(piece)
    if current:
        yield _chunk(current)


def _starts_chunk(piece: Block, current: list[Block]) -> bool:
    size = sum(len(one.text) + len(_SEPARATOR) for one in current)
    if piece.heading:
        return not all(one.heading for one in current) and size >= _MIN_CHARACTERS
    return (
        piece.page != current[0].page
        or size + len(piece.text) > MAX_CHARACTERS
        or (piece.start_ms or 0) - (current[0].start_ms or 0) > _MAX_MS
    )


def _chunk(pieces: list[Block]) -> Chunk:
    return Chunk(_SEPARATOR.join(piece.text for piece in pieces), pieces[0].page, pieces[0].start_ms)


def _fitting(document: ReadDocument) -> Iterator[Block]:
    """Yield the pieces of a document, split where they are longer than a chunk."""
    for piece in document.pieces:
        if len(piece.text) <= MAX_CHARACTERS:
            if piece.text.strip():
                yield piece
            continue
        part = ""
        for fragment in _fragments(piece.text):
            if part and len(part) + len(fragment) + 1 > MAX_CHARACTERS:
                yield Block(part, piece.page, piece.start_ms)
                part = ""
            part = f"{part} {fragment}" if part else fragment
        if part:
            yield Block(part, piece.page, piece.start_ms)


def _fragments(text: str) -> Iterator[str]:
    """Yield the sentences of a text; one that is too long is cut at a space if it has one."""
    for sentence in sentences(text):
        while len(sentence) > MAX_CHARACTERS:
            cut = sentence.rfind(" ", MAX_CHARACTERS // 2, MAX_CHARACTERS)
            cut = cut if cut > 0 else MAX_CHARACTERS
            yield sentence[:cut].rstrip()
            sentence = sentence[cut:].lstrip()
        if sentence:
            yield sentence
