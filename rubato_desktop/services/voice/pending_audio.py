"""What was handed to the ear and cannot have been heard yet: said again where the sound device went and came back."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rubato_desktop.services.voice.audio_sink import AudioSink
from rubato_desktop.services.voice.samples import Samples

PATIENCE_S: Final = (
    6.0  # a sound server that is started again is there; what is said later is no answer any more
)
LOOK_S: Final = 0.1
_LATE_S: Final = 0.5  # until a device that went is missed


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """Speech at the rate of the voice, and how loud it is to be."""

    samples: Samples
    rate: int
    volume: float

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


class PendingAudio:
    """The pieces on their way to the ear, with the time at which each has been heard.

    Not safe for several threads by itself; `missed` and `again` are for the thread that speaks.

    Args:
        ear: Where they go.
    """

    def __init__(self, ear: AudioSink) -> None:
        self._ear = ear
        self._pieces: deque[tuple[SpeechChunk, float]] = deque()
        self._place = 0
        self.until = 0.0  # time.monotonic() at which all has been heard

    def hear(self, piece: SpeechChunk, prepared: bytes) -> None:
        """Hand a piece on.

        Raises:
            RubatoError: the ear does not take it.
        """
        self._ear.hear(prepared)
        now = time.monotonic()
        while self._pieces and self._pieces[0][1] < now - _LATE_S:
            self._pieces.popleft()
        if not self._pieces:
            self._place = self._ear.place()
        self.until = max(now, self.until) + piece.seconds
        self._pieces.append((piece, self.until))

    def forget(self) -> None:
        """Let all be over now."""
        self._pieces.clear()
        self.until = 0.0

    def missed(self) -> bool:
        """Return whether the device has gone that some of it went to."""
        place = self._ear.place()
        return self.until > time.monotonic() and (not place or place != self._place)

    def back(self, unwanted: Callable[[], bool]) -> bool:
        """Wait for the device, as long as it is wanted; returns whether it has come back."""
        deadline = time.monotonic() + PATIENCE_S
        while not unwanted() and time.monotonic() < deadline:
            if self._ear.place():
                return True
            time.sleep(LOOK_S)
        return False

    def again(self) -> list[SpeechChunk]:
        """Return the pieces that cannot have been heard before the device went; then nothing is on its way."""
        since = time.monotonic() - _LATE_S
        pieces = [piece for piece, end in self._pieces if end > since]
        self.forget()
        return pieces
