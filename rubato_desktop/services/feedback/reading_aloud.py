"""A text that grows, said sentence by sentence as each is whole."""

from __future__ import annotations

import re
from typing import Final

_CITATION: Final = re.compile(r"\s*\[\d+\]")
# Up to here nothing that comes can change where a sentence ends.
_WHOLE: Final = re.compile(r".*(?:[.!?…][\"'”’»)]*(?:\s*\[\d+\])*\s|[。！？]|\n)", re.S)


class ReadingAloud:
    """Gives what is new to be said of a growing text."""

    def __init__(self) -> None:
        self._said = 0

    def new(self, text: str, *, ended: bool = False) -> str:
        """Return the whole sentences that were not returned before; at the end, whatever is left.

        Args:
            text: All of it so far.
            ended: Whether it grows no more.
        """
        rest = text[self._said :]
        found = rest if ended else (match[0] if (match := _WHOLE.match(rest)) else "")
        self._said += len(found)
        # Numbers of sources are for the eye.
        return " ".join(_CITATION.sub("", found).split())
