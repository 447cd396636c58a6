"""Notes in a structured array, the form in which large numbers of notes are passed around."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

NOTE_DTYPE = np.dtype(
    [
        ("on", np.int64),  # µs
        ("off", np.int64),  # µs, never before `on`
        ("track", np.uint16),  # index into `Notes.tracks`
        ("channel", np.uint8),  # 0-15
        ("note", np.uint8),  # 0-127
        ("velocity", np.uint8),  # 1-127
    ]
)


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes sorted by onset.

    Attributes:
        table: Structured array of `NOTE_DTYPE`, shape (n,), sorted by ``on``.
        tracks: Names of the tracks that ``table["track"]`` indexes: device names, or the track names of a file.
    """

    table: npt.NDArray[np.void] = field(default_factory=lambda: np.empty(0, NOTE_DTYPE))
    tracks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.table)

    @property
    def end(self) -> int:
        """Time at which the last note ends (µs), or 0 without notes."""
        return int(self.table["off"].max()) if len(self.table) else 0

    def sounding(self, t: int) -> npt.NDArray[np.void]:
        """Return the notes that start before `t` (µs) and end after it, sorted by onset."""
        table = self.table[: np.searchsorted(self.table["on"], t)]
        return table[table["off"] > t]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int, int, int, int]], tracks: Sequence[str]) -> Notes:
        """Build notes from rows (on µs, off µs, track, channel, note, velocity), in any order."""
        table = np.array(list(rows), NOTE_DTYPE)
        return cls(table[np.argsort(table["on"], kind="stable")], tuple(tracks))
