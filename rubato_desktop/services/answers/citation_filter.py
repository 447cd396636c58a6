"""What a model says, as it may be shown: only citations of sources it was given, no more words than were asked for."""

from __future__ import annotations

import re
from typing import Final

LIMITS: Final = {"short": 60, "normal": 150, "long": 400}  # words

_MARK: Final = re.compile(
    r"\s*[\[【]\s*(?:(?:sources?|quellen?)\s*)?\d+(?:\s*(?:[,;–-]|and|und)\s*\d+)*\s*[\]】]", re.I
)
_OPEN: Final = re.compile(r"\s*[\[【][^\]】]{0,40}(?:[\]】]\S*)?$|\s*\S*$")
_NUMBER: Final = re.compile(r"\d+")


def without_marks(text: str) -> str:
    """Return a text without anything that reads as a citation."""
    return _MARK.sub("", text)


class CitationFilter:
    """Takes a stream of words in and gives out what may be shown.

    Args:
        numbers: The sources that may be cited.
        limit: The most words, counted as what stands between blanks, marks of citation among them.

    Attributes:
        text: All that was given out.
        full: Whether the limit is reached; what comes after is dropped.
        cited: The numbers that were cited, each once, in order.
    """

    def __init__(self, numbers: set[int], limit: int) -> None:
        self._numbers, self._limit = numbers, limit
        self._waiting = ""
        self.text = ""
        self.full = False
        self.cited: list[int] = []

    def feed(self, piece: str) -> str:
        """Take a piece in; returns what can be shown now. A word or a mark that may go on waits."""
        self._waiting += piece
        cut = _OPEN.search(self._waiting)
        ready, self._waiting = (
            (self._waiting[: cut.start()], self._waiting[cut.start() :]) if cut else (self._waiting, "")
        )
        return self._show(ready)

    def end(self) -> str:
        """There is no more; returns the rest that can be shown."""
        ready, self._waiting = self._waiting.rstrip(), ""
        return self._show(ready)

    def _show(self, text: str) -> str:
        if self.full or not text:
            return ""
        text = _MARK.sub(self._mark, text)
        if not self.text:
            text = text.lstrip()
        room = self._limit - len(self.text.split())
        if self.text and not self.text[-1].isspace() and text and not text[0].isspace():
            room += 1  # it goes on with the word that stands there
        words = list(re.finditer(r"\s*\S+", text))
        if len(words) > room:
            self.full = True
            text = text[: words[room - 1].end()].rstrip(" ,;:–-") if room > 0 else ""
            if (self.text + text)[-1:] not in ("", *".!?]”"):
                text += "…"
        marked = (int(number) for mark in _MARK.findall(text) for number in _NUMBER.findall(mark))
        self.cited = list(dict.fromkeys([*self.cited, *marked]))
        self.text += text
        return text

    def _mark(self, found: re.Match[str]) -> str:
        """Keep of a mark the numbers that were given; write it the one way."""
        numbers = _NUMBER.findall(found[0])
        if len(numbers) == 2 and re.search(r"\d\s*[–-]\s*\d", found[0]):
            numbers = list(map(str, range(int(numbers[0]), min(int(numbers[1]), int(numbers[0]) + 50) + 1)))
        kept = [number for number in dict.fromkeys(map(int, numbers)) if number in self._numbers]
        return f" [{', '.join(map(str, kept))}]" if kept else ""
