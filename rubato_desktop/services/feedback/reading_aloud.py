"""Splitting a growing text into complete sentences to speak."""

from __future__ import annotations

import re
from typing import Final

_CITATION: Final = re.compile(r"\s*\[\d+\]")
# Everything up to the last certain end of a sentence.
_SENTENCES: Final = re.compile(r".*(?:[.!?…][\"'”’»)]*(?:\s*\[\d+\])*\s|[。！？]|\n)", re.S)


class ReadingAloud:
    """Returns the new sentences of a growing text."""

    def __init__(self) -> None:
        self._spoken = 0

    def new(self, text: str, *, ended: bool = False) -> str:
        """Return the complete sentences that were not returned before, and at the end the rest.

        Args:
            text: The whole text so far.
            ended: Whether the text is complete.
        """
        rest = text[self._spoken :]
        sentences = rest if ended else (match[0] if (match := _SENTENCES.match(rest)) else "")
        self._spoken += len(sentences)
        # Citation numbers are not spoken.
        return " ".join(_CITATION.sub("", sentences).split())
