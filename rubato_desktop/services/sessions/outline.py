"""The outline of a journal: its marks, and the slices of it that belong to each session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rubato_desktop.services.sessions.journal_entries import Header, Mark
from rubato_desktop.services.sessions.journal_format import MARK_PREFIX, LineError, decode, decode_header


class JournalSlice(NamedTuple):
    """Byte range of whole lines of a journal; `end` is exclusive."""

    begin: int
    end: int


class PlacedMark(NamedTuple):
    """A mark and the byte range of its line."""

    begin: int
    end: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Outline:
    """The marks of a journal and their positions.

    Attributes:
        path: The journal.
        header: Its first line; None if that is damaged.
        first: Position of its second line, bytes.
        end: End of its last complete line, bytes; a torn line may follow.
        marks: Its marks in order.
    """

    path: Path
    header: Header | None
    first: int
    end: int
    marks: tuple[PlacedMark, ...]

    @classmethod
    def of(cls, path: Path) -> Outline:
        """Read the marks of a journal, which may still be growing.

        Raises:
            OSError: it cannot be read.
        """
        header, first, at = None, 0, 0
        marks = []
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    break
                begin, at = at, at + len(line)
                if begin == 0:
                    header, first = _header(line), at
                elif line.startswith(MARK_PREFIX) and (mark := _mark(line)):
                    marks.append(PlacedMark(begin, at, mark))
        return cls(path, header, first, at, tuple(marks))

    def lines(self, slices: Sequence[JournalSlice]) -> Iterator[bytes]:
        """Yield the lines of slices in order, with their newlines."""
        with self.path.open("rb") as file:
            for begin, end in slices:
                file.seek(begin)
                while begin < end and (line := file.readline()):
                    begin += len(line)
                    yield line

    def saved(self, id: int) -> bool:
        """Return whether the recording or save of that number was written as a session."""
        return any(mark.what == "kept" and mark.id == id for _, _, mark in self.marks)

    def unsaved(self) -> list[int]:
        """Return the numbers of the recordings that were not written as sessions."""
        begun = [mark.id for _, _, mark in self.marks if mark.what == "start"]
        return [id for id in begun if not self.saved(id)]

    def unsaved_save(self) -> int:
        """Return the number of the last save if it was not written as a session, else 0."""
        last = [mark.id for _, _, mark in self.marks if mark.what == "save"][-1:]
        return 0 if not last or self.saved(last[0]) else last[0]

    def find(self, what: str, id: int) -> PlacedMark | None:
        """Return the mark `what` of a recording or save, None if there is none."""
        return next(
            (placed for placed in self.marks if (placed.mark.what, placed.mark.id) == (what, id)), None
        )

    def last_save(self) -> PlacedMark | None:
        """Return the mark of the last save that was written as a session."""
        done = [placed for placed in self.marks if placed.mark.what == "save" and self.saved(placed.mark.id)]
        return done[-1] if done else None

    @property
    def ended(self) -> bool:
        """Whether the program ended properly."""
        return bool(self.marks) and self.marks[-1].mark.what == "end"

    @property
    def wanted(self) -> bool:
        """Whether recording was started or a save was made in that run."""
        return any(mark.what in ("start", "save") for _, _, mark in self.marks)

    def recording(self, id: int) -> list[JournalSlice]:
        """Return the slices of a recording: from its start to its stop, or to the end, without its pauses.

        The marks of the pauses belong to it, and so do the ``strike`` marks within them.
        """
        slices: list[JournalSlice] = []
        begin: int | None = None
        for placed in self.marks:
            own = placed.mark.id == id
            if own and placed.mark.what in ("start", "resume"):
                begin = placed.begin
            elif own and placed.mark.what in ("pause", "stop"):
                slices.append(JournalSlice(placed.begin if begin is None else begin, placed.end))
                begin = None
                if placed.mark.what == "stop":
                    return slices
            elif placed.mark.what == "strike" and slices and begin is None:
                slices.append(JournalSlice(placed.begin, placed.end))
        return slices if begin is None else [*slices, JournalSlice(begin, self.end)]

    def since_save(self, id: int = 0) -> list[JournalSlice]:
        """Return the slice from the last save, or the beginning, to the save of number `id`, or to the end."""
        last = self.last_save()
        until = self.find("save", id) if id else None
        return [JournalSlice(last.end if last else self.first, until.end if until else self.end)]


def _header(line: bytes) -> Header | None:
    try:
        return decode_header(line)
    except LineError:
        return None


def _mark(line: bytes) -> Mark | None:
    try:
        event = decode(line)
    except LineError:
        return None
    return event if isinstance(event, Mark) else None
