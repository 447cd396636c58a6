"""Reads MIDI files completely, with times in microseconds; every failure is a `MidiFileError`."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rubato_desktop.midi.file.chunks import read_header, read_tracks
from rubato_desktop.midi.file.events import Track
from rubato_desktop.midi.file.legacy import is_feedback
from rubato_desktop.midi.file.message_rows import ROW_DTYPE, MessageRows
from rubato_desktop.midi.file.meta_events import Text, TimeSignature, tempo_changes, time_signatures
from rubato_desktop.midi.file.problems import FileProblems, MidiFileError
from rubato_desktop.midi.file.tempo import Division, Tempo, TempoMap
from rubato_desktop.midi.file.tracks import TimedTrack, TrackInfo
from rubato_desktop.midi.notes import NOTE_DTYPE, Notes

__all__ = [
    "MAX_BYTES",
    "MidiFile",
    "MidiFileError",
    "Text",
    "TimeSignature",
    "TrackInfo",
    "parse_midi",
    "read_midi",
]

MAX_BYTES = 64 << 20  # about eight million notes


@dataclass(frozen=True, slots=True, eq=False)
class MidiFile:
    """The contents of a MIDI file. Times are µs from its beginning; tracks are counted from 0.

    Attributes:
        notes: The notes of all tracks and channels; their `tracks` are the track titles.
        tracks: One entry per track, including empty ones, in file order.
        messages: All other messages to an instrument: controllers, programs, bends, pressure, sysex.
        texts: Every text: words, lyrics, markers, names.
        format: 0, 1 or 2. In format 2 each track has its own tempos, and all tracks begin at 0.
        division: The length of a tick.
        tempos: Tempo changes (in format 2, those of the first track); empty unless time is in quarter notes.
        time_signatures: Changes of the time signature.
        duration_us: End of the last track.
        feedback: True for a feedback file; see `legacy`.
        problems: Descriptions of irregularities and, if salvaged, of the damage.
    """

    notes: Notes
    tracks: tuple[TrackInfo, ...]
    messages: MessageRows
    texts: tuple[Text, ...]
    format: int
    division: Division
    tempos: tuple[Tempo, ...]
    time_signatures: tuple[TimeSignature, ...]
    duration_us: int
    feedback: bool
    problems: tuple[str, ...]

    @property
    def ticks_per_quarter(self) -> int | None:
        """Ticks per quarter note, or None if time is in frames or milliseconds."""
        return self.division.ticks_per_quarter


def read_midi(path: str | Path, *, as_recorder: bool = False, salvage: bool = False) -> MidiFile:
    """Read a Standard MIDI File.

    Args:
        path: The file.
        as_recorder: Read ticks as milliseconds and ignore tempos; see `legacy`.
        salvage: Read as much as possible of a damaged file, and list the damage in ``problems``.

    Raises:
        MidiFileError: the file is missing, unreadable, empty, larger than `MAX_BYTES`, not a MIDI file, or damaged
            (when not salvaging).
    """
    return parse_midi(_read_bytes(Path(path)), str(path), as_recorder=as_recorder, salvage=salvage)


def parse_midi(
    raw: bytes, name: str = "the file", *, as_recorder: bool = False, salvage: bool = False
) -> MidiFile:
    """Parse the bytes of a Standard MIDI File like `read_midi`; `name` is the file's name in messages."""
    if not raw:
        raise MidiFileError(f"{name} is empty", todo="Choose another file")
    problems = FileProblems(name, salvage)
    header = read_header(raw, problems)
    division = Division.milliseconds() if as_recorder else header.division
    tracks = list(read_tracks(raw, header, problems))
    maps = _tempo_maps(header.format, division, tracks, problems)
    timed = [TimedTrack.of(index, track, maps[index], problems) for index, track in enumerate(tracks)]

    tempos = maps[0].tempos if tracks and division.ticks_per_quarter else ()
    feedback = is_feedback(header.format, header.division, tempos)
    tables = [track.notes() for track in timed]
    texts = [track.texts() for track in timed]
    infos = tuple(
        track.info(len(table), len(track_texts), feedback)
        for track, table, track_texts in zip(timed, tables, texts, strict=True)
    )
    return MidiFile(
        notes=Notes(_merged(tables, NOTE_DTYPE, "on"), tuple(info.title for info in infos)),
        tracks=infos,
        messages=_messages(timed),
        texts=tuple(sorted((text for track_texts in texts for text in track_texts), key=lambda text: text.t)),
        format=header.format,
        division=division,
        tempos=tempos,
        time_signatures=_time_signatures(timed, problems),
        duration_us=max((track.end_us for track in timed), default=0),
        feedback=feedback,
        problems=problems.descriptions,
    )


def _read_bytes(path: Path) -> bytes:
    """Read a whole file, provided it is a regular file and not too large."""
    try:
        # Non-blocking: opening a pipe without a writer would otherwise hang.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
                raise MidiFileError(f"{path} is {what}", todo="Choose a MIDI file")
            with os.fdopen(handle, "rb", closefd=False) as file:
                raw = file.read(MAX_BYTES + 1)
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise MidiFileError(f"There is no file {path}", todo="Check the name and the folder") from None
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError) and path.is_dir():  # Windows refuses to open a folder
            raise MidiFileError(f"{path} is a folder", todo="Choose a MIDI file") from None
        reason = getattr(error, "strerror", None) or "the name is not valid"
        raise MidiFileError(f"Cannot read {path}: {reason}", todo="Check its name and permissions") from error
    if len(raw) > MAX_BYTES:
        size = f"{status.st_size / 1e6:,.0f} MB"
        raise MidiFileError(
            f"{path} is too large ({size}); Rubato opens files of up to {MAX_BYTES / 1e6:.0f} MB",
            todo="Split it with a sequencer",
        )
    return raw


def _tempo_maps(
    format: int, division: Division, tracks: Sequence[Track], problems: FileProblems
) -> list[TempoMap]:
    """Return one map per track: in format 2 its own, otherwise one map of the tempos of all tracks."""
    by_track = [list(tempo_changes(track, number, problems)) for number, track in enumerate(tracks, 1)]
    if format == 2:
        return [TempoMap.of(division, changes) for changes in by_track]
    return [TempoMap.of(division, (change for changes in by_track for change in changes))] * len(tracks)


def _time_signatures(timed: Sequence[TimedTrack], problems: FileProblems) -> tuple[TimeSignature, ...]:
    signatures = {
        TimeSignature(track.tempo.microsecond(tick), numerator, denominator)
        for track in timed
        for tick, numerator, denominator in time_signatures(track.track, track.index + 1, problems)
    }
    return tuple(sorted(signatures))


def _messages(timed: Sequence[TimedTrack]) -> MessageRows:
    tables: list[npt.NDArray[np.void]] = []
    long: list[bytes] = []
    for track in timed:
        table, track_long = track.messages(len(long))
        tables.append(table)
        long += track_long
    return MessageRows(_merged(tables, ROW_DTYPE, "t"), tuple(long))


def _merged(
    tables: Sequence[npt.NDArray[np.void]], dtype: np.dtype[Any], column: str
) -> npt.NDArray[np.void]:
    """Merge sorted tables by time; rows with equal times stay in track order."""
    tables = [table for table in tables if len(table)]
    if len(tables) < 2:
        return tables[0] if tables else np.empty(0, dtype)
    whole = np.concatenate(tables)
    return whole[np.argsort(whole[column], kind="stable")]
