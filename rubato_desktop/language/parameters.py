"""How the keys of a parameter are read: one small reader a kind (keymap §3).

A reader sees one key at a time and answers with a `Step`. It has no clock: it is told the time of each key,
and names the time at which it wants to be asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

ERASE = [0, 0, 0]


class Step(Enum):
    """What a reader says to a key or to time."""

    MORE = auto()  # the key belongs to the parameter, which is not complete
    DONE = auto()  # complete, `value` holds
    BEFORE = auto()  # complete without the keys in `left`, which open what comes next
    WITHOUT = auto()  # an optional parameter that is not given; `left` opens what comes next
    NOTHING = (
        auto()
    )  # no value was given and this key cannot be one: the word lapses, `left` opens what comes next
    ERASED = auto()
    UNKNOWN = auto()  # the key continues nothing
    LAPSED = auto()


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of the language, in µs, and what else a reader must know.

    Attributes:
        naming: From a name's first key to its end.
        pending: From the last key until something half-played lapses.
        number: From a number's last digit until it is taken.
        entry: The pause that ends an open entry.
        together: Onsets at most this far apart are a chord.
        longest_entry: The most keys in a new word.
        spelling: (first key, second key) → character.
    """

    naming: int = 2_000_000
    pending: int = 4_000_000
    number: int = 1_200_000
    entry: int = 2_000_000
    together: int = 35_000
    longest_entry: int = 30
    spelling: Mapping[tuple[int, int], str] = field(default_factory=dict)


Left = list[tuple[int, int]]  # (µs, key) of keys that the reader gives back


class Reader:
    """Reads one parameter.

    Attributes:
        value: What was read; holds after `Step.DONE` and `Step.BEFORE`.
        left: Keys given back.
        deadline: µs at which `expire` wants to be called; None for only when the pending time is over.
        any_note: True when notes beside the 25 keys count as well.
        leaves: True when key 24 ends or erases here instead of being a value; it is then nobody's key.
    """

    any_note = False
    leaves = False

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.value: Any = None
        self.left: Left = []
        self.deadline: int | None = None

    def press(self, t: int, key: int) -> Step:
        raise NotImplementedError

    def release(self, t: int, key: int) -> Step:
        return Step.MORE

    def expire(self) -> Step:
        """Time is over, the reader's own or the pending time: a valid number is taken, anything else lapses."""
        return Step.LAPSED

    def faces(self) -> dict[int, str]:
        """What each key would be now, for the picture of the keys."""
        return {}

    def said(self) -> str:
        """What has been read so far, in words."""
        return ""
