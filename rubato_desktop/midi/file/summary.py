"""Summarises a MIDI file as JSON and as text."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rubato_desktop.clock import SECOND
from rubato_desktop.midi.encoding import message_name
from rubato_desktop.midi.file.reader import MidiFile, TrackInfo
from rubato_desktop.plurals import counted

_LISTED = 12  # tempos and the like that the text lists one by one


def describe(midi: MidiFile) -> dict[str, Any]:
    """Return a summary for JSON. Times are in seconds from the beginning of the file.

    Returns:
        ``format``: 0, 1 or 2. ``seconds``: length.
        ``ticks_per_quarter``: null if time is in frames (then ``frames_per_second`` and ``ticks_per_frame`` are set;
        29 means 29.97) or milliseconds.
        ``tempos``: list of ``{t, bpm}``. ``time_signatures``: list of ``{t, numerator, denominator}``.
        ``notes``, ``messages``: number of notes, and of other messages.
        ``message_names``: number of other messages by name, such as ``control_change``, most frequent first.
        ``lowest``, ``highest``: MIDI notes 0-127, null without notes.
        ``tracks``: list of ``{name, notes, messages, texts, channels, programs, seconds, language}``; channels 0-15,
        programs 0-127, ``language`` empty except in a feedback file.
        ``texts``: list of ``{t, track, kind, text}``, tracks counted from 0.
        ``feedback``: whether each track is a language and its notes are words.
        ``problems``: list of descriptions of irregularities and salvaged damage.
    """
    pitch = midi.notes.table["note"]
    return {
        "format": midi.format,
        "seconds": midi.duration_us / SECOND,
        "ticks_per_quarter": midi.ticks_per_quarter,
        "frames_per_second": midi.division.frames_per_second,
        "ticks_per_frame": midi.division.ticks_per_frame,
        "tempos": [{"t": tempo.t / SECOND, "bpm": round(tempo.bpm, 3)} for tempo in midi.tempos],
        "time_signatures": [
            {
                "t": signature.t / SECOND,
                "numerator": signature.numerator,
                "denominator": signature.denominator,
            }
            for signature in midi.time_signatures
        ],
        "notes": len(midi.notes),
        "messages": len(midi.messages),
        "message_names": _message_names(midi),
        "lowest": int(pitch.min()) if len(pitch) else None,
        "highest": int(pitch.max()) if len(pitch) else None,
        "tracks": [_track(track) for track in midi.tracks],
        "texts": [
            {"t": text.t / SECOND, "track": text.track, "kind": text.kind, "text": text.text}
            for text in midi.texts
        ],
        "feedback": midi.feedback,
        "problems": list(midi.problems),
    }


def describe_text(midi: MidiFile) -> str:
    """Return a summary as lines of text, in which channels and programs count from 1."""
    lines = [
        f"{counted(len(midi.notes), 'note')} in {counted(len(midi.tracks), 'track')}, {_time(midi.duration_us)}",
        f"Format {midi.format}, {_division(midi)}",
    ]
    if midi.tempos:
        lines.append("Tempo: " + _abridged([f"{t.bpm:g} BPM" + _since(t.t) for t in midi.tempos]))
    if midi.time_signatures:
        signatures = [f"{s.numerator}/{s.denominator}{_since(s.t)}" for s in midi.time_signatures]
        lines.append("Time signature: " + _abridged(signatures))
    if midi.feedback:
        lines.append("Feedback file: each track is a language, and its notes are words")
    if midi.messages:
        counts = [f"{name.replace('_', ' ')} ({count:,})" for name, count in _message_names(midi).items()]
        lines.append("Other messages: " + ", ".join(counts))
    lines += [_track_line(number, track) for number, track in enumerate(midi.tracks, 1)]
    return "\n".join([*lines, *(f"Problem: {problem}" for problem in midi.problems)])


def _message_names(midi: MidiFile) -> dict[str, int]:
    rows = midi.messages
    names = Counter[str]()
    for status, count in Counter(rows.table["status"].tolist()).items():
        if status:
            names[message_name(status)] += count
    names.update(message_name(data[0]) for data in rows.long if data)
    return dict(names.most_common())


def _track(track: TrackInfo) -> dict[str, Any]:
    return {
        "name": track.name,
        "notes": track.notes,
        "messages": track.messages,
        "texts": track.texts,
        "channels": list(track.channels),
        "programs": list(track.programs),
        "seconds": track.end_us / SECOND,
        "language": track.language,
    }


def _track_line(number: int, track: TrackInfo) -> str:
    texts = track.texts - bool(track.name)
    parts = [
        counted(track.notes, "note"),
        counted(track.messages, "other message") if track.messages else "",
        counted(texts, "text") if texts else "",
        _list("channel", track.channels),
        _list("program", track.programs),
        f"language {track.language}" if track.language else "",
    ]
    return f"{number:3}  {track.title}: {', '.join(part for part in parts if part)}"


def _list(noun: str, numbers: tuple[int, ...]) -> str:
    if not numbers:
        return ""
    return f"{noun if len(numbers) == 1 else noun + 's'} {_abridged([str(number + 1) for number in numbers])}"


def _abridged(items: list[str]) -> str:
    more = [f"and {len(items) - _LISTED} more"] if len(items) > _LISTED else []
    return ", ".join([*items[:_LISTED], *more])


def _division(midi: MidiFile) -> str:
    division = midi.division
    if division.ticks_per_quarter:
        return f"{counted(division.ticks_per_quarter, 'tick')} per quarter note"
    if division.frames_per_second and division.ticks_per_frame:
        ticks = counted(division.ticks_per_frame, "tick")
        return f"{division.frames_per_second} frames per second, {ticks} per frame"
    return "ticks read as milliseconds"


def _since(t: int) -> str:
    return f" from {_time(t)}" if t else ""


def _time(t: int) -> str:
    """Return a time (µs) as minutes and seconds, such as 2:31.5."""
    tenths = round(t * 10 / SECOND)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
