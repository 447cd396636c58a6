"""A recording or MIDI file that is open in the pianoroll, with its overlay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from rubato_desktop.errors import RubatoError
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.notes import Notes
from rubato_desktop.services.roll.iterations import Edge, Iteration, Span, beside, between_edges
from rubato_desktop.services.roll.overlay import Overlay, Picture

Row = tuple[int, int, bytes]  # (µs, track, bytes) of a message that is not a note


class Stretch(NamedTuple):
    """A labelled part of a recording, from `t` to `end` µs.

    `kind` is ``pause`` (recording was paused) or ``remark``; `text` is the label.
    """

    t: int
    end: int
    kind: Literal["pause", "remark"]
    text: str


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A recording or MIDI file that has been read.

    Attributes:
        title: Its title for people.
        notes: Its notes.
        messages: Its other MIDI messages.
        words: Its words, sorted by time.
        missed: Its runs that were not recognised, sorted by time.
        stretches: Its pauses and remarks.
        marked: The starts and ends of iterations that it contains.
        end: Its end, µs.
        iterations: The takes of one piece, sorted by time; see `laid`.
        pictures: The pictures of its overlay, sorted by time; see `laid`.
        folder: Folder of the recording and its overlay; None for a MIDI file.
        problem: Why its overlay could not be read; None if it was.
    """

    title: str
    notes: Notes
    messages: Sequence[Row] = ()
    words: tuple[RecognisedWord, ...] = ()
    missed: tuple[RejectedRun, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    marked: tuple[Edge, ...] = ()
    end: int = 0
    iterations: tuple[Iteration, ...] = ()
    pictures: tuple[Picture, ...] = ()
    folder: Path | None = None
    problem: RubatoError | None = None

    @property
    def pauses(self) -> list[Span]:
        """The pauses of the recording."""
        return [(stretch.t, stretch.end) for stretch in self.stretches if stretch.kind == "pause"]

    def laid(self, overlay: Overlay) -> OpenRecording:
        """Return a copy with an overlay.

        Its iterations are those marked in the recording or the overlay; without marks, the takes between remarks.
        """
        end = max(self.end, self.notes.end)
        remarks = [(stretch.t, stretch.end) for stretch in self.stretches if stretch.kind == "remark"]
        iterations: tuple[Iteration, ...] = ()
        if edges := [*self.marked, *overlay.edges]:
            iterations = between_edges(edges, end)
        elif remarks:
            iterations = beside(remarks, self.notes.table["on"].tolist(), self.notes.end)
        return replace(self, iterations=iterations, pictures=overlay.pictures)


EMPTY = OpenRecording("", Notes())
