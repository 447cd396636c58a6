"""Parts of a message as sentences."""

from __future__ import annotations


def sentences(*parts: str) -> str:
    """Join the parts that are not empty; each ends in a full stop, unless it has an end of its own."""
    return " ".join(part if part[-1] in ".!?…:" else f"{part}." for part in map(str.strip, parts) if part)
