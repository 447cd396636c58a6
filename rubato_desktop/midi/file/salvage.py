"""What is wrong at a damaged place of a track, and where reading can go on."""

from __future__ import annotations

from typing import NamedTuple

from rubato_desktop.midi.file.event_offsets import ESCAPE, META, PAD, SYSEX, Bytes, EventOffsets, quantity

MAX_EVENTS = 8_000_000  # channel messages of a file, about 100 MB of columns
MAX_SPECIALS = 250_000  # texts, tempos, system exclusives of a file
MAX_REPAIRS = 1000  # places of a file at which reading is begun anew
MAX_SEARCH = 1 << 17  # bytes of a file that are searched for them
_FIRST_SEARCH, _WIDEST_SEARCH = 1 << 12, 1 << 16
_NEAR = 256  # bytes within which a status byte is a better place to go on than running status
_SYSTEM_LENGTH = {0xF1: 2, 0xF2: 3, 0xF3: 2}  # bytes with the status; all others have only that


class Budget:
    """What one file may still take, so that none takes all of the memory or an hour."""

    def __init__(self) -> None:
        self.events, self.specials = MAX_EVENTS, MAX_SPECIALS
        self.repairs, self.search = MAX_REPAIRS, MAX_SEARCH


class Fault(NamedTuple):
    """An event that cannot be read.

    Attributes:
        what: What is wrong, a clause.
        delta: Its delta time in ticks.
        length: Bytes to leave out to be past it, if none is missing; 0 when that cannot be said.
        status: Its status byte, 0 when it has none.
        lost: Bytes that nothing can begin in.
    """

    what: str
    delta: int = 0
    length: int = 0
    status: int = 0
    lost: int = 1

    @property
    def misplaced(self) -> bool:
        """True for a whole message of a kind that has no place in a file."""
        return SYSEX < self.status < META and self.status != ESCAPE


def diagnose(raw: bytes, at: int, end: int, state: int) -> Fault:
    """Say what is wrong with the event at byte `at` of a track that ends at `end`; `state` as in `steps`."""
    delta, length = quantity(raw, at)
    if length > 4:
        # Its last byte alone is taken for the time.
        junk = next((n for n in range(4, PAD) if raw[at + n] < 0x80), 0)
        return Fault("a time is longer than the format allows", length=junk)
    if at + length >= end:
        return Fault("the track ends within a message")
    status = raw[at + length]
    if status < 0x80 and not state:
        return Fault("a message does not say what it is", delta)
    if status in (SYSEX, ESCAPE, META):
        lost = length + (2 if status == META else 1)
        return Fault("a message is longer than its track, or damaged", delta, lost=lost)
    if status > SYSEX:
        what = f"a message {status:02X} does not belong in a file"
        return Fault(what, delta, length + _SYSTEM_LENGTH.get(status, 1), status)
    length += state if status < 0x80 else 1 + data_bytes(status)
    if at + length > end:
        return Fault("the track ends within a message", delta)
    return Fault("a message is damaged or cut short", delta, length, status if status >= 0x80 else 0)


def data_bytes(status: int) -> int:
    """Return how many data bytes follow the status of a channel message."""
    return 1 if 0xC0 <= status < 0xE0 else 2


def reads_on(raw: bytes, data: Bytes, at: int, end: int, state: int) -> bool:
    """True when several events can be read from byte `at`."""
    size = min(PAD, end - at)
    return size <= 0 or EventOffsets(raw, data, at, size, end).reads_on(state)


def next_readable(raw: bytes, data: Bytes, at: int, end: int, state: int, budget: Budget) -> int:
    """Return the next byte after `at` from which several events can be read, else `end`.

    A status byte nearby is taken before an event that relies on running status, which nearly any bytes could be.
    """
    size = _FIRST_SEARCH
    while at < end and budget.search > 0:
        size = min(size, end - at)
        budget.search -= size
        window = EventOffsets(raw, data, at, size, end)
        own = window.next_readable(0)
        running = window.next_readable(state) if state and (own is None or own > _NEAR) else None
        found = own if running is None else running
        if found is not None:
            return at + found
        if at + size == end:
            break
        at += size - 1  # the first byte of a window is not looked at
        size = min(size * 4, _WIDEST_SEARCH)
    return end
