"""Filters a model's output stream: drops citations of sources it was not given, and enforces the word limit."""

from __future__ import annotations

import re
from typing import Final

LIMITS: Final = {"short": 60, "normal": 150, "long": 400}  # words

_CITATION: Final = re.compile(
    r"\s*[\[【]\s*(?:(?:sources?|quellen?)\s*)?\d+(?:\s*(?:[,;–-]|and|und)\s*\d+)*\s*[\]】]", re.I
)
# A citation or a word at the end of the text, which the next token may continue.
_UNFINISHED: Final = re.compile(r"\s*[\[【][^\]】]{0,40}(?:[\]】]\S*)?$|\s*\S*$")
_NUMBER: Final = re.compile(r"\d+")
_SOFT_PUNCTUATION: Final = " ,;:–-"  # looks wrong before an ellipsis


def strip_citations(text: str) -> str:
    """Return a text without anything that reads as a citation."""
    return _CITATION.sub("", text)


class CitationFilter:
    """Turns a stream of tokens into the text that may be shown.

    Args:
        numbers: The sources that may be cited.
        limit: Maximum number of words, separated by white space; a citation counts as one.

    Attributes:
        text: All text returned so far.
        full: Whether the limit is reached; further input is dropped.
        cited: The numbers cited so far, each once, in order.
    """

    def __init__(self, numbers: set[int], limit: int) -> None:
        self._numbers, self._limit = numbers, limit
        self._pending = ""
        self.text = ""
        self.full = False
        self.cited: list[int] = []

    def feed(self, token: str) -> str:
        """Add a token and return the text that can be shown now; an unfinished word or citation stays pending."""
        self._pending += token
        unfinished = _UNFINISHED.search(self._pending)
        end = unfinished.start() if unfinished else len(self._pending)
        ready, self._pending = self._pending[:end], self._pending[end:]
        return self._show(ready)

    def finish(self) -> str:
        """Return the rest of the text, once the stream has ended."""
        ready, self._pending = self._pending.rstrip(), ""
        return self._show(ready, final=True)

    def _show(self, text: str, *, final: bool = False) -> str:
        if self.full or not text:
            return ""
        text = _CITATION.sub(self._normalise, text)
        if not self.text:
            text = text.lstrip()
        words_left = self._limit - len(self.text.split())
        if self.text and not self.text[-1].isspace() and text and not text[0].isspace():
            words_left += 1  # it continues the last word
        words = list(re.finditer(r"\s*\S+", text))
        if len(words) > words_left:
            self.full = True
            text = text[: words[words_left - 1].end()].rstrip(_SOFT_PUNCTUATION) if words_left > 0 else ""
            if (self.text + text)[-1:] not in ("", *".!?]”"):
                text += "…"
        elif len(words) == words_left and not final:
            # An ellipsis may follow, and shown punctuation cannot be taken back.
            whole, text = text, text.rstrip(_SOFT_PUNCTUATION)
            self._pending = whole[len(text) :] + self._pending
        numbers = (
            int(number) for citation in _CITATION.findall(text) for number in _NUMBER.findall(citation)
        )
        self.cited = list(dict.fromkeys([*self.cited, *numbers]))
        self.text += text
        return text

    def _normalise(self, match: re.Match[str]) -> str:
        """Rewrite a citation as ``[1, 2]`` with the known numbers only; expand a range by at most 50."""
        numbers = _NUMBER.findall(match[0])
        if len(numbers) == 2 and re.search(r"\d\s*[–-]\s*\d", match[0]):
            numbers = list(map(str, range(int(numbers[0]), min(int(numbers[1]), int(numbers[0]) + 50) + 1)))
        known = [number for number in dict.fromkeys(map(int, numbers)) if number in self._numbers]
        return f" [{', '.join(map(str, known))}]" if known else ""
