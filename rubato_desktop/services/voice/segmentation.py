"""Splits text into segments for synthesis: whole sentences, except that the first is short so that speech starts early.

Each segment may be longer than the one before by a factor that lets synthesis keep up, even at the fastest rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rubato_desktop.services.voice.markup import blocks
from rubato_desktop.services.voice.normalise import normalise

FIRST: Final = 30  # characters; synthesised in a tenth of a second
LONGEST: Final = 220
GROWTH: Final = 3

_END = re.compile(r"[.!?]+[\"')\]]*\s+(?=[\"'(]?[A-Z0-9\u00c0-\uffff])")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nr|Fig|Vol|approx|[Oo]p)|\b[A-Z])\.\s+$")
_CLAUSE = re.compile(r"[,;]\s+")
_COLON = re.compile(r":\s+")


def segment_text(text: str, language: str = "en-us") -> Iterator[str]:
    """Yield the segments of a text in order; none when nothing in it can be spoken.

    Args:
        text: As displayed: any length, with any markup.
        language: Of the voice.
    """
    limit = FIRST
    for block in blocks(text):
        for sentence in _sentences(normalise(block, language)):
            while sentence:
                segment, sentence = _split(sentence, limit)
                if any(map(str.isalnum, segment)):
                    yield segment
                    limit = min(LONGEST, limit * GROWTH)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(text):
        if not _ABBREVIATION.search(text, start, match.end()):
            yield text[start : match.end()].strip()
            start = match.end()
    if rest := text[start:].strip():
        yield rest


def _split(sentence: str, limit: int) -> tuple[str, str]:
    """Return the first segment of a sentence, and the rest."""
    # A few characters more are not worth a break in the intonation.
    index = _split_index(sentence, limit) if len(sentence) > limit * 1.5 else len(sentence)
    return sentence[:index].strip(), sentence[index:].strip()


def _split_index(sentence: str, limit: int) -> int:
    """Return the best index for a split: after a clause, else between two words."""
    for mark in (_CLAUSE, _COLON):  # a colon last: "link: Home" belongs together
        ends = [match.end() for match in mark.finditer(sentence, limit // 4, limit + limit // 4)]
        if ends:
            return ends[-1]
    space = sentence.rfind(" ", limit // 4, limit)
    return space if space > 0 else limit
