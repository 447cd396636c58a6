"""The microphone: chooses a device, opens its stream, and resamples it for the recogniser."""

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
_TIMEOUT_S: Final = 3.0  # a device that has delivered nothing for this long is gone
_CONTEXT: Final = 64  # samples on either side that the resampling filter needs

CLIENT: Final = "Rubato hearing"


class Microphone:
    """An open microphone stream.

    Args:
        name: Part of the device's name; empty for the default: JACK when its server is running, else the system's.
        on_sound: Called with each block, mono at `RATE`, on the device's own thread.

    Attributes:
        name: Name of the device that was opened.
        fallback: Whether the named device is missing and the default was opened instead.

    Raises:
        RubatoError: there is no microphone, it cannot be opened, or PortAudio is missing.
    """

    def __init__(self, name: str, on_sound: Callable[[Samples], None]) -> None:
        self._sd = portaudio(CLIENT)
        self._last_block = time.monotonic()
        device, self.fallback = _choose(self._sd, name)
        self.name = str(device["name"])
        try:
            self._stream = self._open(device, on_sound)
        except self._sd.PortAudioError as error:
            log.exception("cannot open the microphone %s", self.name)
            _terminate(self._sd)
            raise RubatoError(
                f"Cannot open the microphone {self.name}",
                kept="Everything else still works",
                todo="Close the program that uses it, allow Rubato to use it,"
                " or choose another in the settings (microphone)",
                code="microphone_busy",
            ) from error

    @property
    def gone(self) -> bool:
        """Whether the device has stopped delivering sound."""
        return not self._stream.active or time.monotonic() - self._last_block > _TIMEOUT_S

    def close(self) -> None:
        """Close the stream. Not for a device that is gone: PortAudio may wait forever for a dead sound server."""
        with quiet(), contextlib.suppress(self._sd.PortAudioError):
            self._stream.abort()
            self._stream.close()
            self._sd._terminate()

    def _open(self, device: dict[str, Any], on_sound: Callable[[Samples], None]) -> Any:
        rate = int(device["default_samplerate"])
        resampler = Resampler(rate)

        def on_block(data: Any, frames: int, _time: Any, _status: Any) -> None:
            self._last_block = time.monotonic()
            sound = resampler(np.frombuffer(data, np.float32))
            if len(sound):
                on_sound(sound)

        with quiet():
            stream = self._sd.RawInputStream(
                device=device["index"],
                samplerate=rate,
                channels=1,
                dtype="float32",
                blocksize=0 if "JACK" in self._host_api(device) else round(rate * _BLOCK_S),
                latency="low",
                callback=on_block,
            )
            stream.start()
        return stream

    def _host_api(self, device: dict[str, Any]) -> str:
        return str(self._sd.query_hostapis(device["hostapi"])["name"])


def find_microphone(name: str = "") -> str:
    """Return the name of the device that `Microphone` would open.

    Args:
        name: Part of the device's name; empty for the default.

    Raises:
        RubatoError: there is no microphone, or PortAudio is missing.
    """
    sd = portaudio(CLIENT)
    device, _ = _choose(sd, name)
    with quiet():
        sd._terminate()
    return str(device["name"])


def _choose(sd: Any, name: str) -> tuple[dict[str, Any], bool]:
    with quiet():
        sd._initialize()
    inputs = [device for device in sd.query_devices() if device["max_input_channels"] > 0]
    if not inputs:
        _terminate(sd)
        raise RubatoError(
            "There is no microphone",
            kept="Everything else still works",
            todo="Connect one and switch the microphone on again",
            code="no_microphone",
        )
    return preferred(sd, inputs, name, "input")


def _terminate(sd: Any) -> None:
    """Terminate PortAudio, which would otherwise stay a client of JACK."""
    with quiet(), contextlib.suppress(sd.PortAudioError):
        sd._terminate()


class Resampler:
    """Resamples a stream to `RATE` block by block, without seams.

    Args:
        rate: Sample rate of the stream, Hz.
    """

    def __init__(self, rate: int) -> None:
        common = math.gcd(rate, RATE)
        steps = -(-_CONTEXT * common // min(rate, RATE))
        # A block of exactly `_in` samples becomes one of exactly `_out`.
        self._in, self._out = rate // common * steps, RATE // common * steps
        self._rate = rate
        self._pending: Samples = np.zeros(self._in, np.float32)  # begins with one block of context

    def __call__(self, samples: Samples) -> Samples:
        """Return the samples at `RATE` whose context is complete; the rest waits for the next call."""
        self._pending = np.concatenate([self._pending, sanitise(samples)])
        whole = len(self._pending) // self._in - 2
        if whole <= 0:
            return self._pending[:0]
        result = resample(self._pending[: (whole + 2) * self._in], self._rate, RATE)
        self._pending = self._pending[whole * self._in :]
        return result[self._out : self._out * (whole + 1)]
