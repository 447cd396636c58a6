"""The pedals of one MIDI channel, which keep released notes sounding."""

from __future__ import annotations

from collections import Counter
from typing import Final

# "0 to 63 = off, 64 to 127 = on" (MIDI 1.0, controllers 64-69).
DOWN: Final = 64
# Velocity factor of the soft pedal; MIDI does not specify one.
SOFTER: Final = 0.7


class Pedals:
    """Sustain, sostenuto and soft pedal of one channel.

    Tracks keys and pedals, and returns the notes (MIDI notes 0-127) that end. A note that was struck several times
    is returned as often.
    """

    def __init__(self) -> None:
        self.soft = False
        self._sustain = False
        self._sostenuto: frozenset[int] = frozenset()
        self._down: Counter[int] = Counter()
        self._held: Counter[int] = Counter()

    def strike(self, note: int) -> int:
        """Process a note-on; returns how many earlier strokes of the note, held by a pedal, it ends."""
        self._down[note] += 1
        return self._held.pop(note, 0)

    def lift(self, note: int) -> bool:
        """Process a note-off; returns whether the note ends now, rather than being held by a pedal."""
        if self._down[note] <= 1:
            del self._down[note]
        else:
            self._down[note] -= 1
        if self._sustain or note in self._sostenuto:
            self._held[note] += 1
            return False
        return True

    def sustain(self, value: int) -> list[int]:
        """Process controller 64 (0-127); returns the notes that end now."""
        self._sustain = value >= DOWN
        return self._release_held()

    def sostenuto(self, value: int) -> list[int]:
        """Process controller 66 (0-127), which holds the keys that are already down; returns the notes that end now."""
        if value < DOWN:
            self._sostenuto = frozenset()
        elif not self._sostenuto:
            self._sostenuto = frozenset(self._down)
        return self._release_held()

    def _release_held(self) -> list[int]:
        if self._sustain:
            return []
        ending = [note for note in self._held.elements() if note not in self._sostenuto]
        for note in ending:
            self._held.pop(note, None)
        return ending
