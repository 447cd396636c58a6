"""MIDI files written out byte by byte, so that a test can show what is in one."""

from __future__ import annotations

END = "00 FF 2F 00"


def track(events: str, end: str = END, *, name: bytes = b"MTrk", length: int | None = None) -> bytes:
    """A chunk of events in hex; `length` is what it says of itself when that is not the truth."""
    data = bytes.fromhex(events + end)
    return name + (len(data) if length is None else length).to_bytes(4) + data


def smf(*tracks: bytes | str, format: int = 1, division: int = 480, count: int | None = None) -> bytes:
    """A file; tracks in hex get their end, `count` is how many it says it has when that is not the truth."""
    chunks = [track(one) if isinstance(one, str) else one for one in tracks]
    head = format.to_bytes(2) + (len(chunks) if count is None else count).to_bytes(2) + division.to_bytes(2)
    return b"MThd" + len(head).to_bytes(4) + head + b"".join(chunks)


def tempo(us_per_quarter: int) -> str:
    """A tempo, without its delta time."""
    return f"FF 51 03 {us_per_quarter:06X}"
