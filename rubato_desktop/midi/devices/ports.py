"""The interface to the machine's MIDI system, so that the implementation can be replaced.

It is implemented with python-rtmidi. A system lists its inputs, opens them, and reports when it is gone; it runs no
thread of its own. All methods of one system are called from one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.devices.port_names import Source

SystemName = Literal["alsa", "jack", "coremidi", "winmm"]
SystemChoice = Literal["auto", "alsa", "jack", "coremidi", "winmm"]
Callback = Callable[[bytes], None]

KEPT = "The on-screen keys and the computer keyboard still work"
_MISSING = {
    "alsa": "the ALSA sequencer is missing",
    "jack": "no JACK server is running",
    "coremidi": "CoreMIDI does not respond",
    "winmm": "Windows MIDI does not respond",
}
_TODO = {
    "alsa": "load the sequencer (sudo modprobe snd-seq)",
    "jack": "start a JACK server",
    "coremidi": "restart the computer",
    "winmm": "restart the computer",
}


class NoMidi(RubatoError):
    """The MIDI system is missing or has stopped."""


class PortError(RubatoError):
    """A device is plugged in but cannot be opened."""


class InputPort(Protocol):
    """An open input."""

    def close(self) -> None:
        """Close it; once this returns, the callback is not running and is not called again."""
        ...


class MidiSystem(Protocol):
    """One of the machine's MIDI systems."""

    @property
    def name(self) -> SystemName: ...

    @property
    def period_ms(self) -> float | None:
        """Interval at which the system delivers messages (ms), or None if it delivers them immediately."""
        ...

    def inputs(self) -> dict[str, Source]:
        """Return the devices that can be opened, by name, in the system's order.

        Raises:
            NoMidi: the system is gone.
        """
        ...

    def open(self, source: Source, callback: Callback) -> InputPort:
        """Open a device for input.

        Args:
            source: From the latest call of `inputs`.
            callback: Called with the bytes of each message, on a thread of the system; must be quick.

        Raises:
            PortError: the device is busy or was just unplugged.
            NoMidi: the system is gone.
        """
        ...

    def carries(self, source: Source, port: InputPort) -> bool:
        """Return whether `source` is still connected to `port`."""
        ...

    def close(self) -> None:
        """Disconnect from the system; its ports must be closed first."""
        ...


def no_midi(names: tuple[SystemName, ...]) -> NoMidi:
    """Return the error that reports that none of these systems is available."""
    todo = " or ".join(_TODO[name] for name in names)
    return NoMidi(
        f"MIDI is not available: {' and '.join(_MISSING[name] for name in names)}",
        kept=KEPT,
        todo=f"{todo[0].upper()}{todo[1:]}; Rubato then connects automatically",
        code="no_midi",
    )
