"""A recording or a MIDI file, read and ready to be shown, with what was laid over it."""

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

Row = tuple[int, int, bytes]  # (µs, track, bytes) of a message that is no note


class Stretch(NamedTuple):
    """A part of a recording with a meaning of its own, from `t` to `end` µs.

    `kind` is ``pause`` (recording was paused) or ``remark``; `text` says it in words.
    """

    t: int
    end: int
    kind: Literal["pause", "remark"]
    text: str


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A file or a recording, read and ready to be shown.

    Attributes:
        title: What people call it.
        notes: Its notes.
        messages: Everything else that sounds.
        words: Its words, by time.
        missed: Its runs that were not understood, by time.
        stretches: Its pauses and remarks.
        marked: Where iterations of a piece begin and end, as it says itself.
        end: µs at which it ends.
        iterations: Its takes of one piece, by time; see `laid`.
        pictures: The pictures laid over it, by time; see `laid`.
        folder: Where it and what is laid over it are kept; None for a file of its own.
        problem: Why something that belongs to it could not be read.
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
        """When recording was paused, as (from, to) in µs."""
        return [(stretch.t, stretch.end) for stretch in self.stretches if stretch.kind == "pause"]

    def laid(self, overlay: Overlay) -> OpenRecording:
        """Return it with what a person laid over it.

        Its iterations are as they were marked, in it or over it; where nothing is marked, what lies between remarks.
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
