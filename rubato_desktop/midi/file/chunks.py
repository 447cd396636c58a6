"""The chunks of a Standard MIDI File: its header and its tracks.

Format: Standard MIDI Files 1.0 (RP-001); RIFF-wrapped files (RP-029) are read too. What a file says of
itself, its lengths first of all, is believed only where the bytes bear it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rubato_desktop.midi.file.event_offsets import PAD
from rubato_desktop.midi.file.events import Track, walk
from rubato_desktop.midi.file.problems import FileProblem, MidiFileError
from rubato_desktop.midi.file.salvage import Budget
from rubato_desktop.midi.file.tempo import Division
from rubato_desktop.plurals import counted

HEADER, TRACK = b"MThd", b"MTrk"
MAX_TRACKS = 4096
_END_OF_TRACK = b"\xff\x2f\x00"
_USUAL = 480  # ticks a quarter, where a damaged header says nothing of use


class Header(NamedTuple):
    """What a file says of itself.

    Attributes:
        format: 0 one track, 1 tracks that sound together, 2 patterns each for itself.
        tracks: How many there should be.
        division: How long a tick is.
        end: Byte at which the first track should begin.
    """

    format: int
    tracks: int
    division: Division
    end: int


def read_header(raw: bytes, trouble: FileProblem) -> Header:
    """Read the header.

    Raises:
        MidiFileError: it is no MIDI file at all; or it is damaged, unless it is being salvaged.
    """
    start = raw.find(HEADER)
    if start < 0:
        start = _nameless_header(raw, trouble)
    elif start and not raw.startswith(b"RIFF"):
        trouble.damage("it should begin with its header, which comes later", byte=start)
    if start < 0:
        return Header(1, 0, Division.quarters(_USUAL), _next_track(raw, 0))
    if len(raw) < start + 14:
        trouble.damage("its header is cut short", byte=start)
        return Header(1, 0, Division.quarters(_USUAL), len(raw))
    length, format, tracks = (
        int.from_bytes(raw[start + a : start + b]) for a, b in ((4, 8), (8, 10), (10, 12))
    )
    end = start + 8 + length
    if length < 6 or (end != len(raw) and not _is_chunk(raw, end)):
        trouble.damage(
            f"its header says it is {counted(length, 'byte')} long, which is wrong", byte=start + 4
        )
        end = _next_track(raw, start + 8)
    if format > 2:
        trouble.damage(
            f"it is of format {format}, which does not exist", byte=start + 8, repair="read as format 1"
        )
        format = 1
    return Header(format, tracks, _division(raw[start + 12], raw[start + 13], start + 12, trouble), end)


def read_tracks(raw: bytes, header: Header, trouble: FileProblem) -> Iterator[Track]:
    """Read the tracks one after another; chunks of other kinds are passed over, as the format asks for.

    Raises:
        MidiFileError: damage, or more than the program can open; not while salvaging.
    """
    padded = raw + bytes(PAD)
    budget = Budget()
    at, number, chunks = header.end, 0, 0
    while at < len(raw):
        if not _is_chunk(raw, at):
            following = _next_track(raw, at + 1)
            if number >= header.tracks and following == len(raw):
                trouble.oddity(f"{counted(following - at, 'byte')} after the last track left out", byte=at)
            else:
                trouble.damage(
                    "a track should begin here", byte=at, repair=f"{counted(following - at, 'byte')} left out"
                )
            at = following
            continue
        start, end = at + 8, at + 8 + int.from_bytes(raw[at + 4 : at + 8])
        kind = raw[at : at + 4]
        chunks += 1
        if chunks > MAX_TRACKS:
            trouble.excess(f"it has more than {MAX_TRACKS:,} tracks", byte=at)
            break
        if kind != TRACK and not _resembles_track(kind):
            at = end
            continue
        number += 1
        if kind != TRACK:
            trouble.damage("it does not begin as a track", track=number, byte=at, repair="it was read as one")
        end = _believable_end(raw, start, end, number, trouble)
        track = walk(padded, start, end, number, trouble, budget)
        at = _after(raw, track, end, number, trouble)
        yield track
    if number < header.tracks:
        trouble.damage(f"its header says {counted(header.tracks, 'track')}, there are {number}")
    elif number > header.tracks:
        trouble.oddity(
            f"its header says {counted(header.tracks, 'track')}, there are {number}; all were read"
        )


def _nameless_header(raw: bytes, trouble: FileProblem) -> int:
    """Return where the header must be in a file in which no header is named, -1 when it has none."""
    track = _next_track(raw, 0)
    if track == len(raw):
        clip = raw.startswith(b"SMF2CLIP")
        what = "is a MIDI 2.0 clip, which is another format" if clip else "is not a MIDI file"
        raise MidiFileError(
            f"{trouble.name} {what}", todo="Choose a Standard MIDI File, such as one ending in .mid"
        )
    start = track - 14
    if start >= 0 and raw[start + 4 : start + 8] == (6).to_bytes(4):
        trouble.damage("its header does not begin as one", byte=start, repair="it was read")
        return start
    trouble.damage("its header is missing", repair=f"read as format 1 with {_USUAL} ticks a quarter")
    return -1


def _division(high: int, low: int, at: int, trouble: FileProblem) -> Division:
    if high < 0x80 and high << 8 | low:
        return Division.quarters(high << 8 | low)
    frames = 256 - high
    if frames in (24, 25, 29, 30) and low:
        return Division.frames(frames, low)
    trouble.damage(
        "it does not say how long a tick is", byte=at, repair=f"read with {_USUAL} ticks a quarter"
    )
    return Division.quarters(_USUAL)


def _is_chunk(raw: bytes, at: int) -> bool:
    """True where a track begins, or another chunk that ends within the file."""
    if raw[at : at + 4] == TRACK:
        return len(raw) >= at + 8
    kind, length = raw[at : at + 4], raw[at + 4 : at + 8]
    printable = len(length) == 4 and all(0x20 <= byte < 0x7F for byte in kind)
    return printable and at + 8 + int.from_bytes(length) <= len(raw)


def _resembles_track(kind: bytes) -> bool:
    """True for the name of a track with one letter damaged, or in the wrong case."""
    return sum(is_ == should_be for is_, should_be in zip(kind.lower(), TRACK.lower(), strict=True)) >= 3


def _next_track(raw: bytes, at: int) -> int:
    found = raw.find(TRACK, at)
    return found if found >= 0 else len(raw)


def _believable_end(raw: bytes, start: int, end: int, number: int, trouble: FileProblem) -> int:
    """Return where the track that begins at `start` ends, which says itself that it is at `end`."""
    if end == len(raw) or (
        end < len(raw) and (_is_chunk(raw, end) or raw[start:end].endswith(_END_OF_TRACK))
    ):
        return end
    if end > len(raw):
        what = f"it should have {counted(end - start, 'byte')}, the file ends {end - len(raw):,} too soon"
    else:
        what = f"it says it is {counted(end - start, 'byte')} long, which is wrong"
    trouble.damage(what, track=number, byte=start - 4)
    return _next_track(raw, start)


def _after(raw: bytes, track: Track, end: int, number: int, trouble: FileProblem) -> int:
    """Say what the end of a track leaves over; return where the next chunk begins."""
    if not track.ended:
        trouble.oddity("the track does not say where it ends", track=number, byte=end)
        return end
    following = raw.find(TRACK, track.stopped, end)
    if following >= 0:
        what = "the track ends before its length is over, and another one begins within it"
        trouble.damage(what, track=number, byte=track.stopped, repair="both were read")
        return following
    if track.stopped < end:
        what = f"{counted(end - track.stopped, 'byte')} after the end of the track left out"
        trouble.oddity(what, track=number, byte=track.stopped)
    return end
