"""Splits a stream of MIDI bytes into complete messages, however the bytes are chunked.

MIDI 1.0 Detailed Specification, "Data Format": a status byte (high bit set) may be omitted when it repeats the
previous one (running status); system real-time bytes (F8-FF) may come anywhere, even inside another message, and
change nothing; other system messages end running status; a system-exclusive message ends at F7 or any other
status byte.

mido's tokenizer does not fit: it does not support running status, drops a message that contains a real-time byte,
and sets no limit on system-exclusive messages.
"""

from __future__ import annotations

# Message lengths in bytes, status byte included: by the high nibble of the status, and by status for F1-F6.
_CHANNEL_LENGTH = {0x80: 3, 0x90: 3, 0xA0: 3, 0xB0: 3, 0xC0: 2, 0xD0: 2, 0xE0: 3}
_SYSTEM_LENGTH = {0xF1: 2, 0xF2: 3, 0xF3: 2, 0xF6: 1}
_LENGTH = {
    status: _CHANNEL_LENGTH.get(status & 0xF0) or _SYSTEM_LENGTH.get(status, 1)
    for status in range(0x80, 0x100)
}
SYSEX_BEGIN, SYSEX_END, REAL_TIME = 0xF0, 0xF7, 0xF8
LONGEST_SYSEX = 1 << 20


class ByteStream:
    """Splits the bytes of one device into messages, and buffers an incomplete message until more bytes arrive."""

    def __init__(self) -> None:
        self._running_status = 0
        self._buffer = bytearray()

    def feed(self, data: bytes) -> tuple[bytes, ...]:
        """Process the next bytes from the device.

        Args:
            data: Any number of bytes, split at any point.

        Returns:
            The messages that are now complete, in order, each with its status byte. Bytes that belong to no message
            (data bytes before any status, a system-exclusive message over 1 MiB or without an end) are dropped.
        """
        # Fast path: a whole channel message is by far the most common chunk, and the player waits for its sound.
        if data and 0x80 <= data[0] < SYSEX_BEGIN and len(data) == _LENGTH[data[0]] and max(data[1:]) < 0x80:
            self._running_status = data[0]
            self._buffer.clear()
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
        if not self._buffer:
            if not self._running_status:
                return None
            self._buffer.append(self._running_status)
        self._buffer.append(byte)
        if self._buffer[0] != SYSEX_BEGIN:
            return self._complete_message()
        if len(self._buffer) >= LONGEST_SYSEX:
            self._buffer.clear()
        return None

    def _take_status(self, byte: int) -> bytes | None:
        ends_sysex = byte == SYSEX_END and self._buffer[:1] == bytes((SYSEX_BEGIN,))
        if not ends_sysex:
            self._buffer.clear()
        self._running_status = byte if byte < SYSEX_BEGIN else 0
        if byte == SYSEX_END and not ends_sysex:
            return None
        self._buffer.append(byte)
        if ends_sysex:
            message = bytes(self._buffer)
            self._buffer.clear()
            return message
        return self._complete_message()

    def _complete_message(self) -> bytes | None:
        """Return the buffered message if it is complete, and clear the buffer."""
        if self._buffer[0] == SYSEX_BEGIN or len(self._buffer) < _LENGTH[self._buffer[0]]:
            return None
        message = bytes(self._buffer)
        self._buffer.clear()
        return message
