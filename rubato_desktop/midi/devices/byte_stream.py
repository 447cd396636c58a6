"""A stream of MIDI bytes cut into complete messages, whatever pieces it comes in.

MIDI 1.0 Detailed Specification, "Data Format": a status byte (high bit set) may be left out when it would be
the same as before (running status); system real-time bytes (F8-FF) may come anywhere, even inside another
message, and change nothing; other system messages end running status; a system-exclusive message is ended by
F7 or by any other status byte.

mido's tokenizer is not used: it knows no running status, drops a message that a real-time byte comes within, and has
no limit for system exclusives.
"""

from __future__ import annotations

# Length of a message with its status byte, by the status's high half; F0-F7 have their own.
_CHANNEL_LENGTH = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3}
_SYSTEM_LENGTH = {0xF1: 2, 0xF2: 3, 0xF3: 2, 0xF6: 1}
_LENGTH = {
    status: _CHANNEL_LENGTH.get(status & 0xF0) or _SYSTEM_LENGTH.get(status, 1)
    for status in range(0x80, 0x100)
}
SYSEX_BEGIN, SYSEX_END, REAL_TIME = 0xF0, 0xF7, 0xF8
LONGEST_SYSEX = 1 << 20


class ByteStream:
    """Cuts one device's bytes into messages; keeps what is unfinished for the next piece."""

    def __init__(self) -> None:
        self._running = 0
        self._open = bytearray()

    def feed(self, data: bytes) -> tuple[bytes, ...]:
        """Take the next bytes of the device.

        Args:
            data: Any number of bytes, cut anywhere.

        Returns:
            The messages they complete, in order, each with its status byte. Bytes that belong to no message
            (data before any status, a system-exclusive message over 1 MiB or without its end) are dropped.
        """
        # A whole channel message is by far the most common piece, and the player waits for the sound of it.
        if data and 0x80 <= data[0] < SYSEX_BEGIN and len(data) == _LENGTH[data[0]] and max(data[1:]) < 0x80:
            self._running = data[0]
            self._open.clear()
            return (data,)
        messages = []
        for byte in data:
            if (message := self._take(byte)) is not None:
                messages.append(message)
        return tuple(messages)

    def _take(self, byte: int) -> bytes | None:
        if byte >= REAL_TIME:
            return bytes((byte,))
        if byte >= 0x80:
            return self._take_status(byte)
        if not self._open:
            if not self._running:
                return None
            self._open.append(self._running)
        self._open.append(byte)
        if self._open[0] != SYSEX_BEGIN:
            return self._finished()
        if len(self._open) >= LONGEST_SYSEX:
            self._open.clear()
        return None

    def _take_status(self, byte: int) -> bytes | None:
        ends_sysex = byte == SYSEX_END and self._open[:1] == bytes((SYSEX_BEGIN,))
        if not ends_sysex:
            self._open.clear()
        self._running = byte if byte < SYSEX_BEGIN else 0
        if byte == SYSEX_END and not ends_sysex:
            return None
        self._open.append(byte)
        if ends_sysex:
            message = bytes(self._open)
            self._open.clear()
            return message
        return self._finished()

    def _finished(self) -> bytes | None:
        """Return the open message when it is complete."""
        if self._open[0] == SYSEX_BEGIN or len(self._open) < _LENGTH[self._open[0]]:
            return None
        message = bytes(self._open)
        self._open.clear()
        return message
