"""A small port to the machine's MIDI system, so that what lies behind it can be exchanged.

Today python-rtmidi lies behind it. A system lists what can be listened to, opens it, and says when it is
gone; nothing here runs a thread of its own. All methods of one system are called from one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.devices.port_names import Source

SystemName = Literal["alsa", "jack", "coremidi", "winmm"]
SystemChoice = Literal["auto", "alsa", "jack", "coremidi", "winmm"]
Callback = Callable[[bytes], None]

KEPT = "The keys on the screen and the computer's own keys work"
_MISSING = {
    "alsa": "the ALSA sequencer is missing",
    "jack": "no JACK server runs",
    "coremidi": "CoreMIDI does not answer",
    "winmm": "Windows' MIDI does not answer",
}
_TODO = {
    "alsa": "load the sequencer (sudo modprobe snd-seq)",
    "jack": "start a JACK server",
    "coremidi": "restart the computer",
    "winmm": "restart the computer",
}


class NoMidi(RubatoError):
    """A MIDI system that is not there, or no longer."""


class PortError(RubatoError):
    """A device that is there but cannot be listened to."""


class InputPort(Protocol):
    def close(self) -> None:
        """Stop listening; when this returns, the callback is not running and will not be called again."""
        ...


class MidiSystem(Protocol):
    """One of the machine's MIDI systems."""

    @property
    def name(self) -> SystemName: ...

    @property
    def period_ms(self) -> float | None:
        """Milliseconds between two hand-overs of messages; None where they come at once."""
        ...

    def inputs(self) -> dict[str, Source]:
        """Return the devices that can be listened to, by name, in the system's order.

        Raises:
            NoMidi: the system is gone.
        """
        ...

    def open(self, source: Source, callback: Callback) -> InputPort:
        """Listen to a device.

        Args:
            source: From the newest `inputs`.
            callback: Called with the bytes of each message on a thread of the system; it must be quick.

        Raises:
            PortError: the device is busy or just vanished.
            NoMidi: the system is gone.
        """
        ...

    def carries(self, source: Source, port: InputPort) -> bool:
        """Return whether what `source` sends still reaches `port`."""
        ...

    def close(self) -> None:
        """Leave the system; its ports are closed before."""
        ...


def no_midi(names: tuple[SystemName, ...]) -> NoMidi:
    """Return the error that says in words that none of these systems is there."""
    todo = " or ".join(_TODO[name] for name in names)
    return NoMidi(
        f"There is no MIDI on this computer: {' and '.join(_MISSING[name] for name in names)}",
        kept=KEPT,
        todo=f"{todo[0].upper()}{todo[1:]}; it is found by itself",
        code="no_midi",
    )
