"""Note-ons and note-offs into notes.

Within one channel and note the first note-on is ended by the first note-off after it, as in most sequencers;
a note-off that ends nothing is dropped; a note without an end lasts as long as its track.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rubato_desktop.midi.file.event_offsets import Bytes
from rubato_desktop.midi.messages import NOTE_OFF, NOTE_ON

Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def is_note_on(status: Bytes, velocity: Bytes) -> Mask:
    """Where a note begins; a note-on with velocity 0 is a note-off (MIDI 1.0)."""
    return np.asarray(((status & 0xF0) == NOTE_ON) & (velocity > 0))


def is_note(status: Bytes) -> Mask:
    """Where a message is a note-on or a note-off, which differ in one bit."""
    return np.asarray((status & 0xE0) == NOTE_OFF)


def pair(status: Bytes, note: Bytes, velocity: Bytes) -> tuple[Rows, Rows]:
    """Find the note-off of each note-on among the channel messages of a track, given in order.

    Returns:
        Rows of the note-ons, ascending, and of the note-off of each, -1 for one that is never ended.
    """
    off_of = np.full(len(status), -1, np.int32)
    rows, first, begins = _by_channel_and_note(status, note, velocity)
    if len(rows):
        sizes = np.diff(np.append(first, len(rows)))
        ends = ~begins & _while_open(begins, first, sizes)
        # Now a group's k-th end belongs to its k-th beginning.
        begun = np.add.reduceat(begins, first, dtype=np.int32)
        ended = np.add.reduceat(ends, first, dtype=np.int32)
        on, off = rows[begins], rows[ends]
        place = np.arange(len(on), dtype=np.int32) - np.repeat(_starts(begun), begun)
        found = place < np.repeat(ended, begun)
        off_of[on[found]] = off
    ons = np.flatnonzero(is_note_on(status, velocity)).astype(np.int32)
    return ons, off_of[ons]


def _by_channel_and_note(status: Bytes, note: Bytes, velocity: Bytes) -> tuple[Rows, Rows, Mask]:
    """Rows of note messages, grouped by channel and note; where groups begin; which rows begin a note."""
    rows = np.flatnonzero(is_note(status)).astype(np.int32)
    key = (status[rows] & np.uint8(0x0F)).astype(np.uint16) << np.uint16(7) | note[rows]
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    first = np.flatnonzero(np.diff(key, prepend=np.uint16(0xFFFF))).astype(np.int32)
    return rows, first, is_note_on(status[rows], velocity[rows])


def _while_open(begins: Mask, first: Rows, sizes: npt.NDArray[np.integer]) -> Mask:
    """Where, within each group, some note is open before the row, counting ends only where one is.

    The count of open notes is a walk of +1 and -1, and an end comes while none is open exactly where the walk
    goes below all it was before. A group is set lower than the one before can ever reach, so that the
    running minimum begins anew.
    """
    height = np.cumsum(np.where(begins, np.int8(1), np.int8(-1)), dtype=np.int32)
    before = np.where(first, height[first - 1], 0)
    floor = np.repeat(-first, sizes)
    height += floor - np.repeat(before, sizes).astype(np.int32)
    lowest = np.minimum.accumulate(np.minimum(height, floor))
    lowest_before = np.minimum(np.concatenate((floor[:1], lowest[:-1])), floor)
    return np.asarray(height >= lowest_before)


def _starts(sizes: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    return (np.cumsum(sizes) - sizes).astype(np.int32)
