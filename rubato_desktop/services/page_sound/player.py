"""Plays a page's layout, a single cell, or the sound of a loaded page; playback can be stopped at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from rubato_desktop.audio.cues import Cue
from rubato_desktop.plurals import counted
from rubato_desktop.services.page_sound.cells import COLUMNS, Layout, read_cell, read_layout
from rubato_desktop.services.page_sound.learning import HearingCounts, word_volume
from rubato_desktop.services.page_sound.scoring import cell_sound, layout_cues, loaded_sound
from rubato_desktop.services.page_sound.table import Table

Speak = Callable[[str, float, float], None]

WORD_RATE: Final = 2.0  # relative to normal speech
WORD_MS: Final = 450  # duration of a fast word; the next cue waits for it


class PhrasePlayer(Protocol):
    """The part of the app's sound that this needs."""

    def phrase(self, cues: Iterable[Cue]) -> None: ...
    def stop_phrase(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Summary:
    """What is heard of a view.

    Attributes:
        cues: The number of cues.
        seconds: Their total duration, s.
        kinds: The number of cues of each kind, in the order in which the kinds are first heard.
    """

    cues: int
    seconds: float
    kinds: dict[str, int]

    @classmethod
    def of(cls, cues: Sequence[Cue]) -> Summary:
        """Summarise cues."""
        kinds = Counter(cue.name for cue in cues)
        return cls(len(cues), sum(cue.span_ms for cue in cues) / 1000, dict(kinds))

    def __str__(self) -> str:
        if not self.cues:
            return "There is nothing to hear here"
        parts = [f"{kind} {count}" for kind, count in self.kinds.items()]
        return f"{counted(self.cues, 'cue')} in {self.seconds:.1f} s: {', '.join(parts)}"


class PageSound:
    """Plays pages on the app's sound. Not thread-safe; does not block.

    Args:
        sound: The app's sound.
        table: The table of sounds.
        hearings: How often each sound was heard; default: counted, but not stored.
        speak: Called as ``speak(text, rate, volume)`` for the word after a new sound, on a thread of its own: rate 1
            is normal speech, volume 0-1. Without it no words are spoken.
    """

    def __init__(
        self,
        sound: PhrasePlayer,
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
        self._onsets: dict[str, float] = {}  # kind → first onset, seconds after `_began`

    def layout(self, layout: Layout | Mapping[str, Any]) -> Summary:
        """Play a view from its first cue on, in place of what is playing.

        Args:
            layout: The extension's answer to `layout`.

        Raises:
            RubatoError: the layout is invalid (code ``bad_layout``).
        """
        view = layout if isinstance(layout, Layout) else read_layout(layout)
        return Summary.of(self._play(layout_cues(view, self.table)))

    def cell(self, cell: Mapping[str, Any], *, columns: int = 12, rows: int = 12) -> bool:
        """Play the cell that was moved to; returns whether there is anything in it.

        Args:
            cell: The extension's answer to `move`: ``row``, ``column``, ``kind``, ``density`` and optionally
                ``label``, ``level`` and ``area``.
            columns: Columns of the cell's grid; they are spread over the 24 columns of a layout.
            rows: Rows of the cell's grid.

        Raises:
            RubatoError: the cell is invalid (code ``bad_layout``).
        """
        if not cell.get("kind"):
            self.stop()
            return False
        column = round(int(cell["column"]) * (COLUMNS - 1) / max(1, columns - 1))
        density = cell.get("density", 1.0)
        area = cell.get("area")
        if area is None:
            area = density / (columns * rows)
        position = {"x": column, "y": cell["row"], "density": density, "area": area}
        self._play([cell_sound(read_cell({**cell, **position}), rows, self.table)])
        return True

    def loaded(self) -> None:
        """Play the sound of a loaded page."""
        self._play([loaded_sound(self.table)])

    def play(self, cues: Sequence[Cue]) -> None:
        """Play cues as they are, in place of what is playing."""
        self.stop()
        self._sound.phrase(cues)

    def stop(self) -> None:
        """Stop at once, even in the middle of a cue."""
        self._sound.stop_phrase()
        for word in self._words:
            word.cancel()
        self._words.clear()
        self._count()

    def save(self) -> None:
        """Store the hearing counts.

        Raises:
            OSError: they cannot be written.
        """
        self._count()
        self._hearings.save()

    def _play(self, cues: list[Cue]) -> list[Cue]:
        self.stop()
        at_ms, played, words = 0, [], []
        for cue in cues:
            new = cue.name not in self._onsets
            if new:
                self._onsets[cue.name] = at_ms / 1000
            volume = word_volume(self._hearings[cue.name])
            if new and self.speak is not None and volume > 0:
                words.append((at_ms + cue.span_ms, cue.name, volume))
                cue = replace(cue, apart_ms=cue.span_ms + WORD_MS)
            played.append(cue)
            at_ms += cue.span_ms
        self._began = time.monotonic()
        self._sound.phrase(played)
        for ms, kind, volume in words:
            self._schedule_word(ms, kind, volume)
        return played

    def _schedule_word(self, ms: int, kind: str, volume: float) -> None:
        assert self.speak is not None
        say = getattr(self.table, kind).say
        timer = threading.Timer(ms / 1000, self.speak, (say, WORD_RATE, volume))
        timer.daemon = True
        timer.name = "page-sound-word"
        self._words.append(timer)
        timer.start()

    def _count(self) -> None:
        """Count the kinds whose sound has begun, each once per view."""
        passed = time.monotonic() - self._began
        self._hearings.count(kind for kind, onset in self._onsets.items() if onset < passed)
        self._onsets.clear()
