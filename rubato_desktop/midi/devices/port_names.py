"""Derives a device name, the same each time it is plugged in, from the port names of the MIDI systems.

How one keyboard appears:

========  =============================================================  =====================
system    port                                                           device
========  =============================================================  =====================
alsa      ``Keystation 25:Keystation 25 MIDI 1 20:0``                    ``Keystation 25 MIDI 1``
jack      ``Keystation 25:out``, ``Keystation 25-01:out``                ``Keystation 25``
jack      ``a2j:Keystation 25 [20] (capture): Keystation 25 MIDI 1``     ``Keystation 25 MIDI 1``
jack      ``system:midi_capture_1``, alias ``alsa_pcm:Keystation-25/…``  ``Keystation-25``
winmm     ``Keystation 25 0``                                            ``Keystation 25``
coremidi  ``Keystation 25``                                              ``Keystation 25``
========  =============================================================  =====================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

CLIENT = "Rubato Desktop"

_ALSA_ADDRESS = re.compile(r" (\d+:\d+)$")
_JACK_SUFFIX = re.compile(r"-0\d$")
_A2J = re.compile(r"^(?P<client>.+) \[\d+\] \(capture\): (?P<port>.+)$")
_WINMM_INDEX = re.compile(r" \d+$")
_GENERIC_PORT = re.compile(r"(midi[ _-]?)?(out|output|capture|port)?[ _-]?1?", re.IGNORECASE)
# Through ports and the systems' own service ports are not keyboards.
_NO_CONTROLLER = re.compile(rf"midi[ -_]?through|^{CLIENT}\b|^announce$|^timer$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A device that can be opened for input.

    Attributes:
        name: The device's name, the same each time it is plugged in; unique within one list.
        port: The system's current name of its port.
        address: Changes when the device is unplugged and plugged in again, as far as the system reveals it.
    """

    name: str
    port: str
    address: str


def sources(system: str, ports: Iterable[tuple[str, str]]) -> dict[str, Source]:
    """Return the devices behind a list of output ports.

    Args:
        system: ``alsa``, ``jack``, ``coremidi`` or ``winmm``.
        ports: Pairs of port name and alias, the alias empty if there is none.

    Returns:
        Sources by name, one for each port that may be a controller, in the order of `ports`. A repeated name gets a
        suffix: `` (2)``, `` (3)``.
    """
    found: dict[str, Source] = {}
    seen: dict[str, int] = {}
    for port, alias in ports:
        name, address = _PARSERS[system](port, alias)
        if _NO_CONTROLLER.search(name) or _NO_CONTROLLER.search(port):
            continue
        seen[name] = seen.get(name, 0) + 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        found[unique] = Source(unique, port, address)
    return found


def _parse_alsa(port: str, _: str) -> tuple[str, str]:
    address = _ALSA_ADDRESS.search(port)
    client, _colon, rest = _ALSA_ADDRESS.sub("", port).partition(":")
    return _device_name(client, rest), address[1] if address else port


def _parse_jack(port: str, alias: str) -> tuple[str, str]:
    full_name = alias if port.startswith("system:") and alias else port
    client, _colon, rest = full_name.partition(":")
    if bridged := _A2J.match(rest):
        return _device_name(bridged["client"], bridged["port"]), port
    if client == "alsa_pcm":
        client, _slash, rest = rest.partition("/")
    return _device_name(_JACK_SUFFIX.sub("", client), rest), port


def _parse_winmm(port: str, _: str) -> tuple[str, str]:
    # The number is only the index in the list: it shifts when another device is unplugged.
    name = _WINMM_INDEX.sub("", port)
    return name, name


def _parse_coremidi(port: str, _: str) -> tuple[str, str]:
    return port, port


_PARSERS = {"alsa": _parse_alsa, "jack": _parse_jack, "winmm": _parse_winmm, "coremidi": _parse_coremidi}


def _device_name(client: str, port: str) -> str:
    """Return the shortest name that identifies both the client and the port."""
    if not port or port == client or _GENERIC_PORT.fullmatch(port):
        return client
    if port.startswith(client):
        return port
    return f"{client} {port}"
