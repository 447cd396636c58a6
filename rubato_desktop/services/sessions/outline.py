"""What of a run's journal belongs to which session. A session is a list of pieces of a journal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rubato_desktop.services.sessions.journal_entries import Header, Mark
from rubato_desktop.services.sessions.journal_format import MARK_PREFIX, LineError, decode, decode_header


class JournalSlice(NamedTuple):
    """Bytes of a journal, whole lines: from `begin` up to but not including `end`."""

    begin: int
    end: int


class PlacedMark(NamedTuple):
    """A mark, and the bytes of its line."""

    begin: int
    end: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Outline:
    """The marks of a journal and where they are.

    Attributes:
        path: The journal.
        header: Its first line; None when that is damaged.
        first: Byte at which its second line begins.
        end: Byte after its last whole line; what follows is torn.
        marks: In order.
    """

    path: Path
    header: Header | None
    first: int
    end: int
    marks: tuple[PlacedMark, ...]

    @classmethod
    def of(cls, path: Path) -> Outline:
        """Read the marks of a journal, also of one that is still being written.

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

    def lines(self, pieces: Sequence[JournalSlice]) -> Iterator[bytes]:
        """Yield the lines of pieces in order, with their ends."""
        with self.path.open("rb") as file:
            for begin, end in pieces:
                file.seek(begin)
                while begin < end and (line := file.readline()):
                    begin += len(line)
                    yield line

    def saved(self, id: int) -> bool:
        """True when the recording or save of that number has become a session."""
        return any(mark.what == "kept" and mark.id == id for _, _, mark in self.marks)

    def unsaved(self) -> list[int]:
        """Numbers of the recordings that were begun and have not become sessions."""
        begun = [mark.id for _, _, mark in self.marks if mark.what == "start"]
        return [id for id in begun if not self.saved(id)]

    def unsaved_save(self) -> int:
        """Number of the last save when it, and so what it was to keep, has not become a session; else 0."""
        last = [mark.id for _, _, mark in self.marks if mark.what == "save"][-1:]
        return 0 if not last or self.saved(last[0]) else last[0]

    def find(self, what: str, id: int) -> PlacedMark | None:
        """Return the mark `what` of a recording or save."""
        return next(
            (placed for placed in self.marks if (placed.mark.what, placed.mark.id) == (what, id)), None
        )

    def last_save(self) -> PlacedMark | None:
        """Return the mark of the last save that became a session."""
        done = [placed for placed in self.marks if placed.mark.what == "save" and self.saved(placed.mark.id)]
        return done[-1] if done else None

    @property
    def ended(self) -> bool:
        """True when the program ended itself."""
        return bool(self.marks) and self.marks[-1].mark.what == "end"

    @property
    def wanted(self) -> bool:
        """True when recording was started or something was saved in that run."""
        return any(mark.what in ("start", "save") for _, _, mark in self.marks)

    def recording(self, id: int) -> list[JournalSlice]:
        """Return the pieces of a recording: from its start to its stop, or to the end, without its pauses.

        The marks of the pauses belong to it, and what was erased meanwhile.
        """
        pieces: list[JournalSlice] = []
        begin: int | None = None
        for placed in self.marks:
            own = placed.mark.id == id
            if own and placed.mark.what in ("start", "resume"):
                begin = placed.begin
            elif own and placed.mark.what in ("pause", "stop"):
                pieces.append(JournalSlice(placed.begin if begin is None else begin, placed.end))
                begin = None
                if placed.mark.what == "stop":
                    return pieces
            elif placed.mark.what == "strike" and pieces and begin is None:
                pieces.append(JournalSlice(placed.begin, placed.end))
        return pieces if begin is None else [*pieces, JournalSlice(begin, self.end)]

    def since_save(self, id: int = 0) -> list[JournalSlice]:
        """Return the piece from the last save, or the beginning, to the save of number `id`, or to the end."""
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
