"""PortAudio: loaded when sound is wanted, quietly, and asked for the device that a person would expect."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from rubato_desktop.errors import RubatoError

_clients: list[ctypes.c_char_p] = []  # PortAudio keeps the pointer, not the text


def portaudio(client: str) -> Any:
    """Return the module sounddevice, with PortAudio ended, so that its next start looks at all devices anew.

    Args:
        client: The name under which JACK shows this process.

    Raises:
        RubatoError: PortAudio is missing (code ``no_portaudio``).
    """
    try:
        # Not before sound is wanted: it starts PortAudio, which asks every sound system there is.
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
            kept="Everything works, without sound",
            todo="Install the package libportaudio2",
            code="no_portaudio",
        ) from error
    return sounddevice


def preferred(
    sd: Any, devices: Sequence[dict[str, Any]], name: str, way: Literal["input", "output"]
) -> tuple[dict[str, Any], bool]:
    """Choose a device.

    Args:
        sd: The module sounddevice.
        devices: Those there are, at least one.
        name: Part of the wanted one's name; empty for the system's own choice: JACK when its server runs.
        way: Which way the sound goes.

    Returns:
        The device, and whether the wanted one is not there.
    """
    named = [device for device in devices if name and name.casefold() in device["name"].casefold()]
    if named:
        return named[0], False
    # Who starts a JACK server wants to be heard there.
    jack = [api for api in sd.query_hostapis() if "JACK" in api["name"]]
    index = next((api[f"default_{way}_device"] for api in jack), -1)
    if index < 0:
        with contextlib.suppress(sd.PortAudioError):
            index = sd.query_devices(kind=way)["index"]
    return next((device for device in devices if device["index"] == index), devices[0]), bool(name)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep what ALSA and JACK print about devices that are not there off the terminal."""
    stderr = os.dup(2)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
