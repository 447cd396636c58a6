"""Recovery of the journals of crashed runs, at the next start.

A journal in ``journals/`` belongs to a running program, which holds its lock, or to one that crashed. A program
that ends properly deletes its journal, unless it recorded or saved something: then it moves the journal to
``journals/kept/``. A damaged journal is moved to ``journals/damaged/`` and never deleted.
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

from rubato_desktop.errors import reason
from rubato_desktop.events import Event, Notice, Played, WordHeard
from rubato_desktop.file_lock import lock
from rubato_desktop.plurals import counted
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
    """Return the folder of the journals in a data folder."""
    return data / "journals"


@dataclass(frozen=True, slots=True)
class Recovered:
    """The result of recovering one journal.

    Attributes:
        sessions: The sessions made from it.
        happened, kept, todo: The texts of the notice.
        damaged: New path of a damaged journal; None for an intact one.
    """

    sessions: tuple[SessionInfo, ...]
    happened: str
    kept: str = ""
    todo: str = ""
    damaged: Path | None = None

    def notice(self, t: int) -> Notice:
        """Return the notice about it, at `t` µs."""
        good = self.sessions and self.damaged is None
        return Notice(t, "info" if good else "warning", self.happened, self.kept, self.todo)


def recover(data: Path) -> list[Recovered]:
    """Make sessions from the journals of crashed runs. For any thread; safe while other programs run.

    Args:
        data: The data folder.

    Returns:
        The results, oldest first; empty if no run crashed.
    """
    results = []
    for journal in sorted(journals_folder(data).glob("*.jsonl")):
        try:
            with _claimed(journal) as file:
                result = _recover(data, journal, file) if file else None
        except OSError as error:
            log.warning("%s could not be recovered: %s", journal, error)
            result = _not_now(journal, reason(error), "Free some disk space, or allow Rubato to write there")
        except Exception:
            # A journal damaged in an unforeseen way must not prevent the recovery of the others.
            log.exception("unexpected error while recovering %s", journal)
            result = _not_now(journal, "an internal error", "The log in the data folder has the details")
        if result is not None:
            results.append(result)
    return results


def archive_journal(journal: Path, outline: Outline | None = None) -> None:
    """Delete the journal of a run that lost nothing, or move it to ``kept/`` if that run recorded or saved."""
    outline = outline or Outline.of(journal)
    if outline.wanted:
        _move(journal, "kept")
    else:
        journal.unlink(missing_ok=True)


def _not_now(journal: Path, why: str, todo: str) -> Recovered:
    kept = f"It stays in {journal}; Rubato tries again at the next start"
    return Recovered((), f"A journal of an earlier run could not be recovered: {why}", kept, todo)


@contextmanager
def _claimed(journal: Path) -> Iterator[io.FileIO | None]:
    """Open and lock a journal; yields None if a running program holds it, or it is gone."""
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
        if _has_music(outline):
            sessions.append(keep_since_save(data, outline, recovered=True))
    sessions = [session for session in sessions if session.notes or session.words]
    happened = "; ".join(map(_sentence, sessions))
    if sys.platform == "win32":
        file.close()  # Windows cannot move an open file
    if damage:
        moved = _move(journal, "damaged")
        return Recovered(
            tuple(sessions),
            f"A journal of an earlier run is damaged: {damage}",
            ". ".join(
                filter(None, [happened or "Nothing in it could be recovered", f"It is kept as {moved}"])
            ),
            damaged=moved,
        )
    archive_journal(journal, outline)
    if not sessions:
        return None
    return Recovered(
        tuple(sessions),
        f"Rubato did not end properly last time. {happened}",
        "At most the last second is missing",
        "Open them from the list of recordings"
        if len(sessions) > 1
        else "Open it from the list of recordings",
    )


def _damage(outline: Outline) -> str:
    """Return how a journal is damaged, apart from the torn last line a crash may leave; empty if it is not."""
    size = outline.path.stat().st_size
    if size and outline.header is None:
        return "its first line cannot be read"
    bad = 0
    for line in outline.lines([JournalSlice(outline.first, outline.end)]):
        try:
            decode(line)
        except LineError:
            bad += 1
    return f"{counted(bad, 'line')} cannot be read" if bad else ""


def _has_music(outline: Outline) -> bool:
    """Return whether anything was played outside recordings since the last save.

    The words that turn recording on and off do not count: they are not worth a session of their own.
    """
    recordings = [
        recorded
        for placed in outline.marks
        if placed.mark.what == "start"
        for recorded in outline.recording(placed.mark.id)
    ]
    events = read_events(outline, _without(outline.since_save(), recordings), 0)
    own = [event.word for event in events if isinstance(event, WordHeard)]
    switching = sum(len(word.keys) for word in own if word.command.startswith("record_"))
    notes = sum(_is_note_on(event) for event in events)
    return notes > switching or any(not word.command.startswith("record_") for word in own)


def _is_note_on(event: Event) -> bool:
    return isinstance(event, Played) and event.message.is_note_on


def _without(slices: Sequence[JournalSlice], others: Sequence[JournalSlice]) -> list[JournalSlice]:
    """Return the parts of slices that no other slice covers."""
    rest = list(slices)
    for other in others:
        rest = [
            part
            for remaining in rest
            for part in (
                JournalSlice(remaining.begin, min(remaining.end, other.begin)),
                JournalSlice(max(remaining.begin, other.end), remaining.end),
            )
            if part.begin < part.end
        ]
    return rest


def _sentence(session: SessionInfo) -> str:
    notes, words = counted(session.notes, "note"), counted(session.words, "word")
    return f"{notes} and {words} from {in_words(session.began)} were recovered to {session.folder}"


def _move(journal: Path, subfolder: str) -> Path:
    folder = journal.parent / subfolder
    folder.mkdir(exist_ok=True)
    target = next(
        folder / f"{name}.jsonl" for name in numbered(journal.stem) if not (folder / f"{name}.jsonl").exists()
    )
    return journal.rename(target)
