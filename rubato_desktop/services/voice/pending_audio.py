"""Speech that was sent to the audio sink and cannot have been heard yet; replayed when the device is reopened."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rubato_desktop.services.voice.audio_sink import AudioSink
from rubato_desktop.services.voice.samples import Samples

TIMEOUT_S: Final = (
    6.0  # enough for a restarted sound server; speech that comes later answers nothing any more
)
POLL_S: Final = 0.1
_LATENCY_S: Final = 0.5  # until the loss of a device is noticed


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """Synthesised speech, mono, with its sample rate (Hz) and its volume (0 to 1)."""

    samples: Samples
    rate: int
    volume: float

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


class PendingAudio:
    """The chunks in the sink's queue, each with the time at which it will have been played.

    Callers need their own lock, except for `wait_for_device`, which touches the sink only.

    Args:
        sink: Plays them.

    Attributes:
        ends_at: When all will have been played, s on the clock of `time.monotonic`.
    """

    def __init__(self, sink: AudioSink) -> None:
        self._sink = sink
        self._chunks: deque[tuple[SpeechChunk, float]] = deque()
        self._opening = 0
        self.ends_at = 0.0

    def play(self, chunk: SpeechChunk, encoded: bytes) -> None:
        """Play a chunk.

        Raises:
            RubatoError: the sink refuses it.
        """
        self._sink.play(encoded)
        now = time.monotonic()
        while self._chunks and self._chunks[0][1] < now - _LATENCY_S:
            self._chunks.popleft()
        if not self._chunks:
            self._opening = self._sink.opening()
        self.ends_at = max(now, self.ends_at) + chunk.seconds
        self._chunks.append((chunk, self.ends_at))

    def clear(self) -> None:
        """Forget all chunks."""
        self._chunks.clear()
        self.ends_at = 0.0

    def interrupted(self) -> bool:
        """Return whether the device was lost while chunks were pending."""
        opening = self._sink.opening()
        return self.ends_at > time.monotonic() and (not opening or opening != self._opening)

    def wait_for_device(self, cancelled: Callable[[], bool]) -> bool:
        """Wait until the device is open again; returns whether it is, before the timeout or `cancelled`."""
        deadline = time.monotonic() + TIMEOUT_S
        while not cancelled() and time.monotonic() < deadline:
            if self._sink.opening():
                return True
            time.sleep(POLL_S)
        return False

    def take_unplayed(self) -> list[SpeechChunk]:
        """Remove all chunks; return those that cannot have been heard before the device was lost."""
        since = time.monotonic() - _LATENCY_S
        chunks = [chunk for chunk, end in self._chunks if end > since]
        self.clear()
        return chunks
