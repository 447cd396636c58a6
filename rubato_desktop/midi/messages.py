"""A MIDI message as it arrived: its raw bytes, the time and the device.

Messages are stored as raw bytes because no other form keeps every channel, pedal, wheel and sysex unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass

from rubato_desktop.midi.encoding import encode

NOTE_OFF, NOTE_ON, POLY_PRESSURE, CONTROL = 0x80, 0x90, 0xA0, 0xB0
PROGRAM, CHANNEL_PRESSURE, PITCH_BEND, SYSEX = 0xC0, 0xD0, 0xE0, 0xF0


@dataclass(frozen=True, slots=True)
class Message:
    """One complete MIDI message, with its status byte.

    Attributes:
        t: Microseconds on the program's clock.
        device: Name of the device that sent it.
        data: The bytes, status byte first.
    """

    t: int
    device: str
    data: bytes

    @property
    def kind(self) -> int:
        """The status without its channel, e.g. ``NOTE_ON``; ``SYSEX`` for every system message."""
        return self.data[0] & 0xF0

    @property
    def channel(self) -> int:
        """Channel 0-15 of a channel message."""
        return self.data[0] & 0x0F

    @property
    def is_note_on(self) -> bool:
        """True for a note-on with a velocity above 0; velocity 0 is a note-off (MIDI 1.0)."""
        return len(self.data) == 3 and self.data[0] & 0xF0 == NOTE_ON and self.data[2] > 0

    @property
    def is_note_off(self) -> bool:
        if len(self.data) != 3:
            return False
        kind = self.data[0] & 0xF0
        return kind == NOTE_OFF or (kind == NOTE_ON and self.data[2] == 0)

    @property
    def note(self) -> int:
        """MIDI note 0-127 of a note message."""
        return self.data[1]

    @property
    def velocity(self) -> int:
        """Velocity 0-127 of a note message."""
        return self.data[2]


def note_on(t: int, device: str, note: int, velocity: int = 80, channel: int = 0) -> Message:
    """Return a note-on message.

    Raises:
        ValueError: a value is out of range.
    """
    return Message(t, device, encode("note_on", channel=channel, note=note, velocity=velocity))


def note_off(t: int, device: str, note: int, velocity: int = 0, channel: int = 0) -> Message:
    """Return a note-off message.

    Raises:
        ValueError: a value is out of range.
    """
    return Message(t, device, encode("note_off", channel=channel, note=note, velocity=velocity))
