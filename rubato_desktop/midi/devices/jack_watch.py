"""Watching a JACK server: what python-rtmidi does not tell, asked of the very libjack that it uses.

Names and constants are those of `jack/jack.h`, `jack/types.h` and `alsa/error.h`.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from rtmidi import _rtmidi

_NO_START_SERVER = 0x01
_IS_OUTPUT = 0x2
_MIDI = b"8 bit raw midi"
_NAME_SIZE = 320
_OnShutdown = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class JackClosed(Exception):
    """No JACK server answers."""


@cache
def _library() -> ctypes.CDLL:
    # Looked up through python-rtmidi's own module, so that there is one libjack with one idea of the server.
    lib = ctypes.CDLL(_rtmidi.__file__)
    strings = ctypes.POINTER(ctypes.c_char_p)
    text, pointer, number = ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int
    for name, result, *arguments in (
        ("jack_client_open", pointer, text, number, pointer),
        ("jack_client_close", number, pointer),
        ("jack_activate", number, pointer),
        ("jack_on_shutdown", None, pointer, _OnShutdown, pointer),
        ("jack_get_buffer_size", ctypes.c_uint32, pointer),
        ("jack_get_sample_rate", ctypes.c_uint32, pointer),
        ("jack_get_ports", strings, pointer, text, text, ctypes.c_ulong),
        ("jack_port_by_name", pointer, pointer, text),
        ("jack_port_get_aliases", number, pointer, pointer),
        ("jack_port_get_all_connections", strings, pointer, pointer),
        ("jack_disconnect", number, pointer, text, text),
        ("jack_free", None, pointer),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


@cache
def keep_quiet() -> None:
    """Keep libjack and ALSA from writing to stderr; what goes wrong is said in words elsewhere.

    They call back from any of their threads, real-time ones too, where no Python may run: so the callback is
    a function of C that takes a text and does nothing to it.
    """
    lib = ctypes.CDLL(_rtmidi.__file__)
    for name in ("jack_set_error_function", "jack_set_info_function", "snd_lib_error_set_handler"):
        if hasattr(lib, name):
            getattr(lib, name)(ctypes.cast(ctypes.CDLL(None).strlen, ctypes.c_void_p))


class JackWatch:
    """A client of the JACK server without ports, which knows whether the server is alive.

    Args:
        client: Its name in JACK.

    Raises:
        JackClosed: no server answers.
    """

    def __init__(self, client: str) -> None:
        self._lib = _library()
        self.alive = True
        self._on_shutdown = _OnShutdown(self._shut_down)
        self._client = self._lib.jack_client_open(client.encode(), _NO_START_SERVER, None)
        if not self._client:
            raise JackClosed
        self._lib.jack_on_shutdown(self._client, self._on_shutdown, None)
        if self._lib.jack_activate(self._client):
            self.close()
            raise JackClosed

    @property
    def period_ms(self) -> float:
        """Milliseconds of one period, in which messages are gathered."""
        frames: int = self._lib.jack_get_buffer_size(self._client)
        rate: int = self._lib.jack_get_sample_rate(self._client)
        return 1000 * frames / rate

    def sources(self) -> list[tuple[str, str]]:
        """Return the MIDI ports that send, as (full name, first alias or nothing)."""
        names = self._taken(self._lib.jack_get_ports(self._client, None, _MIDI, _IS_OUTPUT))
        return [(name, self._alias(name)) for name in names]

    def connections(self, port: str) -> frozenset[str]:
        """Return the full names of the ports a port is connected to; none when it is not there."""
        if not (found := self._lib.jack_port_by_name(self._client, port.encode())):
            return frozenset()
        return frozenset(self._taken(self._lib.jack_port_get_all_connections(self._client, found)))

    def disconnect(self, source: str, destination: str) -> None:
        """Part two ports; nothing happens where they are not connected."""
        self._lib.jack_disconnect(self._client, source.encode(), destination.encode())

    def close(self) -> None:
        """Leave the server; a second time does nothing."""
        if self._client:
            self._lib.jack_client_close(self._client)
            self._client = None

    def _alias(self, port: str) -> str:
        if not (found := self._lib.jack_port_by_name(self._client, port.encode())):
            return ""
        first, second = (ctypes.create_string_buffer(_NAME_SIZE) for _ in range(2))
        both = (ctypes.c_void_p * 2)(ctypes.addressof(first), ctypes.addressof(second))
        self._lib.jack_port_get_aliases(found, both)
        return first.value.decode(errors="replace")

    def _taken(self, texts: Any) -> list[str]:
        """Return the texts of a list that libjack allocated, and free it."""
        found: list[str] = []
        if texts:
            while (text := texts[len(found)]) is not None:
                found.append(text.decode(errors="replace"))
            self._lib.jack_free(texts)
        return found

    def _shut_down(self, _: int | None) -> None:
        self.alive = False
