"""Numbers with their nouns."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 byte``, ``2,000 bytes``.

    Args:
        number: How many.
        noun: For one.
        plural: For any other number; `noun` with an s when left out.
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
