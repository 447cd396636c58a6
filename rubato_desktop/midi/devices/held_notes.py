"""Tracks what a device holds down (notes, pedals, wheels, pressure), and builds the messages that release it.

A device that is unplugged in the middle of a chord never sends its note-offs, so the program sends them instead.
"""

from __future__ import annotations

from rubato_desktop.midi.encoding import encode
from rubato_desktop.midi.messages import (
    CHANNEL_PRESSURE,
    CONTROL,
    NOTE_OFF,
    NOTE_ON,
    PITCH_BEND,
    POLY_PRESSURE,
    SYSEX,
)

# Controllers that keep their value until another message resets them (MIDI 1.0, table 3): modulation; sustain,
# portamento, sostenuto, soft pedal, legato, hold 2.
MODULATION = 1
PEDALS = frozenset(range(64, 70))
HELD_CONTROLLERS = frozenset((MODULATION, *PEDALS))
BEND_CENTRE = bytes((0x00, 0x40))


class HeldNotes:
    """Tracks what one device holds, at the cost of one dict operation per message."""

    def __init__(self) -> None:
        # Held items by (status, number), in the order in which they were pressed.
        self._held: dict[tuple[int, int], None] = {}

    def feed(self, message: bytes) -> None:
        """Process one complete message, status byte first."""
        status = message[0]
        kind = status & 0xF0
        if kind == SYSEX or kind < NOTE_OFF:
            return
        channel = status & 0x0F
        first = message[1]
        if kind in (NOTE_ON, NOTE_OFF):
            down = kind == NOTE_ON and message[2] > 0
            self._set((NOTE_ON | channel, first), down)
        elif kind == CONTROL and first in HELD_CONTROLLERS:
            self._set((status, first), message[2] > 0)
        elif kind == PITCH_BEND:
            self._set((status, 0), message[1:] != BEND_CENTRE)
        elif kind == CHANNEL_PRESSURE:
            self._set((status, 0), first > 0)
        elif kind == POLY_PRESSURE:
            self._set((status, first), message[2] > 0)

    def release_all(self) -> tuple[bytes, ...]:
        """Return the messages that release everything held, in the order it was pressed, and forget it."""
        released = tuple(_release(status, number) for status, number in self._held)
        self._held.clear()
        return released

    def _set(self, item: tuple[int, int], down: bool) -> None:
        if down:
            self._held.setdefault(item)
        else:
            self._held.pop(item, None)


def _release(status: int, number: int) -> bytes:
    kind, channel = status & 0xF0, status & 0x0F
    if kind == NOTE_ON:
        return encode("note_off", channel=channel, note=number, velocity=0)
    if kind == CONTROL:
        return encode("control_change", channel=channel, control=number)
    if kind == PITCH_BEND:
        return encode("pitchwheel", channel=channel)
    if kind == CHANNEL_PRESSURE:
        return encode("aftertouch", channel=channel)
    return encode("polytouch", channel=channel, note=number)
