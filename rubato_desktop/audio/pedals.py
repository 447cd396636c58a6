"""The pedals of one channel: which released keys go on sounding."""

from __future__ import annotations

from collections import Counter
from typing import Final

# "0 to 63 = off, 64 to 127 = on" (MIDI 1.0, controllers 64-69).
DOWN: Final = 64
# How much softer the soft pedal makes a stroke; MIDI leaves it open.
SOFTER: Final = 0.7


class Pedals:
    """Sustain, sostenuto and soft pedal for one channel.

    It is told what the keys and pedals do and answers which notes end. A note is a MIDI note 0-127, as often
    in an answer as it was struck without ending.
    """

    def __init__(self) -> None:
        self.soft = False
        self._sustain = False
        self._caught: frozenset[int] = frozenset()
        self._down: Counter[int] = Counter()
        self._held: Counter[int] = Counter()

    def strike(self, note: int) -> int:
        """Take a note-on; returns how many earlier strokes of the note, held by a pedal, end with it."""
        self._down[note] += 1
        return self._held.pop(note, 0)

    def lift(self, note: int) -> bool:
        """Take a note-off; returns whether the note ends now, False when a pedal holds it."""
        if self._down[note] <= 1:
            del self._down[note]
        else:
            self._down[note] -= 1
        if self._sustain or note in self._caught:
            self._held[note] += 1
            return False
        return True

    def sustain(self, value: int) -> list[int]:
        """Take controller 64; returns the notes that end now."""
        self._sustain = value >= DOWN
        return self._let_go()

    def sostenuto(self, value: int) -> list[int]:
        """Take controller 66, which holds what is down when it is pressed; returns the notes that end now."""
        if value < DOWN:
            self._caught = frozenset()
        elif not self._caught:
            self._caught = frozenset(self._down)
        return self._let_go()

    def _let_go(self) -> list[int]:
        if self._sustain:
            return []
        ending = [note for note in self._held.elements() if note not in self._caught]
        for note in ending:
            self._held.pop(note, None)
        return ending
