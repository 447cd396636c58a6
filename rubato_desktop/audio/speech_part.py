"""What is said aloud, as one more part of the mix: pieces of sound one after the other, ended without a click."""

from __future__ import annotations

from array import array
from collections import deque
from itertools import repeat
from operator import add, mul
from typing import Final

CHANNELS: Final = 2
FADE_MS: Final = 8  # shorter clicks, longer is heard as hesitation
# How loud music and the own keys are beside speech, and how fast they give way and come back.
DUCKED: Final = 0.35
GIVING_WAY_MS: Final = 80
COMING_BACK_MS: Final = 500
_STEP: Final = 32  # frames of one loudness; fewer would only cost time


class SpeechPart:
    """Pieces of speech in their order. Only for the thread that renders.

    Args:
        rate: Sample rate of the pieces, Hz.

    Attributes:
        room: What is left to the other parts, 1 for all, `DUCKED` while somebody speaks.
    """

    def __init__(self, rate: int) -> None:
        self.room = 1.0
        self._rate = rate
        self._waiting: deque[memoryview[float]] = deque()
        self._at = 0  # sample of the first piece that is next

    @property
    def speaking(self) -> bool:
        return bool(self._waiting)

    def add(self, samples: memoryview[float]) -> None:
        """Say a piece after all that wait.

        Args:
            samples: float32, left and right in turn.
        """
        if len(samples) >= CHANNELS:
            self._waiting.append(samples)

    def hush(self) -> None:
        """Fall silent: what waits is forgotten, what sounds ends within `FADE_MS`."""
        if not self._waiting:
            return
        frames = self._rate * FADE_MS // 1000
        rest = self._waiting[0][self._at : self._at + frames * CHANNELS]
        last = array("f", (sample * (1 - i // CHANNELS / frames) for i, sample in enumerate(rest)))
        self._waiting.clear()
        self._at = 0
        self.add(memoryview(last))

    def mix(self, out: memoryview) -> None:
        """Add the next frames to a block: bytes of interleaved float32 samples."""
        mixed, place = out.cast("f"), 0
        while place < len(mixed) and self._waiting:
            piece = self._waiting[0][self._at : self._at + len(mixed) - place]
            end = place + len(piece)
            # No numpy here: loading it costs the sound process more than it would save.
            mixed[place:end] = memoryview(array("f", map(add, mixed[place:end], piece)))
            place = end
            self._at += len(piece)
            if self._at >= len(self._waiting[0]):
                self._waiting.popleft()
                self._at = 0

    def make_room(self, out: memoryview) -> None:
        """Soften what is in the next block while somebody speaks, by and by.

        Args:
            out: Bytes of interleaved float32 samples.
        """
        if self.room == 1.0 and not self._waiting:
            return
        mixed = out.cast("f")
        for begin in range(0, len(mixed), _STEP * CHANNELS):
            part = mixed[begin : begin + _STEP * CHANNELS]
            part[:] = memoryview(array("f", map(mul, part, repeat(self.room))))
            ms = len(part) / CHANNELS * 1000 / self._rate
            if self._waiting:
                self.room = max(DUCKED, self.room - (1 - DUCKED) * ms / GIVING_WAY_MS)
            else:
                self.room = min(1.0, self.room + (1 - DUCKED) * ms / COMING_BACK_MS)
