"""How far it is to the next event of a track, for every byte at once.

A track is a chain of events of unequal length, and an event may leave out its status byte (running
status), so where one begins is only known from the one before. Here the step is computed for *every* byte
and for each of three states, with numpy; following the chain is then one look-up an event. That opens a
million notes in about a second and loses nothing that is in the file.

A place is written ``STATES * byte + state``; the state is the number of data bytes that running status asks
for, 0 where there is none.

Format: Standard MIDI Files 1.0 (RP-001), "MTrk" chunks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int32]

STATES = 4  # of which three are used: the steps from one byte fit one word
PAD = 16  # bytes that must be readable after those of which the steps are asked for
META, SYSEX, ESCAPE = 0xFF, 0xF0, 0xF7
END_OF_TRACK = 0x2F
_EVIDENCE = 12  # events that must follow one another before damaged bytes are trusted again

# Steps from a delta time of one byte over a channel message with its status: from state 0, by status.
_WITH_TWO, _WITH_ONE = np.zeros(256, np.uint8), np.zeros(256, np.uint8)
_WITH_TWO[0x80:0xF0] = STATES * 4 + 2
_WITH_TWO[0xC0:0xE0] = 0
_WITH_ONE[0xC0:0xE0] = STATES * 3 + 1


def steps(view: Bytes, size: int) -> Bytes:
    """Return the steps from the first `size` bytes of `view`, which has at least `PAD` more.

    Returns:
        Shape (4 * size,): what to add to a place to come to the next event's; 0 where no complete channel
        message follows.
    """
    reach = size + 4
    high = view[: reach + 3] >> 7
    data, one = 1 - high[1 : reach + 1], 1 - high[2 : reach + 2]
    both = one * (1 - high[3 : reach + 3])
    status = view[1 : reach + 1]
    table = np.zeros((reach, STATES), np.uint8)
    table[:, 0] = _WITH_TWO[status] * both + _WITH_ONE[status] * one
    explicit = (table[:, 0] > 0).view(np.uint8)
    table[:, 1] = table[:, 0] - explicit + data * np.uint8(STATES * 2)
    table[:, 2] = table[:, 0] - 2 * explicit + data * one * np.uint8(STATES * 3)
    # So far for a delta time of one byte; a longer one puts the same off by so many bytes. The states of a
    # byte are moved together, as one word.
    more = high[:size] * (1 + high[1 : size + 1] * (1 + high[2 : size + 2] * (1 + high[3 : size + 3])))
    put_off = table.view(np.uint32).reshape(-1)[np.arange(size) + more].view(np.uint8)
    further = (more * np.uint32(STATES * 0x01010101)).view(np.uint8)
    found: Bytes = (put_off + further) * (put_off > 0)
    found.reshape(size, STATES)[more > 3] = 0
    return found


def quantities(view: Bytes, at: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Read variable-length quantities at the bytes `at`.

    Returns:
        Values, and their lengths in bytes; a length of 5 says that it does not end within the four that
        the format allows.
    """
    value = (view[at] & 0x7F).astype(np.int64)
    length = np.ones(len(at), np.intp)
    going_on = np.flatnonzero(view[at] >= 0x80)
    for place in range(1, 4):
        if not going_on.size:
            return value, length
        byte = view[at[going_on] + place]
        value[going_on] = (value[going_on] << 7) | (byte & 0x7F)
        length[going_on] += 1
        going_on = going_on[byte >= 0x80]
    length[going_on] = 5
    return value, length


def quantity(raw: bytes, at: int) -> tuple[int, int]:
    """Read one variable-length quantity: its value and length, as `quantities` does."""
    value = 0
    for length in range(1, 5):
        byte = raw[at + length - 1]
        value = value << 7 | (byte & 0x7F)
        if byte < 0x80:
            return value, length
    return value, 5


def after_special(raw: bytes, at: int, end: int) -> int | None:
    """Return the byte after the meta event or system exclusive whose delta time is at `at`.

    Args:
        raw: The file, with `PAD` more bytes.
        end: Where the track ends; an end of track leads there at once.

    Returns:
        None where no such event is, or it does not end within the track.
    """
    length = quantity(raw, at)[1]
    at += length
    status = raw[at]
    if length > 4:
        return None
    if status == META:
        if raw[at + 1] == END_OF_TRACK and at + 1 < end:
            return end
        if raw[at + 1] >= 0x80:
            return None
        at += 1
    elif status not in (SYSEX, ESCAPE):
        return None
    size, length = quantity(raw, at + 1)
    at += 1 + length + size
    return at if length < 5 and at <= end else None


class EventOffsets:
    """The steps within one window of a track.

    Args:
        raw: The file, with `PAD` more bytes.
        data: The same as numbers.
        start: Byte at which the window begins.
        size: Bytes in the window.
        end: Byte at which the track ends.
    """

    def __init__(self, raw: bytes, data: Bytes, start: int, size: int, end: int) -> None:
        self._raw, self._start, self._end = raw, start, end
        self._room = STATES * (end - start) + STATES - 1
        self._table = memoryview(steps(data[start : start + size + PAD], size))  # type: ignore[arg-type]

    def follow(self, place: int) -> tuple[list[int], int, bool]:
        """Follow the chain from a place in the window.

        Returns:
            The places of the events, where the next one should be, and whether the chain went on to there:
            False when no event can be read at that place.
        """
        table, limit = self._table, len(self._table)
        path: list[int] = []
        add = path.append
        while place < limit:
            step = table[place]
            if not step and not (step := self._special(place)):
                return path, place, False
            add(place)
            place += step
        if place > self._room:
            return path, path.pop(), False
        return path, place, True

    def next_readable(self, state: int) -> int | None:
        """Return the first byte after the window's own from which events can be read again, if any.

        Args:
            state: 0: the first of the events must have a status byte; else it may rely on running status.
        """
        for place in range(STATES + state, len(self._table), STATES):
            byte = self._start + place // STATES
            # Among damaged bytes a time of three or four bytes is hardly one: it would be minutes or days.
            plausible = self._raw[byte] < 0x80 or self._raw[byte + 1] < 0x80
            if plausible and self.reads_on(place):
                return place // STATES
        return None

    def reads_on(self, place: int) -> bool:
        """True when several events follow one another from a place, or all that are left."""
        for _ in range(_EVIDENCE):
            if place >= len(self._table):
                break
            step = self._table[place] or self._special(place)
            if not step:
                return False
            place += step
        return place <= self._room

    def _special(self, place: int) -> int:
        byte = self._start + place // STATES
        after = after_special(self._raw, byte, self._end)
        return 0 if after is None else STATES * (after - byte)
