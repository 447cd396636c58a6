"""Builds MIDI messages by name and describes them in words, using mido.

mido is imported with the first message that is built or named: 11 ms of processor time in the program, 25 ms in the
audio process, which therefore builds its own bytes. Building a note by name takes 4 µs, joining three bytes 0.5 µs
(p99 5.5 and 0.6 µs).

`midi.devices.byte_stream` splits the bytes of a device, and `midi.file` reads files, without mido, which drops data
that they keep.
"""

from __future__ import annotations

from collections.abc import Iterable


def encode(name: str, **values: int | Iterable[int]) -> bytes:
    """Return the bytes of a message.

    Args:
        name: mido's name of the message type, such as ``note_on``, ``control_change`` or ``sysex``.
        values: The fields of the message, such as ``channel`` (0-15), ``note``, ``velocity``, ``control`` and
            ``value`` (0-127), ``pitch`` (-8192 to 8191), or ``data`` (each 0-127) of a sysex. A missing velocity is
            64, any other missing field 0.

    Raises:
        ValueError: a value is out of range.
    """
    from mido.messages import Message

    return bytes(Message(name, **values).bytes())


def message_name(status: int) -> str:
    """Return mido's name for a status byte, such as ``control_change``, or ``unknown``."""
    from mido.messages import SPEC_BY_STATUS

    spec = SPEC_BY_STATUS.get(status)
    return str(spec["type"]) if spec is not None else "unknown"


def describe_message(data: bytes) -> str:
    """Return a message in words, such as ``note_on channel=0 note=60 velocity=64``, or in hex when it is not valid."""
    from mido.messages import Message

    try:
        return str(Message.from_bytes(data)).removesuffix(" time=0")
    except ValueError:
        return data.hex(" ")


def load() -> None:
    """Import mido now, so that no key has to wait for the import."""
    encode("note_on")
