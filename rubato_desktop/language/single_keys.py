"""Parameters of one key: speed, volume, a note."""

from __future__ import annotations

from rubato_desktop.language.keys import COUNT, MIDDLE
from rubato_desktop.language.parameters import Reader, Step


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
