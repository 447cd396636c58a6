"""Reading MIDI files: all that is in them, times in microseconds, and one error for all that is wrong."""

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
from rubato_desktop.midi.file.problems import FileProblem, MidiFileError
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

MAX_BYTES = 64 << 20  # some eight million notes


@dataclass(frozen=True, slots=True, eq=False)
class MidiFile:
    """All that is in a MIDI file. Times are µs from its beginning, tracks are counted from 0.

    Attributes:
        notes: The notes of all tracks and channels; tracks are called by their titles there.
        tracks: One entry a track, empty ones included, in the file's order.
        messages: All else that is sent to an instrument: controllers, programs, bends, pressures, sysex.
        texts: Every text: words, lyrics, markers, names.
        format: 0, 1 or 2. In format 2 each track has its own tempos; all begin at 0.
        division: How the file counts time.
        tempos: Where the tempo changes (in format 2: the first track's); empty when the file does not count
            quarters.
        time_signatures: Where the time signature changes.
        duration_us: Where the last track ends.
        feedback: True for a feedback file: see `importing`.
        problems: What was odd and, when it was salvaged, what was damaged and left out.
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
        """Ticks a quarter note; None when the file counts frames or is read as milliseconds."""
        return self.division.ticks_per_quarter


def read_midi(path: str | Path, *, as_recorder: bool = False, salvage: bool = False) -> MidiFile:
    """Read a Standard MIDI File.

    Args:
        path: The file.
        as_recorder: Read its ticks as milliseconds, whatever it says of its tempo: see `importing`.
        salvage: Keep all that can be read of a damaged file; what could not is in ``problems``.

    Raises:
        MidiFileError: missing, a folder, unreadable, empty, larger than `MAX_BYTES`, not a MIDI file, or
            damaged and not to be salvaged.
    """
    return parse_midi(_bytes_of(Path(path)), str(path), as_recorder=as_recorder, salvage=salvage)


def parse_midi(
    raw: bytes, name: str = "the file", *, as_recorder: bool = False, salvage: bool = False
) -> MidiFile:
    """Read the bytes of a Standard MIDI File as `read_midi` does; `name` is what messages call it."""
    if not raw:
        raise MidiFileError(f"{name} is empty", todo="Choose another file")
    trouble = FileProblem(name, salvage)
    header = read_header(raw, trouble)
    division = Division.milliseconds() if as_recorder else header.division
    tracks = list(read_tracks(raw, header, trouble))
    maps = _tempo_maps(header.format, division, tracks, trouble)
    timed = [TimedTrack.of(index, track, maps[index], trouble) for index, track in enumerate(tracks)]

    tempos = maps[0].tempos if tracks and division.ticks_per_quarter else ()
    feedback = is_feedback(header.format, header.division, tempos)
    tables = [track.notes() for track in timed]
    texts = [track.texts() for track in timed]
    infos = tuple(
        track.info(len(table), len(own), feedback)
        for track, table, own in zip(timed, tables, texts, strict=True)
    )
    return MidiFile(
        notes=Notes(_merged(tables, NOTE_DTYPE, "on"), tuple(info.title for info in infos)),
        tracks=infos,
        messages=_messages(timed),
        texts=tuple(sorted((text for own in texts for text in own), key=lambda text: text.t)),
        format=header.format,
        division=division,
        tempos=tempos,
        time_signatures=_time_signatures(timed, trouble),
        duration_us=max((track.end_us for track in timed), default=0),
        feedback=feedback,
        problems=trouble.problems,
    )


def _bytes_of(path: Path) -> bytes:
    """Read a whole file, if it is one and is not too large."""
    try:
        # Not blocking: a pipe that nobody writes to would be waited for.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            kind = os.fstat(handle)
            if not stat.S_ISREG(kind.st_mode):
                what = "a folder" if stat.S_ISDIR(kind.st_mode) else "not an ordinary file"
                raise MidiFileError(f"{path} is {what}", todo="Choose a MIDI file")
            with os.fdopen(handle, "rb", closefd=False) as file:
                raw = file.read(MAX_BYTES + 1)
        finally:
            os.close(handle)
    except FileNotFoundError:
        raise MidiFileError(f"There is no file {path}", todo="Check its name and folder") from None
    except (OSError, ValueError) as error:
        if isinstance(error, PermissionError) and path.is_dir():  # Windows refuses to open a folder
            raise MidiFileError(f"{path} is a folder", todo="Choose a MIDI file") from None
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise MidiFileError(f"{path} cannot be read: {reason}", todo="Check that you may read it") from error
    if len(raw) > MAX_BYTES:
        size = f"{kind.st_size / 1e6:,.0f} MB"
        raise MidiFileError(
            f"{path} is too large: {size}, the program opens up to {MAX_BYTES / 1e6:.0f} MB",
            todo="Split it with a sequencer",
        )
    return raw


def _tempo_maps(
    format: int, division: Division, tracks: Sequence[Track], trouble: FileProblem
) -> list[TempoMap]:
    """One map a track: its own in format 2, else the same for all, from the tempos of all tracks."""
    changes = [list(tempo_changes(track, number, trouble)) for number, track in enumerate(tracks, 1)]
    if format == 2:
        return [TempoMap.of(division, own) for own in changes]
    return [TempoMap.of(division, (change for own in changes for change in own))] * len(tracks)


def _time_signatures(timed: Sequence[TimedTrack], trouble: FileProblem) -> tuple[TimeSignature, ...]:
    found = {
        TimeSignature(track.tempo.microsecond(tick), numerator, denominator)
        for track in timed
        for tick, numerator, denominator in time_signatures(track.track, track.index + 1, trouble)
    }
    return tuple(sorted(found))


def _messages(timed: Sequence[TimedTrack]) -> MessageRows:
    tables: list[npt.NDArray[np.void]] = []
    long: list[bytes] = []
    for track in timed:
        table, own_long = track.messages(len(long))
        tables.append(table)
        long += own_long
    return MessageRows(_merged(tables, ROW_DTYPE, "t"), tuple(long))


def _merged(
    tables: Sequence[npt.NDArray[np.void]], dtype: np.dtype[Any], column: str
) -> npt.NDArray[np.void]:
    """Put sorted tables into one; at one time the rows keep the order of the tracks."""
    tables = [table for table in tables if len(table)]
    if len(tables) < 2:
        return tables[0] if tables else np.empty(0, dtype)
    whole = np.concatenate(tables)
    return whole[np.argsort(whole[column], kind="stable")]
