"""Making a session out of pieces of a journal: the whole folder, or none of it."""

from __future__ import annotations

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
    """Make a session of the recording of number `id`; see `keep_since_save`."""
    stop = outline.find("stop", id)
    draft = _draft(data, outline, outline.find("start", id), stop)
    until = stop.mark.t - draft.zero if stop is not None else None
    return _keep(outline, outline.recording(id), replace(draft, id=id, recovered=recovered), until)


def keep_since_save(data: Path, outline: Outline, id: int = 0, *, recovered: bool = False) -> SessionInfo:
    """Make a session of everything since the last save.

    Args:
        data: The data folder.
        outline: The journal's.
        id: Number of the save up to which it goes; 0 for all there is.
        recovered: Whether it is found after a crash.

    Returns:
        The session; the one that is there already when it was made before.

    Raises:
        OSError: it cannot be written; then there is nothing of it.
    """
    draft = _draft(data, outline, outline.last_save(), outline.find("save", id))
    return _keep(outline, outline.since_save(id), replace(draft, id=id, recovered=recovered))


def _draft(data: Path, outline: Outline, first: PlacedMark | None, last: PlacedMark | None) -> SessionInfo:
    """What is known of a session from the marks at which it begins and ends; None where the run does."""
    zero, began = _beginning(outline, first)
    name = last.mark.name if last else ""
    return SessionInfo(sessions_folder(data), began, name=name, run=outline.path.stem, zero=zero)


def _keep(
    outline: Outline, pieces: Sequence[JournalSlice], draft: SessionInfo, until: int | None = None
) -> SessionInfo:
    events = read_events(outline, pieces, draft.zero)
    if until is None:
        end = max((event.t for event in events), default=0)
    else:
        events = tuple(_recorded(events, until))
        end = max(until, max((event.t for event in events if isinstance(event, Played)), default=0))
    session = SessionData(replace(draft, end=max(0, end)), events)
    notes = sum(message.is_note_on for message in session.messages)
    info = replace(session.info, notes=notes, words=len(session.words), remarks=len(session.remarks))

    month, stamp = _place(draft.folder, draft.began)
    made = _made_before(month, stamp, info)
    if made is not None:
        return made
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
    """Yield what belongs to a recording that was stopped at `until` µs.

    "Stop recording" waits for a name it may be given. Of what is played meanwhile, only the releases of keys and
    pedals that were down at the stop are recorded.
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
    """Return the folder in which a run makes its sessions before they are moved into place."""
    return sessions_folder(data) / _staging(journal.stem)


def _staging(run: str) -> str:
    return f".{run}"


def _place(sessions: Path, began: datetime) -> tuple[Path, str]:
    return sessions / f"{began:%Y}" / f"{began:%m}", began.strftime(STAMP)


def read_events(outline: Outline, pieces: Sequence[JournalSlice], zero: int) -> tuple[Event, ...]:
    """Return what pieces of a journal say, with `zero` µs taken off all times; damaged lines are left out."""
    events = []
    for line in outline.lines(pieces):
        try:
            events.append(decode(line, zero))
        except LineError:
            continue
    return tuple(events)


def _beginning(outline: Outline, first: PlacedMark | None) -> tuple[int, datetime]:
    if first is not None and first.mark.at is not None:
        return first.mark.t, first.mark.at
    if outline.header is not None:
        zero = outline.header.t if first is None else first.mark.t
        return zero, outline.header.wall(zero)
    return 0 if first is None else first.mark.t, _from_name(outline.path)


def _from_name(path: Path) -> datetime:
    """The time in a journal's name, for one whose first line is damaged; else that of its last change."""
    try:
        return datetime.strptime(path.stem[:15], STAMP).astimezone()
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime).astimezone()


def _made_before(month: Path, stamp: str, info: SessionInfo) -> SessionInfo | None:
    """Return the same session where the program ended between making it and saying so."""
    for name in numbered(stamp):
        if not (month / name).exists():
            return None
        found = read_info(month / name)
        if found and replace(found, folder=info.folder, recovered=info.recovered) == info:
            return found
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
            # Another program with the same data folder may have taken the name meanwhile.
            if folder.exists() and staged.exists():
                continue
            raise
        sync_folder(month)
        return folder
    raise OSError(f"{month} has no free name for {stamp}")
