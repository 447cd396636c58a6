"""Sessions: folders ``sessions/<year>/<month>/<stamp>/`` in the data folder, each with two files.

``session.mid`` is for any program that opens MIDI files. ``journal.jsonl`` holds everything, in the format of
`journal_format`, with times in µs from the session's beginning. Its first line also describes the session::

    "session": {"name": "…", "end": µs, "notes": 42, "words": 3, "remarks": 0,
                "run": "<journal it was cut from>", "id": 1, "zero": µs on that run's clock, "recovered": false}
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.events import CommandDone, Event, Played, RemarkKept, WordHeard, WordMissed
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.messages import Message
from rubato_desktop.midi.notes import Notes
from rubato_desktop.services.sessions.journal_entries import Header, Mark
from rubato_desktop.services.sessions.journal_format import LineError, decode, decode_header
from rubato_desktop.services.sessions.sounding_notes import SoundingNotes

JOURNAL, MIDI = "journal.jsonl", "session.mid"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_words(when: datetime) -> str:
    """Return a time as text, such as ``22 Nov 2026 14:15``."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year} {when:%H:%M}"


def sessions_folder(data: Path) -> Path:
    """Return the folder of the sessions in a data folder."""
    return data / "sessions"


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """Description of a session, without its events.

    Attributes:
        folder: Its folder.
        began: Wall-clock time of its beginning, with UTC offset.
        end: Its duration, µs.
        name: The name the user gave it; mostly empty.
        notes: Number of its note-ons.
        words: Number of its words, without erased ones.
        remarks: Number of its remarks.
        run: Name of the journal it was made from.
        id: Number of the recording or save in that run; 0 if it was neither.
        zero: Its beginning on the clock of that run, µs.
        recovered: Whether it was recovered after a crash.
    """

    folder: Path
    began: datetime
    end: int = 0
    name: str = ""
    notes: int = 0
    words: int = 0
    remarks: int = 0
    run: str = ""
    id: int = 0
    zero: int = 0
    recovered: bool = False

    @property
    def title(self) -> str:
        """Its name, if any, and when it began."""
        return f"{self.name}, {in_words(self.began)}" if self.name else in_words(self.began)

    @property
    def about(self) -> Mapping[str, Any]:
        """The description for the first line of its journal."""
        return {
            "name": self.name,
            "end": self.end,
            "notes": self.notes,
            "words": self.words,
            "remarks": self.remarks,
            "run": self.run,
            "id": self.id,
            "zero": self.zero,
            "recovered": self.recovered,
        }

    @classmethod
    def of(cls, folder: Path, header: Header) -> SessionInfo:
        """Read the description from the header of its journal; missing fields keep their defaults."""
        fields = {
            name: header.about[name] for name in cls(folder, header.began).about if name in header.about
        }
        return cls(folder, header.began, **fields)


