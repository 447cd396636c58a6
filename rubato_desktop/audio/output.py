"""Sound devices: finding one, and having it driven until it goes away."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final

from rubato_desktop.audio.portaudio import portaudio, preferred, quiet
from rubato_desktop.errors import RubatoError

# A device that asks for no sound for so long has gone, whatever it says.
_PATIENCE_S: Final = 5.0

Fill = Callable[[memoryview], None]


class Output:
    """One open sound device: stereo, float32.

    Opening looks at the devices anew, so that one that was connected a moment ago is found. There can be
    one at a time in a process. Use with `with`.

    Args:
        name: Part of the device's name; empty for the system's own choice: JACK when its server runs.
        block: Frames a block; 0 lets the device choose.

    Attributes:
        name: The device that was opened.
        rate: Its sample rate, Hz.
        fallback: True when there was no device of that name and the system's own choice was taken.
        names: All devices that can play.
        underflows: How often the device had to do without a block in time.

    Raises:
        RubatoError: there is no device, it cannot be opened, or PortAudio is missing (code ``no_portaudio``).
    """

    def __init__(self, name: str = "", block: int = 0) -> None:
        self._sd = portaudio("Rubato")
        with quiet():
            self._sd._initialize()
        try:
            found = [device for device in self._sd.query_devices() if device["max_output_channels"] > 0]
            self.names = tuple(device["name"] for device in found)
            device, self.fallback = self._choose(found, name)
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
        # With its server gone, PortAudio waits for ever for an orderly end: then the process has to end instead.
        if not self._gone:
            self._terminate()

    def drive(self, fill: Fill, watch: Callable[[float], bool], *, on_thread: Callable[[], None]) -> None:
        """Play until `watch` says to stop or the device goes away.

        Args:
            fill: Fills a block; called on the device's own thread.
            watch: Called again and again on this thread with the latency in ms; must wait a little itself.
                Returns False to stop.
            on_thread: Called once on the device's thread before its first block.

        Raises:
            RubatoError: the device cannot be opened, or it has gone (code ``sound_gone``): then nothing more can be
                opened in this process.
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
            while stream.active and time.monotonic() - alive < _PATIENCE_S:
                if seen != blocks:
                    seen, alive = blocks, time.monotonic()
                if not watch(max(stream.latency, frames / self.rate) * 1000):
                    stream.abort()
                    return
        except self._sd.PortAudioError as error:
            raise RubatoError(
                f"The sound device {self.name} cannot be opened",
                kept="Everything works, silently",
                todo="Close the program that uses it, or choose another in the settings (sound_output)",
                code="sound_busy",
            ) from error
        self._gone = True
        raise RubatoError(
            f"The sound device {self.name} has gone",
            kept="Everything else goes on",
            todo="Sound comes back by itself when the device does",
            code="sound_gone",
        )

    def _choose(self, found: list[dict[str, Any]], name: str) -> tuple[dict[str, Any], bool]:
        if not found:
            raise RubatoError(
                "There is no sound device",
                kept="Everything works, silently",
                todo="Connect one or start the sound server; it is looked for every few seconds",
                code="no_sound_device",
            )
        return preferred(self._sd, found, name, "output")

    def _terminate(self) -> None:
        with quiet(), contextlib.suppress(self._sd.PortAudioError):
            self._sd._terminate()
