"""Writes cues as a standard MIDI file, which this program also reads as the language `feedback`.

Type 1, 100 ticks per quarter note at 60 BPM, so a tick is 10 ms; one track, named after the language, with one channel
per instrument. Each cue sets its pan (controller 10) before its first note and is cut off (controller 120) after its
last.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rubato_desktop.audio.cues import Cue
from rubato_desktop.audio.synth import ALL_SOUND_OFF, DRUMS, PAN, VOLUME
from rubato_desktop.files import write_beside
from rubato_desktop.midi.encoding import encode
from rubato_desktop.midi.file.legacy import FEEDBACK_TICKS
from rubato_desktop.midi.file.reader import parse_midi
from rubato_desktop.midi.file.writer import Event, file_bytes

_TICK_MS = 10


def feedback_bytes(cues: Sequence[Cue], language: str = "feedback") -> bytes:
    """Return the bytes of a MIDI file that plays the cues in sequence.

    Args:
        cues: The cues in playing order.
        language: The name of the track.
    """
    end = sum(cue.span_ms for cue in cues)
    return file_bytes([(language, _events(cues))], _tick(end), ticks_per_quarter=FEEDBACK_TICKS)


def write_feedback(
    cues: Sequence[Cue], language: str = "feedback", *, midi: Path | None = None, wav: Path | None = None
) -> None:
    """Write cues as a MIDI file, a WAV file, or both.

    Args:
        cues: The cues in playing order.
        language: The name of the track.
        midi: The MIDI file to write.
        wav: The WAV file to write.

    Raises:
        RubatoError: the sound cannot be rendered.
        OSError: a file cannot be written.
    """
    data = feedback_bytes(cues, language)
    if midi is not None:
        write_beside(midi, data)
    if wav is not None:
        from rubato_desktop.audio.render import render

        parsed = parse_midi(data)
        render(parsed.notes, parsed.messages, wav)


def _events(cues: Sequence[Cue]) -> Iterator[Event]:
    programs = dict.fromkeys((cue.program, cue.volume) for cue in cues)
    free = [channel for channel in range(16) if channel != DRUMS]
    channels = dict(zip(programs, free, strict=False))
    for (program, volume), channel in channels.items():
        yield 0, encode("program_change", channel=channel, program=program)
        yield 0, encode("control_change", channel=channel, control=VOLUME, value=volume)
    onset = 0
    for cue in cues:
        channel = channels[cue.program, cue.volume]
        yield _tick(onset), encode("control_change", channel=channel, control=PAN, value=cue.pan)
        for note in cue.notes:
            start = onset + note.at_ms
            pitch = {"channel": channel, "note": note.note}
            yield _tick(start), encode("note_on", **pitch, velocity=note.velocity)
            yield _tick(start + note.length_ms), encode("note_off", **pitch, velocity=0)
        cut_off = onset + cue.end_ms + cue.tail_ms
        yield _tick(cut_off), encode("control_change", channel=channel, control=ALL_SOUND_OFF)
        onset += cue.span_ms


def _tick(ms: int) -> int:
    return (ms + _TICK_MS // 2) // _TICK_MS
