"""MIDI messages by their names, with mido: built and checked, or told in words.

mido is loaded with the first message that is built or named: that takes 11 ms of processor time in the program, and
25 ms in the process of the sound, which therefore builds its own. A note built by name takes 4 µs, three bytes put
together 0.5 µs (p99 5.5 and 0.6).

Bytes from a device are cut into messages by `stream`, and MIDI files are read by `files`: mido drops what these keep.
"""

from __future__ import annotations

from collections.abc import Iterable


def encode(name: str, **values: int | Iterable[int]) -> bytes:
    """Return the bytes of a message.

    Args:
        name: As mido calls it, such as ``note_on``, ``control_change`` or ``sysex``.
        values: What it says, such as ``channel`` (0-15), ``note``, ``velocity``, ``control`` and ``value`` (0-127),
            ``pitch`` (-8192 to 8191), or ``data`` (each 0-127) of a sysex. What is left out is 0, a velocity 64.

    Raises:
        ValueError: a value is out of range.
    """
    from mido.messages import Message

    return bytes(Message(name, **values).bytes())


def message_name(status: int) -> str:
    """Return the name of a message by its status byte, such as ``control_change``; ``unknown`` where it has none."""
    from mido.messages import SPEC_BY_STATUS

    spec = SPEC_BY_STATUS.get(status)
    return str(spec["type"]) if spec is not None else "unknown"


def describe_message(data: bytes) -> str:
    """Return a message in words, such as ``note_on channel=0 note=60 velocity=64``; in hexadecimal what is none."""
    from mido.messages import Message

    try:
        return str(Message.from_bytes(data)).removesuffix(" time=0")
    except ValueError:
        return data.hex(" ")


def load() -> None:
    """Load mido now, so that no key waits for it."""
    encode("note_on")
