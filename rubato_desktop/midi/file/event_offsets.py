"""Computes the distance to the next event of a track, for every byte at once.

A track is a chain of events of varying length, and an event may omit its status byte (running status), so the start
of an event is known only from the previous one. Here numpy computes the step for *every* byte and each of three
states; following the chain then takes one look-up per event. That reads a million notes in about a second and
keeps everything in the file.

A position is encoded as ``STATES * byte + state``; the state is the number of data bytes that running status
expects, 0 without running status.

Format: Standard MIDI Files 1.0 (RP-001), "MTrk" chunks.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

STATES = 4  # of which three are used: the steps of one byte then fit one 32-bit word
PAD = 16  # bytes that must be readable after the ones whose steps are computed
META, SYSEX, ESCAPE = 0xFF, 0xF0, 0xF7
END_OF_TRACK = 0x2F
_EVIDENCE = 12  # consecutive readable events required before data after damage is trusted

# Steps over a one-byte delta time and a channel message with its status byte, from state 0, by status.
_WITH_TWO, _WITH_ONE = np.zeros(256, np.uint8), np.zeros(256, np.uint8)
_WITH_TWO[0x80:0xF0] = STATES * 4 + 2
_WITH_TWO[0xC0:0xE0] = 0
_WITH_ONE[0xC0:0xE0] = STATES * 3 + 1


def steps(view: Bytes, size: int) -> Bytes:
    """Return the steps from the first `size` bytes of `view`.

    Args:
        view: The bytes; at least `PAD` more than `size`.
        size: Number of bytes.

    Returns:
        Shape (4 * size,): the offset from each position to that of the next event; 0 if no complete channel message
        follows.
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
    # The table assumes delta times of one byte; a longer one shifts the entries by the extra bytes. The states of a
    # byte are shifted together, as one word.
    extra = high[:size] * (1 + high[1 : size + 1] * (1 + high[2 : size + 2] * (1 + high[3 : size + 3])))
    shifted = table.view(np.uint32).reshape(-1)[np.arange(size) + extra].view(np.uint8)
    increment = (extra * np.uint32(STATES * 0x01010101)).view(np.uint8)
    result: Bytes = (shifted + increment) * (shifted > 0)
    result.reshape(size, STATES)[extra > 3] = 0
    return result


def read_quantities(view: Bytes, at: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Read the variable-length quantities that begin at the byte offsets `at`.

    Returns:
        Values and lengths in bytes; a length of 5 means that the quantity exceeds the four bytes that the format
        allows.
    """
    value = (view[at] & 0x7F).astype(np.int64)
    length = np.ones(len(at), np.intp)
    unfinished = np.flatnonzero(view[at] >= 0x80)
    for index in range(1, 4):
        if not unfinished.size:
            return value, length
        byte = view[at[unfinished] + index]
        value[unfinished] = (value[unfinished] << 7) | (byte & 0x7F)
        length[unfinished] += 1
        unfinished = unfinished[byte >= 0x80]
    length[unfinished] = 5
    return value, length


def read_quantity(raw: bytes, at: int) -> tuple[int, int]:
    """Read one variable-length quantity; returns value and length like `read_quantities`."""
    value = 0
    for length in range(1, 5):
        byte = raw[at + length - 1]
        value = value << 7 | (byte & 0x7F)
        if byte < 0x80:
            return value, length
    return value, 5


def after_special(raw: bytes, at: int, end: int) -> int | None:
    """Return the offset of the byte after the meta event or system exclusive whose delta time is at `at`.

    Args:
        raw: The file, followed by `PAD` bytes.
        at: Byte offset of the delta time.
        end: Byte offset of the end of the track, which is returned for an end-of-track event.

    Returns:
        None if there is no such event at `at`, or it does not end within the track.
    """
    length = read_quantity(raw, at)[1]
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
    size, length = read_quantity(raw, at + 1)
    at += 1 + length + size
    return at if length < 5 and at <= end else None


class EventOffsets:
    """The steps within one window of a track.

    Args:
        raw: The file, followed by `PAD` bytes.
        data: The same bytes as an array.
        start: Byte offset of the window.
        size: Number of bytes in the window.
        end: Byte offset of the end of the track.
    """

    def __init__(self, raw: bytes, data: Bytes, start: int, size: int, end: int) -> None:
        self._raw, self._start, self._end = raw, start, end
        self._last = STATES * (end - start) + STATES - 1
        self._table = memoryview(steps(data[start : start + size + PAD], size))  # type: ignore[arg-type]

    def follow(self, position: int) -> tuple[list[int], int, bool]:
        """Follow the chain of events from a position in the window.

        Returns:
            The positions of the events, the position at which to continue, and False if no event can be read there.
        """
        table, limit = self._table, len(self._table)
        path: list[int] = []
        add = path.append
        while position < limit:
            step = table[position]
            if not step and not (step := self._special_step(position)):
                return path, position, False
            add(position)
            position += step
        if position > self._last:
            return path, path.pop(), False
        return path, position, True

    def next_readable(self, state: int) -> int | None:
        """Return the first byte after the start of the window from which events can be read, relative to the start.

        Args:
            state: 0 if the first event must have a status byte; otherwise the state of running status.
        """
        for position in range(STATES + state, len(self._table), STATES):
            byte = self._start + position // STATES
            # After damage, a delta time of three or four bytes is implausible: it would be minutes or days.
            plausible = self._raw[byte] < 0x80 or self._raw[byte + 1] < 0x80
            if plausible and self.is_readable(position):
                return position // STATES
        return None

    def is_readable(self, position: int) -> bool:
        """Return whether several consecutive events, or all that remain, can be read from a position."""
        for _ in range(_EVIDENCE):
            if position >= len(self._table):
                break
            step = self._table[position] or self._special_step(position)
            if not step:
                return False
            position += step
        return position <= self._last

    def _special_step(self, position: int) -> int:
        byte = self._start + position // STATES
        after = after_special(self._raw, byte, self._end)
        return 0 if after is None else STATES * (after - byte)
