"""Readers of open entries: the keys of a word, and text spelt with two keys per character."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.language.keys import LEAVE, MIDDLE
from rubato_desktop.language.parameters import ERASE, Reader, Step, Timing

LONGEST_TEXT = 4000  # keys; only a bound on memory
UNDEFINED = "\N{REPLACEMENT CHARACTER}"
KEY_LABELS = {"\b": "delete", "\n": "new line", "\t": "tab"}  # of characters that cannot be shown


class Keys(Reader):
    """The keys of a word, ended by key 24 or a pause; 0 0 0 erases them."""

    ends_on_leave = True

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

    def labels(self) -> dict[int, str]:
        return {LEAVE: "done" if self.keys else "leave"}

    def progress(self) -> str:
        return " ".join(map(str, self.keys))


class Text(Keys):
    """Text, spelt with two keys per character and ended by key 24 or a pause; key 12 between characters is a space."""

    def __init__(self, timing: Timing) -> None:
        super().__init__(timing)
        self.limit = LONGEST_TEXT

    def _spell(self) -> tuple[str, int | None]:
        """Return the text so far, and the first key of a half-spelt character or None.

        A pair that is not in the table becomes U+FFFD, so that the player notices it and loses nothing else.
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

    def labels(self) -> dict[int, str]:
        _, first = self._spell()
        table = self.timing.spelling
        if first is not None:
            return {
                b: KEY_LABELS.get(character, character) for (a, b), character in table.items() if a == first
            }
        rows: dict[int, str] = {}
        for a, b in sorted(table):
            rows.setdefault(a, KEY_LABELS.get(table[a, b], table[a, b]))
        return {**{key: f"{first}…" for key, first in rows.items()}, MIDDLE: "space", **super().labels()}

    def progress(self) -> str:
        return self._spell()[0]


def spelling_table(rows: Mapping[str, str]) -> dict[tuple[int, int], str]:
    """Return (first key, second key) → character, from the rows of `resources/languages/spelling.toml`."""
    return {(int(row), 13 + i): character for row, text in rows.items() for i, character in enumerate(text)}
