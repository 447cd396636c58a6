"""What a device holds down: notes, pedals, wheels, pressure; and the messages that let it all go.

A device that is unplugged in mid-chord sends no note-off; somebody has to.
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

# Controllers that stay where they are until a message lets them go (MIDI 1.0, table 3): modulation; sustain,
# portamento, sostenuto, soft pedal, legato, hold 2.
MODULATION = 1
PEDALS = frozenset(range(64, 70))
LET_GO_BY_CONTROL = frozenset((MODULATION, *PEDALS))
BEND_CENTRE = bytes((0x00, 0x40))


class HeldNotes:
    """Follows the messages of one device, a dict look-up each."""

    def __init__(self) -> None:
        # What is held by its status and number, in the order it was pressed.
        self._held: dict[tuple[int, int], None] = {}

    def feed(self, message: bytes) -> None:
        """Take note of one complete message, status byte first."""
        status = message[0]
        kind = status & 0xF0
        if kind == SYSEX or kind < NOTE_OFF:
            return
        channel = status & 0x0F
        first = message[1]
        if kind in (NOTE_ON, NOTE_OFF):
            down = kind == NOTE_ON and message[2] > 0
            self._set((NOTE_ON | channel, first), down)
        elif kind == CONTROL and first in LET_GO_BY_CONTROL:
            self._set((status, first), message[2] > 0)
        elif kind == PITCH_BEND:
            self._set((status, 0), message[1:] != BEND_CENTRE)
        elif kind == CHANNEL_PRESSURE:
            self._set((status, 0), first > 0)
        elif kind == POLY_PRESSURE:
            self._set((status, first), message[2] > 0)

    def let_go(self) -> tuple[bytes, ...]:
        """Return the messages that release all that is held, in the order it was pressed; then nothing is."""
        released = tuple(_release(status, number) for status, number in self._held)
        self._held.clear()
        return released

    def _set(self, what: tuple[int, int], down: bool) -> None:
        if down:
            self._held.setdefault(what)
        else:
            self._held.pop(what, None)


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
