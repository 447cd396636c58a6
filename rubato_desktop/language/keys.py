"""The 25 keys, and lines of keys as text.

A key is a number from 0 (lowest) to 24 (highest): its distance from the base note in semitones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LOWEST, MIDDLE, LEAVE = 0, 12, 24
COUNT = 25
BASE_NOTE = 48

STEP_US = 250_000  # µs between two keys of a line
HELD_US = 200_000  # µs that a key of a line is held, so that it is released before the next

# The limits on digits (rests up to eleven days, keys up to three digits) reject typing errors.
_TOKEN = re.compile(r"\((?P<rest>\d{1,6}(?:\.\d{1,9})?)\)|(?P<chord>-?\d{1,3}(?:\+-?\d{1,3})*)")


class KeyLineError(ValueError):
    """A line of keys cannot be parsed; the message names the part that is wrong."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key going down or up.

    Attributes:
        t: Time in µs.
        key: 0-24, or a number outside that range for a note beside the 25 keys.
        down: Whether it goes down.
    """

    t: int
    key: int
    down: bool


def format_keys(keys: Iterable[int]) -> str:
    """Return keys as text: ``0 7 0``."""
    return " ".join(map(str, keys))


def read_keys(text: str) -> tuple[int, ...]:
    """Parse keys (0-24) separated by spaces or commas: ``0 7 0``.

    Raises:
        KeyLineError: A part is not a key.
    """
    keys = []
    for token in text.replace(",", " ").split():
        if not token.isdecimal() or len(token) > 3 or int(token) >= COUNT:
            raise KeyLineError(f"{token[:40]!r} is not a key; keys are numbers from 0 to {COUNT - 1}")
        keys.append(int(token))
    return tuple(keys)


def read_line(line: str) -> list[Press]:
    """Parse a line of keys with chords and rests: ``0 7 0 13+15 (2.5) 12``.

    A key comes every 0.25 s; ``13+15`` is a chord, ``(2.5)`` adds a rest of 2.5 s.

    Returns:
        Presses and releases in order of time.

    Raises:
        KeyLineError: A part is not a key, a chord or a rest.
    """
    presses: list[Press] = []
    t = 0
    for token in line.replace(",", " ").split():
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise KeyLineError(f"{token[:40]!r} is not a key, a chord like 13+15 or a rest like (2.5)")
        if match["rest"]:
            t += round(float(match["rest"]) * 1_000_000)
            continue
        chord = [int(key) for key in match["chord"].split("+")]
        presses += [Press(t, key, True) for key in chord]
        presses += [Press(t + HELD_US, key, False) for key in chord]
        t += STEP_US
    return sorted(presses, key=lambda press: press.t)
