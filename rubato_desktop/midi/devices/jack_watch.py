"""Watches a JACK server: reads what python-rtmidi does not expose, through the same libjack.

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
    """No JACK server is running."""


@cache
def _library() -> ctypes.CDLL:
    # Resolved through python-rtmidi's own module, so that the process has one libjack with one view of the server.
    lib = ctypes.CDLL(_rtmidi.__file__)
    strings = ctypes.POINTER(ctypes.c_char_p)
    string, pointer, number = ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int
    for name, result_type, *argument_types in (
        ("jack_client_open", pointer, string, number, pointer),
        ("jack_client_close", number, pointer),
        ("jack_activate", number, pointer),
        ("jack_on_shutdown", None, pointer, _OnShutdown, pointer),
        ("jack_get_buffer_size", ctypes.c_uint32, pointer),
        ("jack_get_sample_rate", ctypes.c_uint32, pointer),
        ("jack_get_ports", strings, pointer, string, string, ctypes.c_ulong),
        ("jack_port_by_name", pointer, pointer, string),
        ("jack_port_get_aliases", number, pointer, pointer),
        ("jack_port_get_all_connections", strings, pointer, pointer),
        ("jack_disconnect", number, pointer, string, string),
        ("jack_free", None, pointer),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = result_type, argument_types
    return lib


@cache
def silence_libraries() -> None:
    """Stop libjack and ALSA from writing to stderr; the program reports errors itself.

    Their error callbacks run on any thread, including real-time ones where no Python may run, so the callback is
    a C function that accepts a string and has no side effects.
    """
    lib = ctypes.CDLL(_rtmidi.__file__)
    for name in ("jack_set_error_function", "jack_set_info_function", "snd_lib_error_set_handler"):
        if hasattr(lib, name):
            getattr(lib, name)(ctypes.cast(ctypes.CDLL(None).strlen, ctypes.c_void_p))


class JackWatch:
    """A JACK client without ports that knows whether the server is alive.

    Args:
        client: The client's name in JACK.

    Raises:
        JackClosed: no server is running.
    """

    def __init__(self, client: str) -> None:
        self._lib = _library()
        self.alive = True
        self._on_shutdown = _OnShutdown(self._mark_dead)
        self._client = self._lib.jack_client_open(client.encode(), _NO_START_SERVER, None)
        if not self._client:
            raise JackClosed
        self._lib.jack_on_shutdown(self._client, self._on_shutdown, None)
        if self._lib.jack_activate(self._client):
            self.close()
            raise JackClosed

    @property
    def period_ms(self) -> float:
        """Length of one JACK period (ms); messages are delivered once per period."""
        frames: int = self._lib.jack_get_buffer_size(self._client)
        rate: int = self._lib.jack_get_sample_rate(self._client)
        return 1000 * frames / rate

    def sources(self) -> list[tuple[str, str]]:
        """Return the MIDI output ports as (full name, first alias or an empty string)."""
        names = self._take_strings(self._lib.jack_get_ports(self._client, None, _MIDI, _IS_OUTPUT))
        return [(name, self._alias(name)) for name in names]

    def connections(self, port: str) -> frozenset[str]:
        """Return the full names of the ports that `port` is connected to; empty if it does not exist."""
        if not (handle := self._lib.jack_port_by_name(self._client, port.encode())):
            return frozenset()
        return frozenset(self._take_strings(self._lib.jack_port_get_all_connections(self._client, handle)))

    def disconnect(self, source: str, destination: str) -> None:
        """Disconnect two ports; does nothing if they are not connected."""
        self._lib.jack_disconnect(self._client, source.encode(), destination.encode())

    def close(self) -> None:
        """Disconnect from the server. Safe to call twice."""
        if self._client:
            self._lib.jack_client_close(self._client)
            self._client = None

    def _alias(self, port: str) -> str:
        if not (handle := self._lib.jack_port_by_name(self._client, port.encode())):
            return ""
        first, second = (ctypes.create_string_buffer(_NAME_SIZE) for _ in range(2))
        both = (ctypes.c_void_p * 2)(ctypes.addressof(first), ctypes.addressof(second))
        self._lib.jack_port_get_aliases(handle, both)
        return first.value.decode(errors="replace")

    def _take_strings(self, array: Any) -> list[str]:
        """Return the strings of a null-terminated array that libjack allocated, and free it."""
        strings: list[str] = []
        if array:
            while (string := array[len(strings)]) is not None:
                strings.append(string.decode(errors="replace"))
            self._lib.jack_free(array)
        return strings

    def _mark_dead(self, _: int | None) -> None:
        self.alive = False
