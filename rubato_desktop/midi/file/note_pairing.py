"""Pairs note-ons with note-offs.

Within one channel and note number, the first open note-on is ended by the next note-off, as in most sequencers.
A note-off without an open note is dropped; a note without a note-off lasts until the end of its track.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rubato_desktop.midi.file.event_offsets import Bytes
from rubato_desktop.midi.messages import NOTE_OFF, NOTE_ON

Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def is_note_on(status: Bytes, velocity: Bytes) -> Mask:
    """Return a mask of the messages that start a note; a note-on with velocity 0 is a note-off (MIDI 1.0)."""
    return np.asarray(((status & 0xF0) == NOTE_ON) & (velocity > 0))


def is_note(status: Bytes) -> Mask:
    """Return a mask of note-ons and note-offs, whose status bytes differ in one bit."""
    return np.asarray((status & 0xE0) == NOTE_OFF)


def pair(status: Bytes, note: Bytes, velocity: Bytes) -> tuple[Rows, Rows]:
    """Find the note-off of each note-on of a track.

    Args:
        status: Status byte of each channel message of the track, in order; shape (n,).
        note: First data byte of each; shape (n,).
        velocity: Second data byte of each; shape (n,).

    Returns:
        Indices of the note-ons, ascending, and the index of the note-off of each, -1 if there is none.
    """
    off_of = np.full(len(status), -1, np.int32)
    rows, first, begins = _by_channel_and_note(status, note, velocity)
    if len(rows):
        sizes = np.diff(np.append(first, len(rows)))
        ends = ~begins & _while_open(begins, first, sizes)
        # Now the k-th end of a group belongs to its k-th beginning.
        begun = np.add.reduceat(begins, first, dtype=np.int32)
        ended = np.add.reduceat(ends, first, dtype=np.int32)
        on, off = rows[begins], rows[ends]
        rank = np.arange(len(on), dtype=np.int32) - np.repeat(_starts(begun), begun)
        paired = rank < np.repeat(ended, begun)
        off_of[on[paired]] = off
    ons = np.flatnonzero(is_note_on(status, velocity)).astype(np.int32)
    return ons, off_of[ons]


def _by_channel_and_note(status: Bytes, note: Bytes, velocity: Bytes) -> tuple[Rows, Rows, Mask]:
    """Return the rows of note messages grouped by channel and note, the group starts, and a mask of note-ons."""
    rows = np.flatnonzero(is_note(status)).astype(np.int32)
    key = (status[rows] & np.uint8(0x0F)).astype(np.uint16) << np.uint16(7) | note[rows]
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    first = np.flatnonzero(np.diff(key, prepend=np.uint16(0xFFFF))).astype(np.int32)
    return rows, first, is_note_on(status[rows], velocity[rows])


def _while_open(begins: Mask, first: Rows, sizes: npt.NDArray[np.integer]) -> Mask:
    """Return a mask of the rows before which, within their group, a note is open.

    The number of open notes is a walk of +1 and -1; a note-off without an open note is exactly where the walk falls
    below its previous minimum. Each group is shifted below anything the previous one can reach, so that the running
    minimum restarts.
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
