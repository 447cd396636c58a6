"""MIDI files built from hexadecimal text, so that a test shows their bytes."""

from __future__ import annotations

END = "00 FF 2F 00"


def track(events: str, end: str = END, *, name: bytes = b"MTrk", length: int | None = None) -> bytes:
    """Return a chunk of events given in hex; `length` overrides the length in its header."""
    data = bytes.fromhex(events + end)
    return name + (len(data) if length is None else length).to_bytes(4) + data


def smf(*tracks: bytes | str, format: int = 1, division: int = 480, count: int | None = None) -> bytes:
    """Return a file. Tracks in hex get an end-of-track event; `count` overrides the track count in the header."""
    chunks = [track(one) if isinstance(one, str) else one for one in tracks]
    head = format.to_bytes(2) + (len(chunks) if count is None else count).to_bytes(2) + division.to_bytes(2)
    return b"MThd" + len(head).to_bytes(4) + head + b"".join(chunks)


def tempo(us_per_quarter: int) -> str:
    """Return a tempo event in hex, without its delta time."""
    return f"FF 51 03 {us_per_quarter:06X}"
