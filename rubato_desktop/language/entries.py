"""Open entries: the keys of a new word, and text that is spelt with two keys a character."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.language.keys import LEAVE, MIDDLE
from rubato_desktop.language.parameters import ERASE, Reader, Step, Timing

LONGEST_TEXT = 4000  # keys; a text is bounded only so that nothing grows for ever
UNDEFINED = "\N{REPLACEMENT CHARACTER}"
# Characters that a key's face cannot show as they are.
SHOWN = {"\b": "take back", "\n": "new line", "\t": "tab"}


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
