"""The way to the ear: speech brought to the rate of the sound device, and handed to the mixer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from rubato_desktop.services.voice.resampling import resample
from rubato_desktop.services.voice.samples import Samples

if TYPE_CHECKING:
    from rubato_desktop.audio.client import AudioClient

# Amplitude at volume 1. Together with keys and music that have given way it stays below full scale.
FULL: Final = 0.7
_OPENING_S: Final = 3.0


class AudioSink(Protocol):
    """Where speech goes."""

    def opens(self) -> bool:
        """Return whether anybody can hear; waits a little where that is not known yet."""

    def place(self) -> int:
        """Return a number that is another one after what sounds has gone and come back; 0 while it is gone."""

    def prepared(self, samples: Samples, rate: int, volume: float) -> bytes:
        """Return a piece as `hear` takes it."""

    def hear(self, piece: bytes) -> None:
        """Sound a piece after the others; does not wait."""

    def hush(self) -> None: ...


class MixerSink:
    """The program's own sound: speech is mixed with keys, cues and music there.

    Args:
        sound: The sound.
    """

    def __init__(self, sound: AudioClient) -> None:
        self._sound = sound

    def opens(self) -> bool:
        """Return whether there is a device; what is wrong otherwise is `AudioClient.problem`, which tells it itself."""
        until = time.monotonic() + _OPENING_S
        while not self._sound.output and not self._sound.silent and time.monotonic() < until:
            if self._sound.problem is not None and not self._sound.output:
                return False
            time.sleep(0.01)
        return bool(self._sound.output)

    def place(self) -> int:
        """Return which opening of the device sounds; 0 while there is none."""
        return self._sound.openings if self._sound.output else 0

    def prepared(self, samples: Samples, rate: int, volume: float) -> bytes:
        """Return a piece at the rate of the device, in stereo; `volume` is heard as even steps."""
        level = np.float32(FULL * max(0.0, min(1.0, volume)) ** 2)
        mono = resample(samples, rate, self._sound.rate) * level
        return np.repeat(mono, 2).astype(np.float32).tobytes()

    def hear(self, piece: bytes) -> None:
        """Sound a piece after the others.

        Raises:
            RubatoError: there is no room for it on the disk.
        """
        self._sound.play_speech(piece)

    def hush(self) -> None:
        """Silence at once."""
        self._sound.stop_speech()
