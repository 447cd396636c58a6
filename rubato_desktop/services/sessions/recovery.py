"""What is done at a start with the journals of runs that did not end themselves.

A journal in ``journals/`` belongs to a run that is alive, which holds its lock, or to one that crashed. A run
that ends itself drops its journal, unless recording was started or something was saved: then the journal of
the whole run goes to ``journals/kept/``. A damaged one goes to ``journals/damaged/`` and is never deleted.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rubato_desktop.events import Event, Notice, Played, WordHeard
from rubato_desktop.file_lock import lock
from rubato_desktop.services.sessions.durable_file import is_at, numbered
from rubato_desktop.services.sessions.journal_format import LineError, decode
from rubato_desktop.services.sessions.outline import JournalSlice, Outline
from rubato_desktop.services.sessions.session import SessionInfo, in_words
from rubato_desktop.services.sessions.session_writer import (
    keep_recording,
    keep_since_save,
    read_events,
    staging,
)

log = logging.getLogger(__name__)


def journals_folder(data: Path) -> Path:
    return data / "journals"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was found of one run, in words.

    Attributes:
        sessions: What was made of it.
        happened, kept, todo: In words.
        damaged: Where a damaged journal is now; None when it was whole.
    """

    sessions: tuple[SessionInfo, ...]
    happened: str
    kept: str = ""
    todo: str = ""
    damaged: Path | None = None

    def notice(self, t: int) -> Notice:
        """Return it as a notice at `t` µs."""
        good = self.sessions and self.damaged is None
        return Notice(t, "info" if good else "warning", self.happened, self.kept, self.todo)


def recover(data: Path) -> list[Recovered]:
    """Make sessions of the journals of runs that crashed. From any thread; safe beside other running programs.

    Args:
        data: The data folder.

    Returns:
        What was found, oldest first; empty when every run ended itself.
    """
    found = []
    for journal in sorted(journals_folder(data).glob("*.jsonl")):
        try:
            with _claimed(journal) as file:
                result = _recover(data, journal, file) if file else None
        except OSError as error:
            log.warning("%s could not be recovered: %s", journal, error)
            result = _not_now(
                journal, error.strerror or str(error), "Make room, or let the program write there"
            )
        except Exception as error:
            # One journal that is damaged in a way nobody thought of must not keep the others from their owner.
            log.exception("a bug in recovering %s", journal)
            result = _not_now(journal, f"a bug, {error!r}", "The log in the data folder has the details")
        if result is not None:
            found.append(result)
    return found


def put_away(journal: Path, outline: Outline | None = None) -> None:
    """Drop the journal of a run of which nothing is missing, or keep it when that run recorded or saved."""
    outline = outline or Outline.of(journal)
    if outline.wanted:
        _move(journal, "kept")
    else:
        journal.unlink(missing_ok=True)


def _not_now(journal: Path, why: str, todo: str) -> Recovered:
    kept = f"It stays in {journal} and is tried again at the next start"
    return Recovered((), f"A journal of an earlier run could not be recovered: {why}", kept, todo)


@contextmanager
def _claimed(journal: Path) -> Iterator[io.FileIO | None]:
    """Take a journal that nobody holds; None when it belongs to a living run, or is gone."""
    try:
        file = io.FileIO(os.open(journal, os.O_RDWR | getattr(os, "O_BINARY", 0)), "r+")
    except FileNotFoundError:
        yield None
        return
    with file:
        yield file if lock(file) and is_at(file, journal) else None


def _recover(data: Path, journal: Path, file: io.FileIO) -> Recovered | None:
    shutil.rmtree(staging(data, journal), ignore_errors=True)
    outline = Outline.of(journal)
    damage = _damage(outline)
    sessions: list[SessionInfo] = []
    if not outline.ended:
        sessions = [keep_recording(data, outline, id, recovered=True) for id in outline.unsaved()]
        if _is_music(outline):
            sessions.append(keep_since_save(data, outline, recovered=True))
    sessions = [session for session in sessions if session.notes or session.words]
    happened = "; ".join(map(_sentence, sessions))
    if sys.platform == "win32":
        file.close()  # what is open cannot be moved there
    if damage:
        aside = _move(journal, "damaged")
        return Recovered(
            tuple(sessions),
            f"A journal of an earlier run is damaged: {damage}",
            ". ".join(
                filter(None, [happened or "Nothing in it could be recovered", f"It is kept as {aside}"])
            ),
            damaged=aside,
        )
    put_away(journal, outline)
    if not sessions:
        return None
    return Recovered(
        tuple(sessions),
        f"The program did not end properly the last time. {happened}",
        "At most the last second is missing",
        "Open it from the list of recordings",
    )


def _damage(outline: Outline) -> str:
    """What is wrong with a journal beyond the torn end that every crash may leave; empty when nothing is."""
    size = outline.path.stat().st_size
    if size and outline.header is None:
        return "its first line cannot be read"
    bad = 0
    for line in outline.lines([JournalSlice(outline.first, outline.end)]):
        try:
            decode(line)
        except LineError:
            bad += 1
    return f"{_count(bad, 'line')} cannot be read" if bad else ""


def _is_music(outline: Outline) -> bool:
    """True when something was played outside of recordings since the last save.

    The words that turn recording on and off stand beside it, and are not worth a session of their own.
    """
    recordings = [
        piece
        for placed in outline.marks
        if placed.mark.what == "start"
        for piece in outline.recording(placed.mark.id)
    ]
    events = read_events(outline, _without(outline.since_save(), recordings), 0)
    own = [event.word for event in events if isinstance(event, WordHeard)]
    switching = sum(len(word.keys) for word in own if word.command.startswith("record_"))
    notes = sum(_is_note_on(event) for event in events)
    return notes > switching or any(not word.command.startswith("record_") for word in own)


def _is_note_on(event: Event) -> bool:
    return isinstance(event, Played) and event.message.is_note_on


def _without(pieces: Sequence[JournalSlice], others: Sequence[JournalSlice]) -> list[JournalSlice]:
    """Return pieces less other pieces."""
    rest = list(pieces)
    for other in others:
        rest = [
            part
            for piece in rest
            for part in (
                JournalSlice(piece.begin, min(piece.end, other.begin)),
                JournalSlice(max(piece.begin, other.end), piece.end),
            )
            if part.begin < part.end
        ]
    return rest


def _sentence(session: SessionInfo) -> str:
    notes, words = _count(session.notes, "note"), _count(session.words, "word")
    return f"{notes} and {words} of {in_words(session.began)} were recovered to {session.folder}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _move(journal: Path, where: str) -> Path:
    folder = journal.parent / where
    folder.mkdir(exist_ok=True)
    target = next(
        folder / f"{name}.jsonl" for name in numbered(journal.stem) if not (folder / f"{name}.jsonl").exists()
    )
    return journal.rename(target)
