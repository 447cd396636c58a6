"""The keys and sustain pedals that are down at a point in a recording."""

from __future__ import annotations

from rubato_desktop.midi.messages import CONTROL, Message, note_off

_SUSTAIN = 64  # MIDI controller number of the sustain pedal
_DOWN = 64  # controller value from which a pedal counts as down


class SoundingNotes:
    """Tracks which keys and sustain pedals are down."""

    def __init__(self) -> None:
        self._keys: dict[
            tuple[str, int, int], int
        ] = {}  # (device, channel, note) → number of note-ons without note-off
        self._pedals: set[tuple[str, int]] = set()  # (device, channel)

    def take(self, message: Message) -> None:
        """Update the state with the next message."""
        if message.is_note_on or message.is_note_off:
            key = (message.device, message.channel, message.note)
            count = self._keys.pop(key, 0) + (1 if message.is_note_on else -1)
            if count > 0:
                self._keys[key] = count
        elif _is_pedal(message):
            pedal = (message.device, message.channel)
            (self._pedals.add if message.data[2] >= _DOWN else self._pedals.discard)(pedal)

    def is_released_by(self, message: Message) -> bool:
        """Return whether a message releases a key or pedal that is down."""
        if message.is_note_off:
            return (message.device, message.channel, message.note) in self._keys
        return (
            _is_pedal(message)
            and message.data[2] < _DOWN
            and (message.device, message.channel) in self._pedals
        )

    def release(self, t: int) -> list[Message]:
        """Release everything; returns the messages that do so, at `t` µs."""
        messages = [
            note_off(t, device, note, channel=channel)
            for (device, channel, note), count in self._keys.items()
            for _ in range(count)
        ]
        for device, channel in sorted(self._pedals):
            messages.append(Message(t, device, bytes((CONTROL | channel, _SUSTAIN, 0))))
        self._keys.clear()
        self._pedals.clear()
        return messages


def _is_pedal(message: Message) -> bool:
    return message.kind == CONTROL and len(message.data) == 3 and message.data[1] == _SUSTAIN
