"""What meta events say: texts, tempos, time signatures.

Format: Standard MIDI Files 1.0 (RP-001), "Meta-Events".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rubato_desktop.midi.file.event_offsets import META
from rubato_desktop.midi.file.events import Special, Track
from rubato_desktop.midi.file.problems import FileProblem

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
    """A text at `t` µs in a track, counted from 0; `kind` as in `TEXT_KINDS`, else ``text 10`` …"""

    t: int
    track: int
    kind: str
    text: str


class TimeSignature(NamedTuple):
    """A time signature at `t` µs, such as 6/8."""

    t: int
    numerator: int
    denominator: int


def metas(track: Track, kind: int) -> Iterator[Special]:
    """The meta events of one kind."""
    return (event for event in track.special if event.status == META and event.kind == kind)


def texts(track: Track) -> Iterator[tuple[int, str, str]]:
    """The texts of a track as (tick, kind, text)."""
    for event in track.special:
        if event.status == META and TEXT <= event.kind <= _LAST_TEXT:
            yield event.tick, TEXT_KINDS.get(event.kind, f"text {event.kind}"), decoded(event.data)


def decoded(data: bytes) -> str:
    """Return the text of a meta event: UTF-8, else Latin-1 as in older files; the format does not say."""
    data = data.rstrip(b"\0")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def tempo_changes(track: Track, number: int, trouble: FileProblem) -> Iterator[tuple[int, int]]:
    """The tempo changes of a track as (tick, µs a quarter).

    Raises:
        MidiFileError: one cannot be understood, which puts all later times in doubt; not while salvaging.
    """
    for event in metas(track, SET_TEMPO):
        tempo = int.from_bytes(event.data)
        if len(event.data) == 3 and tempo:
            yield event.tick, tempo
        else:
            trouble.damage("a tempo cannot be understood", track=number, repair="it is left out")


def time_signatures(track: Track, number: int, trouble: FileProblem) -> Iterator[tuple[int, int, int]]:
    """The time signatures of a track as (tick, numerator, denominator)."""
    for event in metas(track, TIME_SIGNATURE):
        if len(event.data) >= 2 and event.data[0] and event.data[1] < 8:
            yield event.tick, event.data[0], 1 << event.data[1]
        else:
            trouble.oddity("a time signature cannot be understood", track=number, repair="it is left out")
