"""The content of the pianoroll (notes, words, marks, playhead), without painting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.language.keys import BASE_NOTE
from rubato_desktop.language.results import ParseResult, RecognisedWord, RejectedRun
from rubato_desktop.midi.notes import Notes
from rubato_desktop.ui.pianoroll.colours import WORDS_FROM, Shades
from rubato_desktop.ui.pianoroll.marks import Mark
from rubato_desktop.ui.pianoroll.notestore import NoteStore
from rubato_desktop.ui.pianoroll.pitches import Pitches
from rubato_desktop.ui.pianoroll.rows import HELD
from rubato_desktop.ui.pianoroll.stack import Span, Stack
from rubato_desktop.ui.pianoroll.viewport import Viewport
from rubato_desktop.ui.pianoroll.words import Words

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class NoteInfo:
    """Details of a note under the pointer.

    Attributes:
        on: Onset, µs.
        off: End, µs; None while the note is held.
        note: MIDI note 0-127.
        track: Name of the track; empty if unknown.
    """

    on: int
    off: int | None
    note: int
    track: str = ""


class Scene:
    """The content of the roll, and the visible part of it.

    Args:
        words: An empty container for the words, which can measure their labels.
        live: True for live playing, False for a recording.

    Attributes:
        stack: The iterations; None if there are none.
        stacked: Whether the iterations are shown stacked.
        title: Title of the recording.
        notes: The notes.
        shades: Shade numbers of the notes.
        pitches: The range of pitches that have rows.
        marks: Pauses, feedback and remarks in order of time.
        playhead: Position of the playhead, µs; None for no playhead.
        now: Time to which held notes extend, µs.
    """

    def __init__(self, words: Words, live: bool = False) -> None:
        self.live = live
        self.words = words
        self._view = Viewport()
        self.stack: Stack | None = None
        self.stacked = False
        self.title = ""
        self.notes = NoteStore(WORDS_FROM)
        self.shades = Shades()
        self.pitches = Pitches.around(BASE_NOTE)
        self.marks: tuple[Mark, ...] = ()
        self.playhead: float | None = None
        self.now = 0.0
        self._tracks: dict[str, int] = {}
        self._opened = Notes()

    @property
    def view(self) -> Viewport:
        """The visible part; if iterations are stacked, in µs from the start of each."""
        return self.stack.view if self.stacked and self.stack is not None else self._view

    @property
    def view_end(self) -> int:
        """End of the content, µs on the timeline of `view`."""
        return self.stack.longest if self.stacked and self.stack is not None else self.end

    def local(self, t: float | None) -> float | None:
        """Convert a time of the recording (µs) to the timeline of `view`; None outside all stacked iterations."""
        if t is None or not self.stacked or self.stack is None:
            return t
        return self.stack.local(t)

    @property
    def lane(self) -> int | None:
        """Index of the iteration with the playhead; None if it is in none."""
        return None if self.stack is None or self.playhead is None else self.stack.lane_of(self.playhead)

    def set_iterations(self, iterations: Sequence[Span]) -> None:
        """Replace the iterations, given as (start, end) in µs. Scroll position and zoom are retained."""
        old = self.stack
        self.stack = Stack(iterations, self.notes, self.pitches.base) if iterations else None
        self.stacked = self.stacked and self.stack is not None
        if old is not None and self.stack is not None:
            self.stack.top = old.top
            self.stack.view.span, self.stack.view.left = old.view.span, old.view.left

    @property
    def end(self) -> int:
        """End of the content, µs of the recording."""
        moments = (self.notes.end, self.words.end, int(self.now), int(self.playhead or 0))
        return max(*moments, max((mark.end for mark in self.marks), default=0))

    @property
    def held(self) -> tuple[int, ...]:
        """Held MIDI notes (0-127), in ascending order."""
        return tuple(sorted({int(self.notes.rows.note[row]) for row in self.notes.held.values()}))

    def set_base(self, base: int) -> None:
        """Set the MIDI note (0-127) of command key 0."""
        lowest, highest = self.pitches.lowest, self.pitches.highest
        around = Pitches.around(base)
        self.pitches = Pitches(min(lowest, around.lowest), max(highest, around.highest), base)
        if not len(self.notes):
            self.pitches = around
        if len(self._opened):
            self._colour_opened()

    def set_notes(self, notes: Notes) -> None:
        """Replace the notes; the words stay."""
        self.notes = NoteStore(WORDS_FROM)
        self._opened = notes
        self._tracks = {name: number for number, name in enumerate(notes.tracks)}
        table = notes.table
        self.pitches = Pitches.around(self.pitches.base)
        if not len(table):
            return
        note = np.ascontiguousarray(table["note"])
        self.notes.extend(table["on"], table["off"], note, np.zeros(len(table), np.uint16))
        self.pitches = self.pitches.including(int(note.min()), int(note.max()))
        self._colour_opened()

    def set_words(self, words: Sequence[RecognisedWord], missed: Sequence[RejectedRun]) -> None:
        """Replace the words and rejected runs."""
        self.words.replace([*words, *missed])
        self._colour_opened()

    def note_on(self, t: int, device: str, channel: int, note: int, velocity: int) -> bool:
        """Start a held note; return True if the range of rows grew to include it."""
        track = self._tracks.setdefault(device, len(self._tracks))
        self.notes.begin((device, channel, note), t, note, int(self.shades.track(track, velocity)))
        self.now = max(self.now, t)
        before = self.pitches
        self.pitches = before.including(note, note)
        return self.pitches is not before

    def note_off(self, t: int, device: str, channel: int, note: int) -> bool:
        """End a note; return False if it was not held."""
        self.now = max(self.now, t)
        return self.notes.finish((device, channel, note), t) is not None

    def add_word(self, result: ParseResult) -> int:
        """Add a word or rejected run and colour its notes; return its index."""
        self._colour([result])
        return self.words.add(result)

    def class_of(self, result: ParseResult) -> int:
        """Return the colour class of a word or rejected run, see `Shades`."""
        if isinstance(result, RecognisedWord):
            return self.shades.language(result.language)
        return self.shades.missed(result.reason)

    def note_at(self, t: float, note: int, tolerance: float) -> NoteInfo | None:
        """Return the note at a time (µs) and MIDI note, within `tolerance` µs, or None."""
        row = self.notes.at(t, note, tolerance)
        if row is None:
            return None
        off = int(self.notes.rows.off[row])
        track = ""
        if row < len(self._opened):
            track = self._opened.tracks[int(self._opened.table["track"][row])] if self._opened.tracks else ""
        return NoteInfo(int(self.notes.rows.on[row]), None if off == HELD else off, note, track)

    def marks_between(self, first: float, last: float) -> list[Mark]:
        """Return the marks that overlap first..last, µs."""
        return [mark for mark in self.marks if mark.end >= first and mark.t <= last]

    def _colour_opened(self) -> None:
        """Colour the notes of the recording by track or channel, and those of words by language."""
        table = self._opened.table
        # A file of format 0 has a single track; its parts are channels.
        part = table["track"] if len(self._opened.tracks) > 1 else table["channel"]
        shade = self.shades.track(part.astype(np.int32), table["velocity"].astype(np.int32))
        self.notes.recolour(slice(0, len(table)), shade.astype(np.uint16))
        self._colour(self.words.items)

    def _colour(self, words: Sequence[ParseResult]) -> None:
        """Give the notes of words and rejected runs the shades of their class."""
        if not words or not len(self.notes):
            return
        on, note = self.notes.rows.on, self.notes.rows.note
        first = np.searchsorted(on, np.array([result.t for result in words], np.int64), "left")
        last = np.searchsorted(on, np.array([result.end for result in words], np.int64), "right")
        counts = last - first
        upto = np.cumsum(counts)
        rows = np.repeat(first - (upto - counts), counts) + np.arange(upto[-1])
        keys = np.array([sum(1 << key for key in set(result.keys)) for result in words], np.int64)
        key = note[rows].astype(np.int64) - self.pitches.base
        inside = (key >= 0) & (key < 25)
        belongs = inside & ((np.repeat(keys, counts) >> np.clip(key, 0, 24)) & 1 == 1)
        classes = np.repeat(np.array([self.class_of(result) for result in words]), counts)
        rows = rows[belongs]
        self.notes.recolour(rows, self.shades.in_class(self.notes.rows.shade[rows], classes[belongs]))
