"""Diagnoses damage in a track, and finds the position at which reading can resume."""

from __future__ import annotations

from typing import NamedTuple

from rubato_desktop.midi.file.event_offsets import (
    ESCAPE,
    META,
    PAD,
    SYSEX,
    Bytes,
    EventOffsets,
    read_quantity,
)

MAX_EVENTS = 8_000_000  # channel messages per file, about 100 MB of columns
MAX_SPECIALS = 250_000  # texts, tempos and system exclusives per file
MAX_REPAIRS = 1000  # resumptions after damage per file
MAX_SEARCH = 1 << 17  # bytes per file searched for positions to resume at
_FIRST_SEARCH, _WIDEST_SEARCH = 1 << 12, 1 << 16  # bytes
_NEAR = 256  # bytes within which to prefer an event with a status byte over one with running status
_SYSTEM_LENGTH = {0xF1: 2, 0xF2: 3, 0xF3: 2}  # bytes including the status; all others have one


class Budget:
    """The remaining limits for one file, so that no file exhausts memory or takes an hour to read."""

    def __init__(self) -> None:
        self.events, self.specials = MAX_EVENTS, MAX_SPECIALS
        self.repairs, self.search = MAX_REPAIRS, MAX_SEARCH


class Fault(NamedTuple):
    """An event that cannot be read.

    Attributes:
        what: The problem as a clause.
        delta: Its delta time in ticks.
        length: Bytes to skip to get past it, if none is missing; 0 if unknown.
        status: Its status byte, or 0 if it has none.
        lost: Bytes at which no other event can begin.
    """

    what: str
    delta: int = 0
    length: int = 0
    status: int = 0
    lost: int = 1

    @property
    def misplaced(self) -> bool:
        """True for a complete message of a type that is not allowed in a file."""
        return SYSEX < self.status < META and self.status != ESCAPE


def diagnose(raw: bytes, at: int, end: int, state: int) -> Fault:
    """Diagnose the event at byte `at` of a track that ends at `end`; `state` as in `event_offsets`."""
    delta, length = read_quantity(raw, at)
    if length > 4:
        # Salvaging takes only the last byte as the delta time.
        junk = next((n for n in range(4, PAD) if raw[at + n] < 0x80), 0)
        return Fault("a delta time is longer than four bytes", length=junk)
    if at + length >= end:
        return Fault("the track ends in the middle of a message")
    status = raw[at + length]
    if status < 0x80 and not state:
        return Fault("a message has no status byte", delta)
    if status in (SYSEX, ESCAPE, META):
        lost = length + (2 if status == META else 1)
        return Fault("a message is damaged or longer than its track", delta, lost=lost)
    if status > SYSEX:
        what = f"message {status:02X} is not allowed in a file"
        return Fault(what, delta, length + _SYSTEM_LENGTH.get(status, 1), status)
    length += state if status < 0x80 else 1 + data_bytes(status)
    if at + length > end:
        return Fault("the track ends in the middle of a message", delta)
    return Fault("a message is damaged or cut short", delta, length, status if status >= 0x80 else 0)


def data_bytes(status: int) -> int:
    """Return the number of data bytes that follow the status byte of a channel message."""
    return 1 if 0xC0 <= status < 0xE0 else 2


def is_readable(raw: bytes, data: Bytes, at: int, end: int, state: int) -> bool:
    """Return whether several consecutive events can be read from byte `at`."""
    size = min(PAD, end - at)
    return size <= 0 or EventOffsets(raw, data, at, size, end).is_readable(state)


def next_readable(raw: bytes, data: Bytes, at: int, end: int, state: int, budget: Budget) -> int:
    """Return the next byte after `at` from which several events can be read, or `end`.

    A nearby event with a status byte is preferred to one with running status, which almost any bytes could be.
    """
    size = _FIRST_SEARCH
    while at < end and budget.search > 0:
        size = min(size, end - at)
        budget.search -= size
        window = EventOffsets(raw, data, at, size, end)
        explicit = window.next_readable(0)
        running = window.next_readable(state) if state and (explicit is None or explicit > _NEAR) else None
        offset = explicit if running is None else running
        if offset is not None:
            return at + offset
        if at + size == end:
            break
        at += size - 1  # `next_readable` skips the first byte of a window
        size = min(size * 4, _WIDEST_SEARCH)
    return end
