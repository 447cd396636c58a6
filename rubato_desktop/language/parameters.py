"""How the keys of a parameter are read: one small reader a kind (keymap §3).

A reader sees one key at a time and answers with a `Step`. It has no clock: it is told the time of each key,
and names the time at which it wants to be asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from rubato_desktop.language.keys import COUNT, LEAVE, MIDDLE

LONGEST_TEXT = 4000  # keys; a text is bounded only so that nothing grows for ever
LONGEST_NAME, SHORTEST_NAME = 12, 3
ERASE = [0, 0, 0]
UNDEFINED = "\N{REPLACEMENT CHARACTER}"
SHOWN = {
    "\b": "take back",
    "\n": "new line",
    "\t": "tab",
}  # characters that a key's face cannot show as they are


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


class Speed(Reader):
    """One key: 0 pauses, 1 plays, 2-11 are 0.1 to 1, from 12 on a quarter more each key: 1 to 4."""

    def press(self, t: int, key: int) -> Step:
        self.value = self.of(key)
        return Step.DONE

    @staticmethod
    def of(key: int) -> str | float:
        k = key - MIDDLE
        if k == -12:
            return "pause"
        if k == -11:
            return "play"
        return (k + 11) / 10 if k < 0 else 1 + k / 4

    def faces(self) -> dict[int, str]:
        values = {key: self.of(key) for key in range(COUNT)}
        return {key: value if isinstance(value, str) else f"{value:g}×" for key, value in values.items()}


class Volume(Reader):
    """One key: key / 24."""

    def press(self, t: int, key: int) -> Step:
        self.value = key / 24
        return Step.DONE

    def faces(self) -> dict[int, str]:
        return {key: f"{round(100 * key / 24)} %" for key in range(COUNT)}


class Note(Reader):
    """One note, which may lie beside the 25 keys: its offset from the base note."""

    any_note = True

    def press(self, t: int, key: int) -> Step:
        self.value = key
        return Step.DONE

    def faces(self) -> dict[int, str]:
        return dict.fromkeys(range(COUNT), "lowest")


class Grid(Reader):
    """One key of 0-11 (row = 11 - key) and one of 13-24 (column = key - 13), in either order; 12 erases."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.row: int | None = None
        self.column: int | None = None

    def press(self, t: int, key: int) -> Step:
        if key == MIDDLE:
            return Step.ERASED
        if key < MIDDLE:
            if self.row is not None:
                return Step.UNKNOWN
            self.row = 11 - key
        else:
            if self.column is not None:
                return Step.UNKNOWN
            self.column = key - 13
        if self.row is None or self.column is None:
            return Step.MORE
        self.value = {"row": self.row, "column": self.column}
        return Step.DONE

    def faces(self) -> dict[int, str]:
        rows = {} if self.row is not None else {key: f"row {11 - key}" for key in range(MIDDLE)}
        columns = (
            {} if self.column is not None else {key: f"col {key - 13}" for key in range(MIDDLE + 1, COUNT)}
        )
        return {**rows, MIDDLE: "erase", **columns}

    def said(self) -> str:
        parts = [("row", self.row), ("column", self.column)]
        return ", ".join(f"{name} {value}" for name, value in parts if value is not None)


class Box(Reader):
    """A grid point, then 12 for the point alone, or a second grid point for a box."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.points: list[dict[str, int]] = []
        self.grid = Grid(timing)

    def press(self, t: int, key: int) -> Step:
        at_rest = self.grid.row is None and self.grid.column is None
        if key == MIDDLE and self.points and at_rest:
            self.value = self.points
            return Step.DONE
        step = self.grid.press(t, key)
        if step is not Step.DONE:
            return step
        self.points.append(self.grid.value)
        self.grid = Grid(self.timing)
        if len(self.points) < 2:
            return Step.MORE
        self.value = self.points
        return Step.DONE

    def faces(self) -> dict[int, str]:
        faces = self.grid.faces()
        if self.points and not self.grid.said():
            faces[MIDDLE] = "only this"
        return faces

    def said(self) -> str:
        points = [f"row {point['row']}, column {point['column']}" for point in self.points]
        return "; ".join(filter(None, [*points, self.grid.said()]))


class Scroll(Reader):
    """One key: 12 - key steps, positive is down. A chord of two: vertical around 6, horizontal around 18."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.first: int | None = None

    def press(self, t: int, key: int) -> Step:
        if self.first is None:
            self.first = key
            self.deadline = t + self.timing.together + 1
            return Step.MORE
        lower, upper = sorted((self.first, key))
        if lower > MIDDLE or upper < MIDDLE:
            return Step.UNKNOWN
        self.value = {"vertical": 6 - lower, "horizontal": upper - 18}
        return Step.DONE

    def expire(self) -> Step:
        if self.first is None:
            return Step.LAPSED
        self.value = {"vertical": MIDDLE - self.first, "horizontal": 0}
        return Step.DONE

    def faces(self) -> dict[int, str]:
        return {key: f"{12 - key:+d}" if key != MIDDLE else "0" for key in range(COUNT)}


