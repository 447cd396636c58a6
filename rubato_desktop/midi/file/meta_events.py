"""Decodes meta events: texts, tempos, time signatures.

Format: Standard MIDI Files 1.0 (RP-001), "Meta-Events".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rubato_desktop.midi.file.event_offsets import META
from rubato_desktop.midi.file.events import Special, Track
from rubato_desktop.midi.file.problems import FileProblems

TEXT_KINDS = {
    0x01: "text",
    0x02: "copyright",
    0x03: "track name",
    0x04: "instrument",
    0x05: "lyric",
    0x06: "marker",
    0x07: "cue point",
    0x08: "program name",
    0x09: "device name",
}
TEXT, TRACK_NAME, SET_TEMPO, TIME_SIGNATURE = 0x01, 0x03, 0x51, 0x58
_LAST_TEXT = 0x0F


class Text(NamedTuple):
    """A text at `t` (µs) in a track, counted from 0; `kind` is from `TEXT_KINDS`, or for example ``text 10``."""

    t: int
    track: int
    kind: str
    text: str


class TimeSignature(NamedTuple):
    """A time signature from `t` (µs) on, such as 6/8."""

    t: int
    numerator: int
    denominator: int


def metas(track: Track, kind: int) -> Iterator[Special]:
    """Return the meta events of one type, such as `SET_TEMPO`."""
    return (event for event in track.special if event.status == META and event.kind == kind)


def texts(track: Track) -> Iterator[tuple[int, str, str]]:
    """Yield the texts of a track as (tick, kind, text)."""
    for event in track.special:
        if event.status == META and TEXT <= event.kind <= _LAST_TEXT:
            yield event.tick, TEXT_KINDS.get(event.kind, f"text {event.kind}"), decode_text(event.data)


def decode_text(data: bytes) -> str:
    """Decode the text of a meta event as UTF-8, or else as Latin-1 like older files; the format does not specify it."""
    data = data.rstrip(b"\0")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def tempo_changes(track: Track, number: int, problems: FileProblems) -> Iterator[tuple[int, int]]:
    """Yield the tempo changes of a track as (tick, µs per quarter note).

    Raises:
        MidiFileError: a tempo is not valid, which makes all later times unreliable; not while salvaging.
    """
    for event in metas(track, SET_TEMPO):
        tempo = int.from_bytes(event.data)
        if len(event.data) == 3 and tempo:
            yield event.tick, tempo
        else:
            problems.damage("a tempo is not valid", track=number, repair="it was left out")


def time_signatures(track: Track, number: int, problems: FileProblems) -> Iterator[tuple[int, int, int]]:
    """Yield the time signatures of a track as (tick, numerator, denominator)."""
    for event in metas(track, TIME_SIGNATURE):
        if len(event.data) >= 2 and event.data[0] and event.data[1] < 8:
            yield event.tick, event.data[0], 1 << event.data[1]
        else:
            problems.oddity("a time signature is not valid", track=number, repair="it was left out")
