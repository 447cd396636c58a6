"""What the pianoroll shows: notes, words, marks and moments; no drawing."""

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
class NoteSeen:
    """A note that was pointed at.

    Attributes:
        on: Onset in µs.
        off: End in µs, None while it is held.
        note: MIDI note 0-127.
        track: Name of its track or device; empty when it is not known.
    """

    on: int
    off: int | None
    note: int
    track: str = ""


class Scene:
    """What there is to see, and which stretch of it is seen.

    Args:
        words: Where words are kept; it knows how wide their labels are.
        live: True for what is played now, False for what was recorded.

    Attributes:
        stack: Its iterations; None when it has none.
        stacked: True while they lie one under another.
        title: What people call it.
        notes: The notes.
        marks: What is laid over them, by time.
        playhead: Microsecond of the playhead; None for none.
        now: Microsecond to which held notes reach.
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
        """The stretch that is seen; of stacked iterations in µs from the beginning of each."""
        return self.stack.view if self.stacked and self.stack is not None else self._view

    @property
    def reach(self) -> int:
        """Microsecond of the last thing to see, on the same time as `view`."""
        return self.stack.longest if self.stacked and self.stack is not None else self.end

    def local(self, t: float | None) -> float | None:
        """Return a moment on the same time as `view`, None when it is not to be seen."""
        if t is None or not self.stacked or self.stack is None:
            return t
        return self.stack.local(t)

    @property
    def lane(self) -> int | None:
        """The iteration the playhead is in, from 0; None when it is in none."""
        return None if self.stack is None or self.playhead is None else self.stack.lane_of(self.playhead)

    def set_iterations(self, iterations: Sequence[Span]) -> None:
        """Take these for the iterations of a piece."""
        old = self.stack
        self.stack = Stack(iterations, self.notes, self.pitches.base) if iterations else None
        self.stacked = self.stacked and self.stack is not None
        if old is not None and self.stack is not None:
            self.stack.top = old.top
            self.stack.view.span, self.stack.view.left = old.view.span, old.view.left

    @property
    def end(self) -> int:
        """Microsecond of the last thing there is to see."""
        moments = (self.notes.end, self.words.end, int(self.now), int(self.playhead or 0))
        return max(*moments, max((mark.end for mark in self.marks), default=0))

    @property
    def held(self) -> tuple[int, ...]:
        """MIDI notes that sound now, from low to high."""
        return tuple(sorted({int(self.notes.rows.note[row]) for row in self.notes.held.values()}))

    def set_base(self, base: int) -> None:
        """Make MIDI note `base` command key 0."""
        lowest, highest = self.pitches.lowest, self.pitches.highest
        around = Pitches.around(base)
        self.pitches = Pitches(min(lowest, around.lowest), max(highest, around.highest), base)
        if not len(self.notes):
            self.pitches = around
        if len(self._opened):
            self._colour_opened()

    def set_notes(self, notes: Notes) -> None:
        """Show these notes and no others; words stay."""
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
        """Show these words and runs not understood, and no others."""
        self.words.replace([*words, *missed])
        self._colour_opened()

    def note_on(self, t: int, device: str, channel: int, note: int, velocity: int) -> bool:
        """Begin a note; returns True when the rows had to change to show it."""
        track = self._tracks.setdefault(device, len(self._tracks))
        self.notes.begin((device, channel, note), t, note, int(self.shades.track(track, velocity)))
        self.now = max(self.now, t)
        before = self.pitches
        self.pitches = before.including(note, note)
        return self.pitches is not before

    def note_off(self, t: int, device: str, channel: int, note: int) -> bool:
        """End a note; returns False when it was not held."""
        self.now = max(self.now, t)
        return self.notes.finish((device, channel, note), t) is not None

    def add_word(self, heard: ParseResult) -> int:
        """Add a word or a run not understood over the notes already there; returns its place."""
        self._colour([heard])
        return self.words.add(heard)

    def class_of(self, heard: ParseResult) -> int:
        """Return the class of colour of a word."""
        if isinstance(heard, RecognisedWord):
            return self.shades.language(heard.language)
        return self.shades.missed(heard.reason)

    def note_at(self, t: float, note: int, reach: float) -> NoteSeen | None:
        """Return the note of a pitch at `t` µs, `reach` µs beside it included."""
        row = self.notes.at(t, note, reach)
        if row is None:
            return None
        off = int(self.notes.rows.off[row])
        track = ""
        if row < len(self._opened):
            track = self._opened.tracks[int(self._opened.table["track"][row])] if self._opened.tracks else ""
        return NoteSeen(int(self.notes.rows.on[row]), None if off == HELD else off, note, track)

    def marks_between(self, first: float, last: float) -> list[Mark]:
        """Return the marks in sight."""
        return [mark for mark in self.marks if mark.end >= first and mark.t <= last]

    def _colour_opened(self) -> None:
        """Colour what was opened by track, or by channel, and words by language."""
        table = self._opened.table
        # One track with several channels is how old files (type 0) keep their parts.
        part = table["track"] if len(self._opened.tracks) > 1 else table["channel"]
        shade = self.shades.track(part.astype(np.int32), table["velocity"].astype(np.int32))
        self.notes.recolour(slice(0, len(table)), shade.astype(np.uint16))
        self._colour(self.words.items)

    def _colour(self, words: Sequence[ParseResult]) -> None:
        """Give the notes of words their language's colour."""
        if not words or not len(self.notes):
            return
        on, note = self.notes.rows.on, self.notes.rows.note
        first = np.searchsorted(on, np.array([heard.t for heard in words], np.int64), "left")
        last = np.searchsorted(on, np.array([heard.end for heard in words], np.int64), "right")
        counts = last - first
        upto = np.cumsum(counts)
        rows = np.repeat(first - (upto - counts), counts) + np.arange(upto[-1])
        keys = np.array([sum(1 << key for key in set(heard.keys)) for heard in words], np.int64)
        key = note[rows].astype(np.int64) - self.pitches.base
        inside = (key >= 0) & (key < 25)
        belongs = inside & ((np.repeat(keys, counts) >> np.clip(key, 0, 24)) & 1 == 1)
        classes = np.repeat(np.array([self.class_of(heard) for heard in words]), counts)
        rows = rows[belongs]
        self.notes.recolour(rows, self.shades.in_class(self.notes.rows.shade[rows], classes[belongs]))
