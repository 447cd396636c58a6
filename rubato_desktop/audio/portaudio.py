"""Loads PortAudio on demand, without its terminal output, and chooses a device."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from rubato_desktop.errors import RubatoError

_clients: list[ctypes.c_char_p] = []  # PortAudio stores the pointer without copying the string


def portaudio(client: str) -> Any:
    """Return the module sounddevice with PortAudio terminated, so that initialising it scans the devices again.

    Args:
        client: The JACK client name of this process.

    Raises:
        RubatoError: PortAudio is missing (code ``no_portaudio``).
    """
    try:
        # Imported only on demand, because the import starts PortAudio, which probes every sound system.
        with quiet():
            import sounddevice

            while sounddevice._initialized:
                sounddevice._terminate()
        with contextlib.suppress(AttributeError, OSError):
            _clients.append(ctypes.c_char_p(client.encode()))
            ctypes.CDLL(sounddevice._libname).PaJack_SetClientName(_clients[-1])
    except OSError as error:
        raise RubatoError(
            "The sound library PortAudio is missing",
            kept="Everything else works",
            todo="Install the package libportaudio2",
            code="no_portaudio",
        ) from error
    return sounddevice


def preferred(
    sd: Any, devices: Sequence[dict[str, Any]], name: str, direction: Literal["input", "output"]
) -> tuple[dict[str, Any], bool]:
    """Choose a device.

    Args:
        sd: The module sounddevice.
        devices: The available devices, at least one.
        name: Part of a device name; empty for the default: JACK if its server is running, else the system's.
        direction: Direction of the sound.

    Returns:
        The device, and whether it is a fallback because no device matches `name`.
    """
    named = [device for device in devices if name and name.casefold() in device["name"].casefold()]
    if named:
        return named[0], False
    # A user who starts a JACK server wants the sound there.
    jack = [api for api in sd.query_hostapis() if "JACK" in api["name"]]
    index = next((api[f"default_{direction}_device"] for api in jack), -1)
    if index < 0:
        with contextlib.suppress(sd.PortAudioError):
            index = sd.query_devices(kind=direction)["index"]
    return next((device for device in devices if device["index"] == index), devices[0]), bool(name)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Suppress what ALSA and JACK print to stderr about missing devices."""
    stderr = os.dup(2)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
