"""Text into pieces fit to be spoken: a sentence each, the first of them short so that speech starts early.

Each may be so much longer than the one before that it is ready, also at the highest rate, before that one is over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rubato_desktop.services.voice.markup import blocks
from rubato_desktop.services.voice.normalise import normalise

FIRST: Final = 30  # characters; a voice needs a tenth of a second for so much
LONGEST: Final = 220
GROWTH: Final = 3

_END = re.compile(r"[.!?]+[\"')\]]*\s+(?=[\"'(]?[A-Z0-9\u00c0-\uffff])")
_SHORT = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nr|Fig|Vol|approx|[Oo]p)|\b[A-Z])\.\s+$")
_CLAUSE = re.compile(r"[,;]\s+")
_COLON = re.compile(r":\s+")


def segment_text(text: str, language: str = "en-us") -> Iterator[str]:
    """Yield what is to be said, one after the other; nothing for a text in which nothing can be said.

    Args:
        text: As it is shown: any length, with whatever markup.
        language: Of the voice.
    """
    most = FIRST
    for block in blocks(text):
        for sentence in _sentences(normalise(block, language)):
            while sentence:
                piece, sentence = _cut(sentence, most)
                if any(map(str.isalnum, piece)):
                    yield piece
                    most = min(LONGEST, most * GROWTH)


def _sentences(text: str) -> Iterator[str]:
    begin = 0
    for found in _END.finditer(text):
        if not _SHORT.search(text, begin, found.end()):
            yield text[begin : found.end()].strip()
            begin = found.end()
    if rest := text[begin:].strip():
        yield rest


def _cut(sentence: str, most: int) -> tuple[str, str]:
    """Return the first piece of a sentence, and the rest."""
    # A few characters more are not worth a break in the melody.
    at = _place(sentence, most) if len(sentence) > most * 1.5 else len(sentence)
    return sentence[:at].strip(), sentence[at:].strip()


def _place(sentence: str, most: int) -> int:
    """Return where a sentence is cut best: after a clause, else between two words."""
    for mark in (_CLAUSE, _COLON):  # what follows a colon belongs to what is before it, as in "link: Home"
        places = [found.end() for found in mark.finditer(sentence, most // 4, most + most // 4)]
        if places:
            return places[-1]
    space = sentence.rfind(" ", most // 4, most)
    return space if space > 0 else most
