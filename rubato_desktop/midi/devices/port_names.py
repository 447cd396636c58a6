"""From the names MIDI systems give their ports to the name of the device, the same at every plugging-in.

What stands for one keyboard:

========  =============================================================  =====================
system    its port                                                       device
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
_SAYS_NOTHING = re.compile(r"(midi[ _-]?)?(out|output|capture|port)?[ _-]?1?", re.IGNORECASE)
# The through ports and what the systems themselves announce are nobody's keyboard.
_NO_CONTROLLER = re.compile(rf"midi[ -_]?through|^{CLIENT}\b|^announce$|^timer$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Source:
    """A device that can be listened to.

    Attributes:
        name: The device's name, which stays when it is plugged in again; unique in one list.
        port: What the system calls its port now.
        address: What changes when the device was away in between, as far as the system tells.
    """

    name: str
    port: str
    address: str


def sources(system: str, ports: Iterable[tuple[str, str]]) -> dict[str, Source]:
    """Return the devices behind ports that send.

    Args:
        system: ``alsa``, ``jack``, ``coremidi`` or ``winmm``.
        ports: The system's ports, each with its alias; the alias is empty where there is none.

    Returns:
        By name, one for each port that may be a controller, in the system's order. Devices of the same name are
        told apart by `` (2)``, `` (3)`` behind it.
    """
    found: dict[str, Source] = {}
    times: dict[str, int] = {}
    for port, alias in ports:
        name, address = _ABOUT[system](port, alias)
        if _NO_CONTROLLER.search(name) or _NO_CONTROLLER.search(port):
            continue
        times[name] = times.get(name, 0) + 1
        unique = name if times[name] == 1 else f"{name} ({times[name]})"
        found[unique] = Source(unique, port, address)
    return found


def _about_alsa(port: str, _: str) -> tuple[str, str]:
    address = _ALSA_ADDRESS.search(port)
    client, _colon, rest = _ALSA_ADDRESS.sub("", port).partition(":")
    return _device(client, rest), address[1] if address else port


def _about_jack(port: str, alias: str) -> tuple[str, str]:
    said = alias if port.startswith("system:") and alias else port
    client, _colon, rest = said.partition(":")
    if bridged := _A2J.match(rest):
        return _device(bridged["client"], bridged["port"]), port
    if client == "alsa_pcm":
        client, _slash, rest = rest.partition("/")
    return _device(_JACK_SUFFIX.sub("", client), rest), port


def _about_winmm(port: str, _: str) -> tuple[str, str]:
    # The number is only the place in the list: it moves when another device goes.
    name = _WINMM_INDEX.sub("", port)
    return name, name


def _about_coremidi(port: str, _: str) -> tuple[str, str]:
    return port, port


_ABOUT = {"alsa": _about_alsa, "jack": _about_jack, "winmm": _about_winmm, "coremidi": _about_coremidi}


def _device(client: str, port: str) -> str:
    """Return the shortest name that says both whose port it is and which."""
    if not port or port == client or _SAYS_NOTHING.fullmatch(port):
        return client
    if port.startswith(client):
        return port
    return f"{client} {port}"
