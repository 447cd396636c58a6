"""Reads the chunks of a Standard MIDI File: its header and its tracks.

Format: Standard MIDI Files 1.0 (RP-001); RIFF-wrapped files (RP-029) are read too. Declared values, above all
lengths, are trusted only if the following bytes confirm them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rubato_desktop.midi.file.event_offsets import PAD
from rubato_desktop.midi.file.events import Track, read_track
from rubato_desktop.midi.file.problems import FileProblems, MidiFileError
from rubato_desktop.midi.file.salvage import Budget
from rubato_desktop.midi.file.tempo import Division
from rubato_desktop.plurals import counted

HEADER, TRACK = b"MThd", b"MTrk"
MAX_TRACKS = 4096
_END_OF_TRACK = b"\xff\x2f\x00"
_DEFAULT_TICKS = 480  # per quarter note, if a damaged header has no valid division


class Header(NamedTuple):
    """The header of a file.

    Attributes:
        format: 0 for one track, 1 for simultaneous tracks, 2 for independent patterns.
        tracks: Declared number of tracks.
        division: The length of a tick.
        end: Byte offset at which the first track should begin.
    """

    format: int
    tracks: int
    division: Division
    end: int


def read_header(raw: bytes, problems: FileProblems) -> Header:
    """Read the header.

    Raises:
        MidiFileError: this is not a MIDI file, or the header is damaged (when not salvaging).
    """
    start = raw.find(HEADER)
    if start < 0:
        start = _damaged_header(raw, problems)
    elif start and not raw.startswith(b"RIFF"):
        problems.damage("the header should be at the start of the file", byte=start)
    if start < 0:
        return Header(1, 0, Division.quarters(_DEFAULT_TICKS), _next_track(raw, 0))
    if len(raw) < start + 14:
        problems.damage("the header is cut short", byte=start)
        return Header(1, 0, Division.quarters(_DEFAULT_TICKS), len(raw))
    length, format, tracks = (
        int.from_bytes(raw[start + a : start + b]) for a, b in ((4, 8), (8, 10), (10, 12))
    )
    end = start + 8 + length
    if length < 6 or (end != len(raw) and not _is_chunk(raw, end)):
        problems.damage(f"the header has a wrong length of {counted(length, 'byte')}", byte=start + 4)
        end = _next_track(raw, start + 8)
    if format > 2:
        problems.damage(f"format {format} does not exist", byte=start + 8, repair="read as format 1")
        format = 1
    return Header(format, tracks, _division(raw[start + 12], raw[start + 13], start + 12, problems), end)


def read_tracks(raw: bytes, header: Header, problems: FileProblems) -> Iterator[Track]:
    """Read the tracks one by one; skips chunks of other types, as the format requires.

    Raises:
        MidiFileError: the file is damaged or exceeds a limit (when not salvaging).
    """
    padded = raw + bytes(PAD)
    budget = Budget()
    at, number, chunks = header.end, 0, 0
    while at < len(raw):
        if not _is_chunk(raw, at):
            following = _next_track(raw, at + 1)
            if number >= header.tracks and following == len(raw):
                problems.oddity(f"{counted(following - at, 'byte')} after the last track left out", byte=at)
            else:
                problems.damage(
                    "a track should start here", byte=at, repair=f"{counted(following - at, 'byte')} left out"
                )
            at = following
            continue
        start, end = at + 8, at + 8 + int.from_bytes(raw[at + 4 : at + 8])
        kind = raw[at : at + 4]
        chunks += 1
        if chunks > MAX_TRACKS:
            problems.excess(f"it has more than {MAX_TRACKS:,} tracks", byte=at)
            break
        if kind != TRACK and not _resembles_track(kind):
            at = end
            continue
        number += 1
        if kind != TRACK:
            problems.damage("the chunk type is damaged", track=number, byte=at, repair="read as a track")
        end = _plausible_end(raw, start, end, number, problems)
        track = read_track(padded, start, end, number, problems, budget)
        at = _next_chunk(raw, track, end, number, problems)
        yield track
    if number < header.tracks:
        problems.damage(f"the header declares {counted(header.tracks, 'track')}, but the file has {number}")
    elif number > header.tracks:
        problems.oddity(
            f"the header declares {counted(header.tracks, 'track')}, but the file has {number}; all were read"
        )


def _damaged_header(raw: bytes, problems: FileProblems) -> int:
    """Return the offset of a header whose chunk type is damaged, or -1 if there is none."""
    track = _next_track(raw, 0)
    if track == len(raw):
        clip = raw.startswith(b"SMF2CLIP")
        what = "is a MIDI 2.0 clip, which Rubato cannot read" if clip else "is not a MIDI file"
        raise MidiFileError(
            f"{problems.name} {what}", todo="Choose a Standard MIDI File, such as one ending in .mid"
        )
    start = track - 14
    if start >= 0 and raw[start + 4 : start + 8] == (6).to_bytes(4):
        problems.damage("the chunk type of the header is damaged", byte=start, repair="read as a header")
        return start
    problems.damage(
        "the header is missing", repair=f"read as format 1 with {_DEFAULT_TICKS} ticks per quarter note"
    )
    return -1


def _division(high: int, low: int, at: int, problems: FileProblems) -> Division:
    if high < 0x80 and high << 8 | low:
        return Division.quarters(high << 8 | low)
    frames = 256 - high
    if frames in (24, 25, 29, 30) and low:
        return Division.frames(frames, low)
    problems.damage(
        "the time division is not valid", byte=at, repair=f"read with {_DEFAULT_TICKS} ticks per quarter note"
    )
    return Division.quarters(_DEFAULT_TICKS)


def _is_chunk(raw: bytes, at: int) -> bool:
    """Return whether a track begins at `at`, or another chunk that ends within the file."""
    if raw[at : at + 4] == TRACK:
        return len(raw) >= at + 8
    kind, length = raw[at : at + 4], raw[at + 4 : at + 8]
    printable = len(length) == 4 and all(0x20 <= byte < 0x7F for byte in kind)
    return printable and at + 8 + int.from_bytes(length) <= len(raw)


def _resembles_track(kind: bytes) -> bool:
    """Return whether a chunk type is that of a track, except for case and one damaged letter."""
    return sum(actual == expected for actual, expected in zip(kind.lower(), TRACK.lower(), strict=True)) >= 3


def _next_track(raw: bytes, at: int) -> int:
    position = raw.find(TRACK, at)
    return position if position >= 0 else len(raw)


def _plausible_end(raw: bytes, start: int, end: int, number: int, problems: FileProblems) -> int:
    """Return the end of the track that begins at `start`; `end` is the one that its length declares."""
    if end == len(raw) or (
        end < len(raw) and (_is_chunk(raw, end) or raw[start:end].endswith(_END_OF_TRACK))
    ):
        return end
    if end > len(raw):
        missing = counted(end - len(raw), "byte")
        what = f"the track should have {counted(end - start, 'byte')}, but the file ends {missing} early"
    else:
        what = f"the track has a wrong length of {counted(end - start, 'byte')}"
    problems.damage(what, track=number, byte=start - 4)
    return _next_track(raw, start)


def _next_chunk(raw: bytes, track: Track, end: int, number: int, problems: FileProblems) -> int:
    """Return the offset of the next chunk; reports bytes left over at the end of the track."""
    if not track.ended:
        problems.oddity("the track has no end-of-track event", track=number, byte=end)
        return end
    following = raw.find(TRACK, track.stopped, end)
    if following >= 0:
        what = "the track ends before its declared length, and another one starts within it"
        problems.damage(what, track=number, byte=track.stopped, repair="both were read")
        return following
    if track.stopped < end:
        what = f"{counted(end - track.stopped, 'byte')} after the end of the track left out"
        problems.oddity(what, track=number, byte=track.stopped)
    return end