class Number(Reader):
    """Base 10, signed: 13..22 are 0..9; 11..2 are 0..9 of a negative number; the first digit fixes the sign."""

    leaves = True

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.sign = 0
        self.digits: list[int] = []

    def press(self, t: int, key: int) -> Step:
        sign, digit = (1, key - 13) if key > MIDDLE else (-1, 11 - key)
        is_digit = (
            key != MIDDLE
            and 0 <= digit <= 9
            and self.sign in (0, sign)
            and len(self.digits) < self.timing.longest_entry
        )
        if is_digit:
            self.sign = sign
            self.digits.append(digit)
            self.value = sign * int("".join(map(str, self.digits)))
            self.deadline = t + self.timing.number
            return Step.MORE
        if key in (MIDDLE, LEAVE):
            return Step.DONE if self.digits else Step.ERASED
        self.left = [(t, key)]
        return Step.BEFORE if self.digits else Step.NOTHING

    def expire(self) -> Step:
        return Step.DONE if self.digits else Step.LAPSED

    def faces(self) -> dict[int, str]:
        up = {key: str(key - 13) for key in range(13, 23)} if self.sign >= 0 else {}
        down = {key: f"-{11 - key}" for key in range(2, 12)} if self.sign <= 0 else {}
        return {**down, MIDDLE: "done" if self.digits else "erase", **up}

    def said(self) -> str:
        return "-" * (self.sign < 0) + "".join(map(str, self.digits))


class Number2(Reader):
    """Base 2, signed: a key right of the middle adds 2^(key-13), one left of it subtracts 2^(11-key).

    Keys down together are a chord, which ends when all are released; single keys are a run, which ends with
    key 12 or the number pause. 12 alone is zero.
    """

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.value = 0
        self.count = 0
        self.down: set[int] = set()
        self.onset: int | None = None
        self.chord = False

    def press(self, t: int, key: int) -> Step:
        together = self.onset is not None and t - self.onset <= self.timing.together
        if key == MIDDLE and self.count and not together:
            return Step.DONE
        self.chord = self.chord or together
        self.onset = t
        self.down.add(key)
        self.count += 1
        self.value += self.of(key)
        # Alone, the middle key is complete as soon as no chord can come of it.
        wait = self.timing.together + 1 if key == MIDDLE else self.timing.number
        self.deadline = None if self.chord else t + wait
        return Step.MORE

    @staticmethod
    def of(key: int) -> int:
        if key == MIDDLE:
            return 0
        return 1 << (key - 13) if key > MIDDLE else -(1 << (11 - key))

    def release(self, t: int, key: int) -> Step:
        self.down.discard(key)
        return Step.DONE if self.chord and not self.down else Step.MORE

    def expire(self) -> Step:
        return Step.DONE if self.count else Step.LAPSED

    def faces(self) -> dict[int, str]:
        return {
            key: f"{self.of(key):+d}" if key != MIDDLE else "done" if self.count else "0"
            for key in range(COUNT)
        }

    def said(self) -> str:
        return str(self.value) if self.count else ""


class Keys(Reader):
    """The keys of a new word: an open entry that ends with key 24 or a pause; 0 0 0 in it erases."""

    leaves = True

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.keys: list[int] = []
        self.limit = timing.longest_entry

    def press(self, t: int, key: int) -> Step:
        if key == LEAVE:
            return self._end(Step.ERASED)
        self.keys.append(key)
        if self.keys[-3:] == ERASE:
            return Step.ERASED
        self.deadline = t + self.timing.entry
        return Step.MORE if len(self.keys) <= self.limit else Step.UNKNOWN

    def expire(self) -> Step:
        return self._end(Step.LAPSED)

    def _end(self, otherwise: Step) -> Step:
        self.value = self.read()
        return Step.DONE if self.keys else otherwise

    def read(self) -> Any:
        return list(self.keys)

    def faces(self) -> dict[int, str]:
        return {LEAVE: "done" if self.keys else "leave"}

    def said(self) -> str:
        return " ".join(map(str, self.keys))


class Text(Keys):
    """Text spelt with two keys a character; 12 between characters is a space."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.limit = LONGEST_TEXT

    def read(self) -> str:
        text, _ = self._spell()
        return text

    def _spell(self) -> tuple[str, int | None]:
        """The text so far, and the first key of a character that is half spelt.

        A pair that the table lacks stands as U+FFFD: it is seen and heard, and the rest is kept.
        """
        text, first = "", None
        for key in self.keys:
            if first is None:
                if key == MIDDLE:
                    text += " "
                else:
                    first = key
                continue
            character = self.timing.spelling.get((first, key), UNDEFINED)
            text, first = text[:-1] if character == "\b" else text + character, None
        return text, first

    def expire(self) -> Step:
        return self._finish(Step.LAPSED)

    def press(self, t: int, key: int) -> Step:
        return self._finish(Step.ERASED) if key == LEAVE else super().press(t, key)

    def _finish(self, otherwise: Step) -> Step:
        text, half = self._spell()
        self.value = text + UNDEFINED if half is not None else text
        return Step.DONE if self.keys else otherwise

    def faces(self) -> dict[int, str]:
        _, first = self._spell()
        table = self.timing.spelling
        if first is not None:
            return {b: SHOWN.get(character, character) for (a, b), character in table.items() if a == first}
        rows: dict[int, str] = {}
        for a, b in sorted(table):
            rows.setdefault(a, SHOWN.get(table[a, b], table[a, b]))
        return {**{key: f"{first}…" for key, first in rows.items()}, MIDDLE: "space", **super().faces()}

    def said(self) -> str:
        return self._spell()[0]


def spelling_table(rows: Mapping[str, str]) -> dict[tuple[int, int], str]:
    """Make (first key, second key) → character from the rows of `resources/languages/spelling.toml`."""
    return {(int(row), 13 + i): character for row, text in rows.items() for i, character in enumerate(text)}
