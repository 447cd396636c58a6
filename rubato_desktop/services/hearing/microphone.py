"""The microphone: finding one, and bringing its sound to the rate of the recogniser."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from rubato_desktop.audio.portaudio import portaudio, preferred, quiet
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.voice.resampling import resample
from rubato_desktop.services.voice.samples import Samples, sanitise

log = logging.getLogger(__name__)

_BLOCK_S: Final = 0.02
_PATIENCE_S: Final = 3.0  # a microphone that is silent for so long, not even noise, has gone
_AROUND: Final = 64  # samples beside a piece that a resampled one needs at least

CLIENT: Final = "Rubato hearing"


class Microphone:
    """An open microphone.

    Args:
        name: Part of its name; empty for the system's own choice: JACK when its server runs.
        hear: Called with each piece of sound, mono at `RATE`, on the device's own thread.

    Attributes:
        name: That of the device that was opened.
        fallback: Whether the wanted one is not there and the system's own choice was taken.

    Raises:
        RubatoError: there is none, it cannot be opened, or PortAudio is missing.
    """

    def __init__(self, name: str, hear: Callable[[Samples], None]) -> None:
        self._sd = portaudio(CLIENT)
        self._heard = time.monotonic()
        device, self.fallback = _choose(self._sd, name)
        self.name = str(device["name"])
        try:
            self._stream = self._open(device, hear)
        except self._sd.PortAudioError as error:
            log.exception("the microphone %s cannot be opened", self.name)
            _forget_devices(self._sd)
            raise RubatoError(
                f"The microphone {self.name} cannot be opened",
                kept="Keys, sound and everything else go on",
                todo="Close the program that uses it, allow this one to use it,"
                " or choose another in the settings (microphone)",
                code="microphone_busy",
            ) from error

    @property
    def gone(self) -> bool:
        """Whether it gives no sound any more."""
        return not self._stream.active or time.monotonic() - self._heard > _PATIENCE_S

    def close(self) -> None:
        """Close it; not after it has gone: PortAudio may wait for ever for a server that died."""
        with quiet(), contextlib.suppress(self._sd.PortAudioError):
            self._stream.abort()
            self._stream.close()
            self._sd._terminate()

    def _open(self, device: dict[str, Any], hear: Callable[[Samples], None]) -> Any:
        rate = int(device["default_samplerate"])
        bring = Resampler(rate)

        def callback(data: Any, frames: int, _time: Any, _status: Any) -> None:
            self._heard = time.monotonic()
            piece = bring(np.frombuffer(data, np.float32))
            if len(piece):
                hear(piece)

        with quiet():
            stream = self._sd.RawInputStream(
                device=device["index"],
                samplerate=rate,
                channels=1,
                dtype="float32",
                blocksize=0 if "JACK" in self._host(device) else round(rate * _BLOCK_S),
                latency="low",
                callback=callback,
            )
            stream.start()
        return stream

    def _host(self, device: dict[str, Any]) -> str:
        return str(self._sd.query_hostapis(device["hostapi"])["name"])


def find_microphone(name: str = "") -> str:
    """Return the name of the microphone that would be opened.

    Args:
        name: As `Microphone` has it.

    Raises:
        RubatoError: there is none, or PortAudio is missing.
    """
    sd = portaudio(CLIENT)
    device, _ = _choose(sd, name)
    with quiet():
        sd._terminate()
    return str(device["name"])


def _choose(sd: Any, name: str) -> tuple[dict[str, Any], bool]:
    with quiet():
        sd._initialize()
    found = [device for device in sd.query_devices() if device["max_input_channels"] > 0]
    if not found:
        _forget_devices(sd)
        raise RubatoError(
            "There is no microphone",
            kept="Keys, sound and everything else go on",
            todo="Connect one and play the word for the microphone again",
            code="no_microphone",
        )
    return preferred(sd, found, name, "input")


def _forget_devices(sd: Any) -> None:
    """End PortAudio, which would remain a client of JACK."""
    with quiet(), contextlib.suppress(sd.PortAudioError):
        sd._terminate()


class Resampler:
    """Brings a stream of sound to `RATE`, piece by piece, without a seam between them.

    Args:
        rate: Its sample rate, Hz.
    """

    def __init__(self, rate: int) -> None:
        common = math.gcd(rate, RATE)
        steps = -(-_AROUND * common // min(rate, RATE))
        # So many samples in become so many out exactly.
        self._in, self._out = rate // common * steps, RATE // common * steps
        self._rate = rate
        self._rest: Samples = np.zeros(self._in, np.float32)  # one such piece of what came before

    def __call__(self, samples: Samples) -> Samples:
        """Return what can be said for sure so far, mono at `RATE`."""
        self._rest = np.concatenate([self._rest, sanitise(samples)])
        whole = len(self._rest) // self._in - 2
        if whole <= 0:
            return self._rest[:0]
        brought = resample(self._rest[: (whole + 2) * self._in], self._rate, RATE)
        self._rest = self._rest[whole * self._in :]
        return brought[self._out : self._out * (whole + 1)]
