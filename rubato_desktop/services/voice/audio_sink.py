"""Audio sink for speech: resamples it to the device's rate and feeds the mixer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from rubato_desktop.services.voice.resampling import resample
from rubato_desktop.services.voice.samples import Samples

if TYPE_CHECKING:
    from rubato_desktop.audio.client import AudioClient

# Amplitude at volume 1. Together with keys and music, which the mixer ducks, it stays below full scale.
FULL: Final = 0.7
_OPENING_S: Final = 3.0


class AudioSink(Protocol):
    """Where speech is played."""

    def wait_until_open(self) -> bool:
        """Return whether there is a sound device; waits a little while it is opening."""

    def opening(self) -> int:
        """Return a number that changes each time the device is opened; 0 while there is none."""

    def encode(self, samples: Samples, rate: int, volume: float) -> bytes:
        """Return speech as `play` takes it.

        Args:
            samples: Mono.
            rate: Their sample rate, Hz.
            volume: 0 to 1.
        """

    def play(self, data: bytes) -> None:
        """Play encoded speech after what is already queued; does not wait."""

    def silence(self) -> None: ...


class MixerSink:
    """Plays speech through the program's mixer.

    Args:
        sound: The sound client.
    """

    def __init__(self, sound: AudioClient) -> None:
        self._sound = sound

    def wait_until_open(self) -> bool:
        """Return whether there is a sound device. `AudioClient` reports itself why there is none."""
        deadline = time.monotonic() + _OPENING_S
        while not self._sound.output and not self._sound.silent and time.monotonic() < deadline:
            if self._sound.problem is not None and not self._sound.output:
                return False
            time.sleep(0.01)
        return bool(self._sound.output)

    def opening(self) -> int:
        """Return how often the device has been opened; 0 while there is none."""
        return self._sound.openings if self._sound.output else 0

    def encode(self, samples: Samples, rate: int, volume: float) -> bytes:
        """Return speech in stereo at the device's rate; the square makes steps of `volume` sound even."""
        gain = np.float32(FULL * max(0.0, min(1.0, volume)) ** 2)
        mono = resample(samples, rate, self._sound.rate) * gain
        return np.repeat(mono, 2).astype(np.float32).tobytes()

    def play(self, data: bytes) -> None:
        """Play encoded speech after what is already queued.

        Raises:
            RubatoError: the disk is full.
        """
        self._sound.play_speech(data)

    def silence(self) -> None:
        """Stop playing at once."""
        self._sound.stop_speech()
