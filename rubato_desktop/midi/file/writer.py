"""Writes MIDI files that any sequencer can open and that this program reads back unchanged.

A file has format 1 and 1,000 ticks per quarter note at 60 BPM, so a tick is a millisecond. The first track has the
tempo.

Format: Standard MIDI Files 1.0 (RP-001).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rubato_desktop.clock import MILLISECOND
from rubato_desktop.files import write_beside
from rubato_desktop.midi.file.event_offsets import END_OF_TRACK, ESCAPE, META
from rubato_desktop.midi.file.meta_events import SET_TEMPO, TEXT, TEXT_KINDS, TIME_SIGNATURE, TRACK_NAME
from rubato_desktop.midi.file.reader import MidiFile
from rubato_desktop.midi.messages import NOTE_OFF, NOTE_ON, SYSEX, Message

TICKS_PER_QUARTER = 1000
TEMPO = 1_000_000  # µs per quarter note, 60 BPM
_LONGEST_DELTA = (1 << 28) - 1  # ticks: the largest delta time, three days
_EMPTY_EVENT = bytes((META, 0x7F, 0))  # a sequencer-specific event without data, to carry a delta time
_KINDS = {name: kind for kind, name in TEXT_KINDS.items()}

Event = tuple[int, bytes]  # tick, and the encoded event without its delta time


def write_session(
    path: str | Path,
    tracks: Mapping[str, Sequence[Message]],
    texts: Mapping[str, Sequence[tuple[int, str]]],
    end_us: int | None = None,
    *,
    start_us: int = 0,
) -> None:
    """Write a session: one track per device, then one per language.

    Args:
        path: The file; its folder is created if missing, and the file is replaced atomically.
        tracks: Messages by device, in any order; the device names the track. Clock, active sensing and other system
            messages that are not allowed in a file are omitted; system exclusives are kept.
        texts: Words by language, as (µs, one line of JSON); the language names the track.
        end_us: End of the session (µs); never before the last event.
        start_us: The time (µs) that becomes 0 in the file; earlier events are moved to 0.

    Raises:
        OSError: the disk is full or not writable; `path` is unchanged.
    """
    write_beside(Path(path), session_bytes(tracks, texts, end_us, start_us=start_us))


def session_bytes(
    tracks: Mapping[str, Sequence[Message]],
    texts: Mapping[str, Sequence[tuple[int, str]]],
    end_us: int | None = None,
    *,
    start_us: int = 0,
) -> bytes:
    """Return the bytes that `write_session` writes."""

    def tick(t: int) -> int:
        return tick_of(t - start_us)

    named_tracks: list[tuple[str, list[Event]]] = [
        (device, [(tick(m.t), _encode_event(m.data)) for m in messages if _is_allowed(m.data)])
        for device, messages in tracks.items()
    ]
    named_tracks += [
        (language, [(tick(t), text_event(TEXT, text)) for t, text in lines])
        for language, lines in texts.items()
    ]
    return file_bytes(named_tracks, 0 if end_us is None else tick(end_us))


def write_midi(path: str | Path, midi: MidiFile) -> None:
    """Write a file that was read, such as a salvaged one, as format 1 in milliseconds without its tempos.

    Raises:
        OSError: the disk is full or not writable; `path` is unchanged.
    """
    write_beside(Path(path), midi_bytes(midi))


def midi_bytes(midi: MidiFile) -> bytes:
    """Return the bytes that `write_midi` writes."""
    # Order at equal times: texts, note-offs, other messages, note-ons. The note-off of an empty note comes last.
    ranked: list[list[tuple[int, int, bytes]]] = [[] for _ in midi.tracks]
    for t, track, kind, text in midi.texts:
        if kind != TEXT_KINDS[TRACK_NAME]:
            ranked[track].append((tick_of(t), 0, text_event(_kind(kind), text)))
    for t, track, data in midi.messages:
        ranked[track].append((tick_of(t), 2, _encode_event(data)))
    for on, off, track, channel, note, velocity in midi.notes.table.tolist():
        begin, end = tick_of(on), tick_of(off)
        ranked[track].append((begin, 3, bytes((NOTE_ON | channel, note, velocity))))
        ranked[track].append((end, 1 if end > begin else 4, bytes((NOTE_OFF | channel, note, 0))))
    for t, numerator, denominator in midi.time_signatures:
        data = bytes((META, TIME_SIGNATURE, 4, numerator, denominator.bit_length() - 1, 24, 8))
        ranked[0].append((tick_of(t), 0, data))
    tracks = []
    for info, events in zip(midi.tracks, ranked, strict=True):
        events.sort(key=lambda event: event[:2])
        tracks.append((info.name, [(tick, data) for tick, _, data in events]))
    return file_bytes(tracks, tick_of(midi.duration_us))


def file_bytes(
    tracks: Sequence[tuple[str, Iterable[Event]]], end: int = 0, *, ticks_per_quarter: int = TICKS_PER_QUARTER
) -> bytes:
    """Return a complete file of format 1 at 60 BPM.

    Args:
        tracks: Name (which may be empty) and events of each track; events are sorted by tick.
        end: Tick at which all tracks end, unless an event is later.
        ticks_per_quarter: Ticks per quarter note, which lasts one second.
    """
    sorted_tracks = [(name, sorted(events, key=lambda event: event[0])) for name, events in tracks] or [
        ("", [])
    ]
    end = max(end, *(events[-1][0] if events else 0 for _, events in sorted_tracks), 0)
    tempo = (0, bytes((META, SET_TEMPO, 3)) + TEMPO.to_bytes(3))
    chunks = [_chunk(b"MThd", b"".join(n.to_bytes(2) for n in (1, len(sorted_tracks), ticks_per_quarter)))]
    for index, (name, events) in enumerate(sorted_tracks):
        head = [(0, text_event(TRACK_NAME, name))] if name else []
        if index == 0:
            head.append(tempo)
        chunks.append(_chunk(b"MTrk", _track([*head, *events, (end, bytes((META, END_OF_TRACK, 0)))])))
    return b"".join(chunks)


def tick_of(t: int) -> int:
    """Return the tick nearest to `t` (µs), at least 0."""
    return max(0, (t + MILLISECOND // 2) // MILLISECOND)


def text_event(kind: int, text: str) -> bytes:
    """Return a meta event with a text in UTF-8; `kind` is one of `TEXT_KINDS`."""
    data = text.encode("utf-8", "replace")
    return bytes((META, kind)) + quantity_bytes(len(data)) + data


def quantity_bytes(value: int) -> bytes:
    """Encode a variable-length quantity: seven bits per byte, highest first, bit 7 set in all but the last."""
    encoded = bytearray((value & 0x7F,))
    while value := value >> 7:
        encoded.append(value & 0x7F | 0x80)
    encoded.reverse()
    return bytes(encoded)


def _is_allowed(data: bytes) -> bool:
    return len(data) > 1 and (0x80 <= data[0] <= SYSEX)


def _encode_event(data: bytes) -> bytes:
    """Encode a message as an event of a file: a system exclusive gets a length, other system messages an escape."""
    if 0x80 <= data[0] < SYSEX:
        return data
    if data[0] == SYSEX:
        return bytes((SYSEX,)) + quantity_bytes(len(data) - 1) + data[1:]
    return bytes((ESCAPE,)) + quantity_bytes(len(data)) + data


def _kind(name: str) -> int:
    return _KINDS.get(name) or int(name.removeprefix("text "))


def _track(events: Iterable[Event]) -> bytes:
    encoded = bytearray()
    now = 0
    for tick, data in events:
        while tick - now > _LONGEST_DELTA:
            encoded += quantity_bytes(_LONGEST_DELTA) + _EMPTY_EVENT
            now += _LONGEST_DELTA
        encoded += quantity_bytes(tick - now) + data
        now = tick
    return bytes(encoded)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4) + data
