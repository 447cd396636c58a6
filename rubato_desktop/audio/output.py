"""Sound output: opens a device and plays on it until the device disappears."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

from rubato_desktop.audio.portaudio import portaudio, preferred, quiet
from rubato_desktop.errors import RubatoError

# A device that requests no block for this long is considered gone, whatever it reports.
_STALL_TIMEOUT_S: Final = 5.0

Fill = Callable[[memoryview], None]


class Output:
    """One sound device, stereo float32; a context manager.

    Scans the devices again each time, so that a newly connected one is found. A process can have one `Output` at a
    time.

    Args:
        name: Part of the device's name; empty for the default: JACK if its server is running, else the system's.
        block: Frames per block; 0 lets the device choose.

    Attributes:
        name: Name of the chosen device.
        rate: Its sample rate, Hz.
        fallback: Whether no device matched `name` and the default was chosen.
        names: Names of all output devices.
        underflows: Number of blocks that reached the device too late.

    Raises:
        RubatoError: there is no device, or PortAudio is missing (code ``no_portaudio``).
    """

    def __init__(self, name: str = "", block: int = 0) -> None:
        self._sd = portaudio("Rubato")
        with quiet():
            self._sd._initialize()
        try:
            devices = [device for device in self._sd.query_devices() if device["max_output_channels"] > 0]
            self.names = tuple(device["name"] for device in devices)
            device, self.fallback = self._choose(devices, name)
            self.name: str = device["name"]
            self.rate = int(device["default_samplerate"])
            self.underflows = 0
            self._gone = False
            self._block = block
            self._device = device
        except BaseException:
            self._terminate()
            raise

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # If the sound server is gone, PortAudio hangs while terminating; the process must exit instead.
        if not self._gone:
            self._terminate()

    def drive(self, fill: Fill, watch: Callable[[float], bool], *, on_thread: Callable[[], None]) -> None:
        """Play until `watch` returns False or the device disappears.

        Args:
            fill: Fills a block; called on the device's thread.
            watch: Called repeatedly on this thread with the latency (ms); must sleep between calls, and returns False
                to stop.
            on_thread: Called once on the device's thread before the first block.

        Raises:
            RubatoError: the device cannot be opened, or it disappeared (code ``sound_gone``), after which this process
                cannot open any device.
        """
        frames = 0
        blocks = 0

        def callback(out: Any, count: int, _: Any, status: Any) -> None:
            nonlocal frames, blocks
            if not blocks:
                on_thread()
            blocks += 1
            if status:
                self.underflows += 1
            frames = count
            fill(memoryview(out))

        try:
            with quiet():
                stream = self._sd.RawOutputStream(
                    device=self._device["index"],
                    samplerate=self.rate,
                    channels=2,
                    dtype="float32",
                    blocksize=self._block,
                    latency="low",
                    callback=callback,
                    prime_output_buffers_using_stream_callback=False,
                )
                stream.start()
            seen, alive = -1, time.monotonic()
            while stream.active and time.monotonic() - alive < _STALL_TIMEOUT_S:
                if seen != blocks:
                    seen, alive = blocks, time.monotonic()
                if not watch(max(stream.latency, frames / self.rate) * 1000):
                    stream.abort()
                    return
        except self._sd.PortAudioError as error:
            raise RubatoError(
                f"Cannot open the sound device {self.name}",
                kept="Everything else works, without sound",
                todo="Close the program that uses it, or choose another device in the settings (sound_output)",
                code="sound_busy",
            ) from error
        self._gone = True
        raise RubatoError(
            f"The sound device {self.name} is no longer available",
            kept="Everything else keeps working",
            todo="Reconnect it; sound then returns automatically",
            code="sound_gone",
        )

    def _choose(self, devices: list[dict[str, Any]], name: str) -> tuple[dict[str, Any], bool]:
        if not devices:
            raise RubatoError(
                "There is no sound device",
                kept="Everything else works, without sound",
                todo="Connect one or start the sound server; Rubato checks every few seconds",
                code="no_sound_device",
            )
        return preferred(self._sd, devices, name, "output")

    def _terminate(self) -> None:
        with quiet(), contextlib.suppress(self._sd.PortAudioError):
            self._sd._terminate()
