"""Playing the page: its layout, a single cell, a page that has loaded; stopped at once by whoever asks."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from rubato_desktop.audio.cues import Cue
from rubato_desktop.services.page_sound.cells import COLUMNS, Layout, read_cell, read_layout
from rubato_desktop.services.page_sound.learning import HearingCounts, word_volume
from rubato_desktop.services.page_sound.scoring import cell_sound, layout_cues, loaded_sound
from rubato_desktop.services.page_sound.table import Table

Speak = Callable[[str, float, float], None]

WORD_RATE: Final = 2.0  # times as fast as one speaks
WORD_MS: Final = 450  # what a fast word takes; the next cue waits for it


class Sounds(Protocol):
    """What a page needs of the app's sound."""

    def phrase(self, cues: Iterable[Cue]) -> None: ...
    def stop_phrase(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """What is heard of a view.

    Attributes:
        cues: How many cues.
        seconds: From the first onset to the end of the last cue's turn.
        kinds: Cues by kind, in the order in which they are first heard.
    """

    cues: int
    seconds: float
    kinds: dict[str, int]

    @classmethod
    def of(cls, cues: Sequence[Cue]) -> Summary:
        """Sum up cues."""
        kinds = Counter(cue.name for cue in cues)
        return cls(len(cues), sum(cue.span_ms for cue in cues) / 1000, dict(kinds))

    def __str__(self) -> str:
        if not self.cues:
            return "Nothing to hear here"
        parts = [f"{kind} {count}" for kind, count in self.kinds.items()]
        return f"{self.cues} cue{'s' if self.cues != 1 else ''} in {self.seconds:.1f} s: {', '.join(parts)}"


class PageSound:
    """Plays pages on the app's sound. Not for two threads at once; nothing in it waits.

    Args:
        sound: The app's sound.
        table: The table of sounds.
        hearings: What has been learnt; forgotten at the end when left out.
        speak: Called as ``speak(text, rate, volume)`` for the word that follows a new sound, on a thread of its
            own: rate 1 is as one speaks, volume 0-1. Without it there are no words.
    """

    def __init__(
        self,
        sound: Sounds,
        table: Table,
        *,
        hearings: HearingCounts | None = None,
        speak: Speak | None = None,
    ) -> None:
        self.table = table
        self.speak = speak
        self._sound = sound
        self._hearings = hearings or HearingCounts()
        self._words: list[threading.Timer] = []
        self._began = 0.0
        self._onsets: dict[str, float] = {}  # kind → seconds after `_began` at which it is first heard

    def layout(self, layout: Layout | Mapping[str, Any]) -> Summary:
        """Sound a view, from its first cue on; what sounded before stops.

        Args:
            layout: The answer of the extension to `layout`.

        Raises:
            RubatoError: it is no layout (code ``bad_layout``).
        """
        view = layout if isinstance(layout, Layout) else read_layout(layout)
        return Summary.of(self._play(layout_cues(view, self.table)))

    def cell(self, cell: Mapping[str, Any], *, columns: int = 12, rows: int = 12) -> bool:
        """Sound the cell moved to; returns whether there is anything in it.

        Args:
            cell: The answer of the extension to `move`: ``row``, ``column``, ``kind``, ``density`` and, if it has
                them, ``label``, ``level`` and ``area``.
            columns: Columns of the grid in which it is; they are spread over the 24 from edge to edge.
            rows: Rows of that grid.

        Raises:
            RubatoError: it is no cell (code ``bad_layout``).
        """
        if not cell.get("kind"):
            self.stop()
            return False
        column = round(int(cell["column"]) * (COLUMNS - 1) / max(1, columns - 1))
        density = cell.get("density", 1.0)
        area = cell.get("area")
        if area is None:
            area = density / (columns * rows)
        place = {"x": column, "y": cell["row"], "density": density, "area": area}
        self._play([cell_sound(read_cell({**cell, **place}), rows, self.table)])
        return True

    def loaded(self) -> None:
        """Sound that the page has loaded."""
        self._play([loaded_sound(self.table)])

    def play(self, cues: Sequence[Cue]) -> None:
        """Sound cues as they are, in place of what sounds."""
        self.stop()
        self._sound.phrase(cues)

    def stop(self) -> None:
        """Stop at once, also in the middle of a cue."""
        self._sound.stop_phrase()
        for word in self._words:
            word.cancel()
        self._words.clear()
        self._count()

    def save(self) -> None:
        """Keep what has been learnt.

        Raises:
            OSError: it cannot be written.
        """
        self._count()
        self._hearings.save()

    def _play(self, cues: list[Cue]) -> list[Cue]:
        self.stop()
        at, heard, words = 0, [], []
        for cue in cues:
            new = cue.name not in self._onsets
            if new:
                self._onsets[cue.name] = at / 1000
            volume = word_volume(self._hearings[cue.name])
            if new and self.speak is not None and volume > 0:
                words.append((at + cue.span_ms, cue.name, volume))
                cue = replace(cue, apart_ms=cue.span_ms + WORD_MS)
            heard.append(cue)
            at += cue.span_ms
        self._began = time.monotonic()
        self._sound.phrase(heard)
        for ms, kind, volume in words:
            self._say_later(ms, kind, volume)
        return heard

    def _say_later(self, ms: int, kind: str, volume: float) -> None:
        assert self.speak is not None
        say = getattr(self.table, kind).say
        timer = threading.Timer(ms / 1000, self.speak, (say, WORD_RATE, volume))
        timer.daemon = True
        timer.name = "word of a sound"
        self._words.append(timer)
        timer.start()

    def _count(self) -> None:
        """Count what was begun to be heard until now, each kind once a view."""
        passed = time.monotonic() - self._began
        self._hearings.heard(kind for kind, onset in self._onsets.items() if onset < passed)
        self._onsets.clear()
