"""Base class of the readers of parameters, one per kind.

A reader gets one key at a time and returns a `Step`. It has no clock: it gets the time of each key, and sets a deadline
at which its owner calls `expire`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

ERASE = [0, 0, 0]


class Step(Enum):
    """The result of a key or a deadline. Keys in `Reader.pushed_back` start what comes next."""

    MORE = auto()  # the key belongs to the parameter, which is not complete yet
    DONE = auto()  # complete; `Reader.value` is its value
    DONE_BEFORE = auto()  # was complete before the keys that are pushed back
    OMITTED = auto()  # an optional parameter was left out; its keys are pushed back
    NO_VALUE = auto()  # the first key cannot be a value: the word lapses, the key is pushed back
    ERASED = auto()  # the player left or erased it
    UNKNOWN = auto()  # no value continues with this key
    LAPSED = auto()  # timed out without a value


@dataclass(frozen=True, slots=True)
class Timing:
    """The timeouts of the language in µs, and other settings of the readers.

    Attributes:
        naming: From the first key of a name to its end.
        pending: From the last key until what is half played lapses.
        number: From the last digit of a number to its end.
        entry: The pause that ends an open entry.
        together: The longest time between two presses of a chord.
        longest_entry: The most keys of a new word or digits of a number.
        spelling: (first key, second key) → character.
    """

    naming: int = 2_000_000
    pending: int = 4_000_000
    number: int = 1_200_000
    entry: int = 2_000_000
    together: int = 35_000
    longest_entry: int = 30
    spelling: Mapping[tuple[int, int], str] = field(default_factory=dict)


TimedKeys = list[tuple[int, int]]  # (time in µs, key)


class Reader:
    """Reads one parameter.

    Attributes:
        value: The value; valid after `Step.DONE` and `Step.DONE_BEFORE`.
        pushed_back: Keys that do not belong to the parameter after all.
        deadline: Time in µs at which to call `expire`; None for the pending timeout of the language.
        any_note: Whether notes beside the 25 keys are read too.
        ends_on_leave: Whether key 24 ends or leaves the parameter. It is then not part of the word's keys.
    """

    any_note = False
    ends_on_leave = False

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.value: Any = None
        self.pushed_back: TimedKeys = []
        self.deadline: int | None = None

    def press(self, t: int, key: int) -> Step:
        """Read a key going down at `t` (µs)."""
        raise NotImplementedError

    def release(self, t: int, key: int) -> Step:
        """Read a key going up at `t` (µs)."""
        return Step.MORE

    def expire(self) -> Step:
        """Handle the deadline, the reader's own or the pending timeout: end with the value so far, or lapse."""
        return Step.LAPSED

    def labels(self) -> dict[int, str]:
        """Return key → what the key would enter now, for the picture of the keys."""
        return {}

    def progress(self) -> str:
        """Return what has been read so far, as text."""
        return ""
