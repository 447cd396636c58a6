"""The kinds of MIDI file that recordings made before this program come in.

Feedback files: type 1, 100 ticks a quarter at 60 BPM, so a tick is 10 ms; one track a language, whose name
is the language's. Old recorder files: milliseconds written as ticks, in a file that says 480 a quarter at
120 BPM; an ordinary file may say so too, so they are read as such only when asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.midi.file.tempo import Division, Tempo

FEEDBACK_TICKS = 100
FEEDBACK_DIVISION = Division.quarters(FEEDBACK_TICKS)
FEEDBACK_TEMPO = 1_000_000  # µs a quarter, 60 BPM
CORE = "core"
_CORE_NAMES = frozenset({"", "Feedback", "base"})


def language_of(track_name: str) -> str:
    """Return the language of a feedback file's track: ``Feedback``, ``base`` and no name are ``core``.

    ``feedback``, without the capital, is the language of pages as sound.
    """
    name = track_name.strip()
    return CORE if name in _CORE_NAMES else name


def is_feedback(format: int, division: Division, tempos: Sequence[Tempo]) -> bool:
    """True for a feedback file: each track is a language, its notes are that language's words."""
    return (
        format == 1
        and division == FEEDBACK_DIVISION
        and [tempo.us_per_quarter for tempo in tempos] == [FEEDBACK_TEMPO]
    )
