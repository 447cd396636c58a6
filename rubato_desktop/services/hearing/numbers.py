"""Whole numbers in English words and back: ``twenty six`` ↔ 26."""

from __future__ import annotations

from functools import cache
from typing import Final

_SMALL: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
LARGEST: Final = 999


@cache
def in_words(number: int) -> str:
    """Return a number from 0 to `LARGEST` in words."""
    if number < len(_SMALL):
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f" {_SMALL[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_SMALL[hundreds]} hundred" + (f" {in_words(rest)}" if rest else "")


@cache
def _values() -> dict[str, int]:
    return {in_words(number): number for number in range(LARGEST + 1)}


def in_figures(text: str) -> str:
    """Replace numbers in words by figures, longest first: ``tab twenty six`` → ``tab 26``."""
    words, result, index = text.split(), [], 0
    while index < len(words):
        for end in range(min(len(words), index + 5), index, -1):
            value = _values().get(" ".join(words[index:end]))
            if value is not None:
                result.append(str(value))
                index = end
                break
        else:
            result.append(words[index])
            index += 1
    return " ".join(result)
