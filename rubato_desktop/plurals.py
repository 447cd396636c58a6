"""Numbers with nouns that agree."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 byte``, ``2,000 bytes``.

    Args:
        number: The number.
        noun: The noun in the singular.
        plural: The noun in the plural; `noun` with an s by default.
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
