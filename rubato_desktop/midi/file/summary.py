"""What is in a MIDI file, for programs and for people."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rubato_desktop.clock import SECOND
from rubato_desktop.midi.encoding import message_name
from rubato_desktop.midi.file.reader import MidiFile, TrackInfo
from rubato_desktop.plurals import counted

_NAMED = 12  # tempos and the like that are named one by one for people


def describe(midi: MidiFile) -> dict[str, Any]:
    """Return what is in a file, ready for JSON. Times are seconds from the file's beginning.

    Returns:
        ``format``: 0, 1 or 2. ``seconds``: length.
        ``ticks_per_quarter``: null when the file counts frames (then ``frames_per_second`` and ``ticks_per_frame``
        are set; 29 stands for 29.97) or is read as milliseconds.
        ``tempos``: list of ``{t, bpm}``. ``time_signatures``: list of ``{t, numerator, denominator}``.
        ``notes``, ``messages``: numbers of notes, and of messages that are no notes.
        ``message_names``: number of those messages by name, such as ``control_change``, the most frequent first.
        ``lowest``, ``highest``: MIDI notes 0-127, null without notes.
        ``tracks``: list of ``{name, notes, messages, texts, channels, programs, seconds, language}``; channels 0-15,
        programs 0-127, ``language`` empty but in a feedback file.
        ``texts``: list of ``{t, track, kind, text}``, tracks counted from 0.
        ``feedback``: whether each track is a language and its notes are words.
        ``problems``: list of sentences: what is odd, and what was salvaged.
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
            {"t": sign.t / SECOND, "numerator": sign.numerator, "denominator": sign.denominator}
            for sign in midi.time_signatures
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
    """Return what is in a file, in lines for people; channels and programs count from 1 there."""
    lines = [
        f"{counted(len(midi.notes), 'note')} in {counted(len(midi.tracks), 'track')}, {_time(midi.duration_us)}",
        f"Format {midi.format}, {_division(midi)}",
    ]
    if midi.tempos:
        lines.append("Tempo " + _some([f"{t.bpm:g} BPM" + _since(t.t) for t in midi.tempos]))
    if midi.time_signatures:
        signs = [f"{sign.numerator}/{sign.denominator}{_since(sign.t)}" for sign in midi.time_signatures]
        lines.append("Time " + _some(signs))
    if midi.feedback:
        lines.append("A feedback file: each track is a language, and its notes are words")
    if midi.messages:
        named = [f"{name.replace('_', ' ')} {count}" for name, count in _message_names(midi).items()]
        lines.append("Messages other than notes: " + ", ".join(named))
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
    named = track.texts - bool(track.name)
    parts = [
        counted(track.notes, "note"),
        counted(track.messages, "other message") if track.messages else "",
        counted(named, "text") if named else "",
        _list("channel", track.channels),
        _list("program", track.programs),
        f"language {track.language}" if track.language else "",
    ]
    return f"{number:3}  {track.title}: {', '.join(part for part in parts if part)}"


def _list(what: str, numbers: tuple[int, ...]) -> str:
    if not numbers:
        return ""
    return f"{what if len(numbers) == 1 else what + 's'} {_some([str(number + 1) for number in numbers])}"


def _some(items: list[str]) -> str:
    more = [f"and {len(items) - _NAMED} more"] if len(items) > _NAMED else []
    return ", ".join([*items[:_NAMED], *more])


def _division(midi: MidiFile) -> str:
    division = midi.division
    if division.ticks_per_quarter:
        return f"{division.ticks_per_quarter} ticks a quarter"
    if division.frames_per_second:
        return f"{division.frames_per_second} frames a second, {division.ticks_per_frame} ticks a frame"
    return "read as milliseconds"


def _since(t: int) -> str:
    return f" from {_time(t)}" if t else ""


def _time(t: int) -> str:
    """Minutes and seconds, such as 2:31.5."""
    tenths = round(t * 10 / SECOND)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
