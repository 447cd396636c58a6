"""Readers of parameters of one key: speed, volume, a note."""

from __future__ import annotations

from rubato_desktop.language.keys import COUNT, MIDDLE
from rubato_desktop.language.parameters import Reader, Step


class Speed(Reader):
    """One key: 0 pauses, 1 plays, 2 to 11 are 0.1× to 1×, and 12 to 24 are 1× to 4× in steps of 0.25×."""

    def press(self, t: int, key: int) -> Step:
        self.value = self.value_of(key)
        return Step.DONE

    @staticmethod
    def value_of(key: int) -> str | float:
        k = key - MIDDLE
        if k == -12:
            return "pause"
        if k == -11:
            return "play"
        return (k + 11) / 10 if k < 0 else 1 + k / 4

    def labels(self) -> dict[int, str]:
        values = {key: self.value_of(key) for key in range(COUNT)}
        return {key: value if isinstance(value, str) else f"{value:g}×" for key, value in values.items()}


class Volume(Reader):
    """One key: key / 24, from silent (0) to full (24)."""

    def press(self, t: int, key: int) -> Step:
        self.value = key / 24
        return Step.DONE

    def labels(self) -> dict[int, str]:
        return {key: f"{round(100 * key / 24)} %" for key in range(COUNT)}


class Note(Reader):
    """One key or a note beside the 25: its distance from the lowest key."""

    any_note = True

    def press(self, t: int, key: int) -> Step:
        self.value = key
        return Step.DONE

    def labels(self) -> dict[int, str]:
        return dict.fromkeys(range(COUNT), "lowest")
