"""Kinds of MIDI files written by the predecessors of this program.

Feedback files: format 1, 100 ticks per quarter note at 60 BPM, so a tick is 10 ms; one track per language, named
after it. Old recorder files: ticks are milliseconds, although the header says 480 per quarter note at 120 BPM; an
ordinary file may have the same header, so they are read this way only on request.
"""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.midi.file.tempo import Division, Tempo

FEEDBACK_TICKS = 100
FEEDBACK_DIVISION = Division.quarters(FEEDBACK_TICKS)
FEEDBACK_TEMPO = 1_000_000  # µs per quarter note, 60 BPM
CORE = "core"
_CORE_NAMES = frozenset({"", "Feedback", "base"})


def language_of(track_name: str) -> str:
    """Return the language of a track of a feedback file: ``Feedback``, ``base`` and an empty name mean ``core``.

    ``feedback`` in lower case is the language of pages as sound.
    """
    name = track_name.strip()
    return CORE if name in _CORE_NAMES else name


def is_feedback(format: int, division: Division, tempos: Sequence[Tempo]) -> bool:
    """Return whether this is a feedback file: each track is a language, and its notes are words of it."""
    return (
        format == 1
        and division == FEEDBACK_DIVISION
        and [tempo.us_per_quarter for tempo in tempos] == [FEEDBACK_TEMPO]
    )
