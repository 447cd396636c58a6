"""Writing sessions from slices of a journal: either the whole folder appears, or none of it."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from rubato_desktop.events import Event, Played, WordMissed
from rubato_desktop.files import sync_folder, write_beside
from rubato_desktop.midi.file.writer import write_session
from rubato_desktop.midi.messages import Message
from rubato_desktop.services.sessions.durable_file import numbered
from rubato_desktop.services.sessions.journal import STAMP
from rubato_desktop.services.sessions.journal_entries import Header, Mark
from rubato_desktop.services.sessions.journal_format import LineError, decode, encode, encode_header
from rubato_desktop.services.sessions.outline import JournalSlice, Outline, PlacedMark
from rubato_desktop.services.sessions.session import (
    JOURNAL,
    MIDI,
    SessionData,
    SessionInfo,
    read_info,
    sessions_folder,
)
from rubato_desktop.services.sessions.sounding_notes import SoundingNotes
from rubato_desktop.services.sessions.word_json import word_as_json


def keep_recording(data: Path, outline: Outline, id: int, *, recovered: bool = False) -> SessionInfo:
    """Write the session of the recording with number `id`; see `keep_since_save`."""
    stop = outline.find("stop", id)
    draft = _draft(data, outline, outline.find("start", id), stop)
    until = stop.mark.t - draft.zero if stop is not None else None
    return _keep(outline, outline.recording(id), replace(draft, id=id, recovered=recovered), until)


def keep_since_save(data: Path, outline: Outline, id: int = 0, *, recovered: bool = False) -> SessionInfo:
    """Write a session of everything since the last save.

    Args:
        data: The data folder.
        outline: Outline of the journal.
        id: Number of the save at which it ends; 0 for the end of the journal.
        recovered: Whether this is a recovery after a crash.

    Returns:
        The session; the existing one if it was written before.

    Raises:
        OSError: it cannot be written; then no part of it exists.
    """
    draft = _draft(data, outline, outline.last_save(), outline.find("save", id))
    return _keep(outline, outline.since_save(id), replace(draft, id=id, recovered=recovered))


def _draft(data: Path, outline: Outline, first: PlacedMark | None, last: PlacedMark | None) -> SessionInfo:
    """Return what the marks at its beginning and end tell of a session; None stands for those of the run."""
    zero, began = _zero_and_began(outline, first)
    name = last.mark.name if last else ""
    return SessionInfo(sessions_folder(data), began, name=name, run=outline.path.stem, zero=zero)


def _keep(
    outline: Outline, slices: Sequence[JournalSlice], draft: SessionInfo, until: int | None = None
) -> SessionInfo:
    events = read_events(outline, slices, draft.zero)
    if until is None:
        end = max((event.t for event in events), default=0)
    else:
        events = tuple(_recorded(events, until))
        end = max(until, max((event.t for event in events if isinstance(event, Played)), default=0))
    session = SessionData(replace(draft, end=max(0, end)), events)
    notes = sum(message.is_note_on for message in session.messages)
    info = replace(session.info, notes=notes, words=len(session.words), remarks=len(session.remarks))

    month, stamp = _month_and_stamp(draft.folder, draft.began)
    existing = _existing(month, stamp, info)
    if existing is not None:
        return existing
    staged = draft.folder / _staging(draft.run)
    shutil.rmtree(staged, ignore_errors=True)
    try:
        _write(staged, replace(session, info=info), outline.header)
        month.mkdir(parents=True, exist_ok=True)
        folder = _move(staged, month, stamp)
    except OSError:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return replace(info, folder=folder)


def _recorded(events: Sequence[Event], until: int) -> Iterator[Event]:
    """Yield the events that belong to a recording that was stopped at `until` µs.

    "Stop recording" waits for an optional name. Of the notes played meanwhile, only the releases of keys and pedals
    that were down at the stop belong to the recording.
    """
    sounding = SoundingNotes()
    for event in events:
        if isinstance(event, Mark) and event.what == "pause":
            sounding.release(event.t)
        elif isinstance(event, WordMissed):
            if event.run.t > until:
                continue
        elif isinstance(event, Played):
            if event.t > until and not sounding.is_released_by(event.message):
                continue
            sounding.take(event.message)
        yield event


def staging(data: Path, journal: Path) -> Path:
    """Return the folder in which a run writes its sessions before they are moved into place."""
    return sessions_folder(data) / _staging(journal.stem)


def _staging(run: str) -> str:
    return f".{run}"


def _month_and_stamp(sessions: Path, began: datetime) -> tuple[Path, str]:
    return sessions / f"{began:%Y}" / f"{began:%m}", began.strftime(STAMP)


def read_events(outline: Outline, slices: Sequence[JournalSlice], zero: int) -> tuple[Event, ...]:
    """Return the events of slices of a journal, with `zero` µs subtracted from all times; skips damaged lines."""
    events = []
    for line in outline.lines(slices):
        try:
            events.append(decode(line, zero))
        except LineError:
            continue
    return tuple(events)


def _zero_and_began(outline: Outline, first: PlacedMark | None) -> tuple[int, datetime]:
    if first is not None and first.mark.at is not None:
        return first.mark.t, first.mark.at
    if outline.header is not None:
        zero = outline.header.t if first is None else first.mark.t
        return zero, outline.header.wall(zero)
    return 0 if first is None else first.mark.t, _from_name(outline.path)


def _from_name(path: Path) -> datetime:
    """Return the time in a journal's file name, or else of its last modification; for a damaged first line."""
    try:
        return datetime.strptime(path.stem[:15], STAMP).astimezone()
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone()


def _existing(month: Path, stamp: str, info: SessionInfo) -> SessionInfo | None:
    """Return the same session if it exists: the program may have ended between writing it and marking it."""
    for name in numbered(stamp):
        if not (month / name).exists():
            return None
        other = read_info(month / name)
        if other and replace(other, folder=info.folder, recovered=info.recovered) == info:
            return other
    return None


def _write(folder: Path, session: SessionData, header: Header | None) -> None:
    info = session.info
    program = header.program if header else ""
    lines = [encode_header(Header(info.began, 0, program, info.about))]
    lines += [line for event in session.events if (line := encode(event)) is not None]
    write_beside(folder / JOURNAL, b"".join(lines))
    tracks: dict[str, list[Message]] = {}
    for message in session.sounding:
        tracks.setdefault(message.device, []).append(message)
    texts: dict[str, list[tuple[int, str]]] = {}
    for word in session.words:
        texts.setdefault(word.language, []).append((word.t, json.dumps(word_as_json(word))))
    write_session(folder / MIDI, tracks, texts, info.end)


def _move(staged: Path, month: Path, stamp: str) -> Path:
    for name in numbered(stamp):
        folder = month / name
        if folder.exists():
            continue
        try:
            staged.rename(folder)
        except OSError:
            # Another program with the same data folder may have used the name meanwhile.
            if folder.exists() and staged.exists():
                continue
            raise
        sync_folder(month)
        return folder
    raise OSError(errno.EEXIST, f"{month} has no free name for {stamp}")