@dataclass(frozen=True)
class SessionData:
    """The content of a session. Times are µs from its beginning; a word played as it began may be before 0.

    Attributes:
        info: Its description.
        events: All events in order.
        problems: Descriptions of the lines of its journal that could not be read.
    """

    info: SessionInfo
    events: tuple[Event, ...]
    problems: tuple[str, ...] = ()

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """All MIDI messages, exactly as they arrived."""
        return tuple(event.message for event in self.events if isinstance(event, Played))

    @cached_property
    def words(self) -> tuple[RecognisedWord, ...]:
        """The words that were not erased."""
        return tuple(word for word in self._all_words if word.t not in self._struck_times)

    @cached_property
    def struck(self) -> tuple[RecognisedWord, ...]:
        """The words that were erased."""
        return tuple(word for word in self._all_words if word.t in self._struck_times)

    @cached_property
    def missed(self) -> tuple[RejectedRun, ...]:
        """The runs that were not recognised."""
        return tuple(event.run for event in self.events if isinstance(event, WordMissed))

    @cached_property
    def results(self) -> tuple[CommandDone, ...]:
        """The results of commands."""
        return tuple(event for event in self.events if isinstance(event, CommandDone))

    @cached_property
    def remarks(self) -> tuple[RemarkKept, ...]:
        """The remarks."""
        return tuple(event for event in self.events if isinstance(event, RemarkKept))

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The marks."""
        return tuple(event for event in self.events if isinstance(event, Mark))

    @cached_property
    def pauses(self) -> tuple[tuple[int, int], ...]:
        """The pauses as (start, end), µs."""
        paused_at: int | None = None
        pauses = []
        for mark in self.marks:
            if mark.what == "pause":
                paused_at = mark.t
            elif mark.what in ("resume", "stop") and paused_at is not None:
                pauses.append((paused_at, mark.t))
                paused_at = None
        return tuple(pauses) if paused_at is None else (*pauses, (paused_at, max(paused_at, self.end)))

    @cached_property
    def end(self) -> int:
        """Its end, µs."""
        # Sessions of earlier versions may have messages after `info.end`.
        return max(self.info.end, max((message.t for message in self.messages), default=0))

    @cached_property
    def sounding(self) -> tuple[Message, ...]:
        """The messages, with note-offs for notes that still sound at a pause or at the session's end.

        Note-offs of keys that were pressed before the session or in a pause are left out.
        """
        return tuple(self._complete())

    @cached_property
    def notes(self) -> Notes:
        """The notes, with one track per device."""
        tracks: dict[str, int] = {}
        open_notes: dict[tuple[str, int, int], deque[Message]] = {}
        rows = []
        for message in self.sounding:
            if not (message.is_note_on or message.is_note_off):
                continue
            waiting = open_notes.setdefault((message.device, message.channel, message.note), deque())
            if message.is_note_on:
                waiting.append(message)
            elif waiting:
                on = waiting.popleft()
                track = tracks.setdefault(on.device, len(tracks))
                rows.append((on.t, max(on.t, message.t), track, on.channel, on.note, on.velocity))
        return Notes.of(rows, tuple(tracks))

    @property
    def _all_words(self) -> Iterator[RecognisedWord]:
        return (event.word for event in self.events if isinstance(event, WordHeard))

    @cached_property
    def _struck_times(self) -> frozenset[int]:
        return frozenset(mark.word_t for mark in self.marks if mark.what == "strike")

    def _complete(self) -> Iterator[Message]:
        sounding = SoundingNotes()
        for event in self.events:
            if isinstance(event, Mark) and event.what == "pause":
                yield from sounding.release(event.t)
            if isinstance(event, Played) and not _is_orphan(event.message, sounding):
                sounding.take(event.message)
                yield event.message
        yield from sounding.release(self.end)


def _is_orphan(message: Message, sounding: SoundingNotes) -> bool:
    """Return whether a message is the note-off of a key that was pressed before the recording or in a pause."""
    return message.is_note_off and not sounding.is_released_by(message)


def read_session(folder: Path) -> SessionData:
    """Read a session.

    Args:
        folder: Its folder.

    Raises:
        RubatoError: it is not a session or cannot be read. Damaged lines are skipped and listed in ``problems``.
    """
    path = folder / JOURNAL
    try:
        lines = path.read_bytes().split(b"\n")
        header = decode_header(lines[0])
        info = SessionInfo.of(folder, header)
    except FileNotFoundError:
        raise RubatoError(f"{folder} is not a session: it has no {JOURNAL}", code="no_session") from None
    except OSError as error:
        raise RubatoError(f"{path} cannot be read: {reason(error)}", code="no_session") from None
    except LineError as error:
        raise RubatoError(
            f"{path} is damaged: {error}",
            todo=f"Open {MIDI} in the same folder instead",
            code="no_session",
        ) from None
    events, problems = [], []
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        try:
            events.append(decode(line))
        except LineError as error:
            problems.append(f"{JOURNAL}, line {number}: {error}")
    return SessionData(info, tuple(events), tuple(problems))


def list_sessions(data: Path, most: int | None = None) -> list[SessionInfo]:
    """Return the sessions of a data folder, newest first; reads only the first line of each.

    Args:
        data: The data folder.
        most: Maximum number of sessions; None for all.
    """
    sessions: list[SessionInfo] = []
    for folder in sorted(sessions_folder(data).glob("[0-9]*/[0-9]*/[0-9]*"), key=_sort_key, reverse=True):
        if most is not None and len(sessions) == most:
            break
        info = read_info(folder)
        if info is not None:
            sessions.append(info)
    return sessions


def read_info(folder: Path) -> SessionInfo | None:
    """Return the description of a session; None if the folder is not a session or its first line is damaged."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            return SessionInfo.of(folder, decode_header(file.readline()))
    except (OSError, LineError):
        return None


def _sort_key(folder: Path) -> tuple[str, int]:
    date, time, number = [*folder.name.split("-"), "", "0"][:3]
    return f"{date}-{time}", int(number) if number.isdecimal() else 0
