"""The speech part of the mix: plays queued samples one after another, and stops without a click."""

from __future__ import annotations

from array import array
from collections import deque
from itertools import repeat
from operator import add, mul
from typing import Final

CHANNELS: Final = 2
FADE_MS: Final = 8  # a shorter fade clicks, a longer one sounds hesitant
# Gain of music and key echo during speech, and the length of the fades to and from it.
DUCKED: Final = 0.35
DUCK_MS: Final = 80
RECOVER_MS: Final = 500
_STEP: Final = 32  # frames with the same gain; fewer would only take more time


class SpeechPart:
    """Queue of speech samples. Used on the render thread only.

    Args:
        rate: Sample rate, Hz.

    Attributes:
        gain: Current gain of the other parts: 1, or down to `DUCKED` during speech.
    """

    def __init__(self, rate: int) -> None:
        self.gain = 1.0
        self._rate = rate
        self._queue: deque[memoryview[float]] = deque()
        self._next = 0  # index of the next sample in the first chunk

    @property
    def speaking(self) -> bool:
        return bool(self._queue)

    def add(self, samples: memoryview[float]) -> None:
        """Queue a chunk of speech.

        Args:
            samples: Interleaved stereo float32 samples.
        """
        if len(samples) >= CHANNELS:
            self._queue.append(samples)

    def stop(self) -> None:
        """Clear the queue, and fade out the current chunk within `FADE_MS`."""
        if not self._queue:
            return
        frames = self._rate * FADE_MS // 1000
        rest = self._queue[0][self._next : self._next + frames * CHANNELS]
        faded = array("f", (sample * (1 - i // CHANNELS / frames) for i, sample in enumerate(rest)))
        self._queue.clear()
        self._next = 0
        self.add(memoryview(faded))

    def mix(self, out: memoryview) -> None:
        """Add the next frames to a block, given as bytes of interleaved stereo float32 samples."""
        mixed, position = out.cast("f"), 0
        while position < len(mixed) and self._queue:
            chunk = self._queue[0][self._next : self._next + len(mixed) - position]
            end = position + len(chunk)
            # No numpy here: importing it costs the audio process more than it would save.
            mixed[position:end] = memoryview(array("f", map(add, mixed[position:end], chunk)))
            position = end
            self._next += len(chunk)
            if self._next >= len(self._queue[0]):
                self._queue.popleft()
                self._next = 0

    def duck(self, out: memoryview) -> None:
        """Apply the gain of the other parts to a block, fading towards `DUCKED` during speech and back to 1 after it.

        Args:
            out: Bytes of interleaved stereo float32 samples.
        """
        if self.gain == 1.0 and not self._queue:
            return
        mixed = out.cast("f")
        for begin in range(0, len(mixed), _STEP * CHANNELS):
            part = mixed[begin : begin + _STEP * CHANNELS]
            part[:] = memoryview(array("f", map(mul, part, repeat(self.gain))))
            ms = len(part) / CHANNELS * 1000 / self._rate
            if self._queue:
                self.gain = max(DUCKED, self.gain - (1 - DUCKED) * ms / DUCK_MS)
            else:
                self.gain = min(1.0, self.gain + (1 - DUCKED) * ms / RECOVER_MS)
