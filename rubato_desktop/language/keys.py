"""The 25 keys: numbers, and lines of keys as people write them.

A key is an offset from the base note, 0 (lowest) to 24 (highest).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LOWEST, MIDDLE, LEAVE = 0, 12, 24
COUNT = 25
BASE_NOTE = 48

STEP_US = 250_000  # a line's key i sounds at i x 0.25 s
HELD_US = 200_000  # and is held this long, so that the next key finds it released

# A rest of up to eleven days, a key of up to three digits: beyond that it is a slip.
_TOKEN = re.compile(r"\((?P<rest>\d{1,6}(?:\.\d{1,9})?)\)|(?P<chord>-?\d{1,3}(?:\+-?\d{1,3})*)")


class KeyLineError(ValueError):
    """A line of keys that cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key going down or up.

    Attributes:
        t: Microseconds.
        key: 0-24, or outside that range for a note beside the 25 keys.
        down: True for going down.
    """

    t: int
    key: int
    down: bool


def format_keys(keys: Iterable[int]) -> str:
    """Return keys as people write them: ``0 7 0``."""
    return " ".join(map(str, keys))


def read_keys(text: str) -> tuple[int, ...]:
    """Read plain keys, ``0 7 0``; each 0-24.

    Raises:
        KeyLineError: something in it is not a key.
    """
    keys = []
    for token in text.replace(",", " ").split():
        if not token.isdecimal() or len(token) > 3 or int(token) >= COUNT:
            raise KeyLineError(f"{token[:40]!r} is not a key: keys are numbers from 0 to {COUNT - 1}")
        keys.append(int(token))
    return tuple(keys)


def read_line(line: str) -> list[Press]:
    """Read a line of keys with chords and rests: ``0 7 0 13+15 (2.5) 12``.

    Key i sounds at i x 0.25 s; ``13+15`` is a chord; ``(2.5)`` puts a rest of 2.5 s between.

    Returns:
        Presses and releases in order of time.

    Raises:
        KeyLineError: something in it is neither key, chord nor rest.
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
