"""Reads the events of one track into columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rubato_desktop.midi.file.event_offsets import (
    END_OF_TRACK,
    META,
    PAD,
    STATES,
    Bytes,
    EventOffsets,
    read_quantities,
    read_quantity,
)
from rubato_desktop.midi.file.problems import FileProblems
from rubato_desktop.midi.file.salvage import Budget, Fault, data_bytes, diagnose, is_readable, next_readable
from rubato_desktop.plurals import counted

_WINDOW, _SMALL_WINDOW = 1 << 16, 1 << 12


class Special(NamedTuple):
    """A meta event or system exclusive.

    Attributes:
        tick: Ticks from the start of the track.
        order: Number of channel messages before it in the track.
        status: 0xF0, 0xF7 or 0xFF.
        kind: Type of a meta event, 0 for a system exclusive.
        data: Its data, without the length.
    """

    tick: int
    order: int
    status: int
    kind: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Track:
    """The events of one track.

    Attributes:
        tick: Ticks from the start of the track, of each channel message; shape (n,).
        status: Status byte of each, with its channel, 0x80-0xEF.
        a, b: Data bytes of each; `b` is 0 for a message with only one.
        special: Meta events and system exclusives.
        end_tick: End of the track in ticks.
        stopped: Byte offset in the file after the last event that was read.
        ended: Whether the track has an end-of-track event.
    """

    tick: npt.NDArray[np.int64]
    status: Bytes
    a: Bytes
    b: Bytes
    special: tuple[Special, ...]
    end_tick: int
    stopped: int
    ended: bool


def read_track(
    raw: bytes, start: int, end: int, number: int, problems: FileProblems, budget: Budget
) -> Track:
    """Read the events of a track.

    Args:
        raw: The file, followed by `PAD` bytes.
        start: Byte offset of the first event.
        end: Byte offset of the end of the track.
        number: Track number for messages, from 1.
        problems: Receives all problems.
        budget: The remaining limits; reduced by what is read.

    Raises:
        MidiFileError: the track is damaged or exceeds a limit (when not salvaging).
    """
    return _TrackReader(raw, start, end, number, problems, budget).read()


class _TrackReader:
    def __init__(
        self, raw: bytes, start: int, end: int, number: int, problems: FileProblems, budget: Budget
    ) -> None:
        self.raw, self.data = raw, np.frombuffer(raw, np.uint8)
        self.at, self.end, self.number = start, end, number
        self.problems, self.budget = problems, budget
        self.state = 0
        self.status = 0  # running status
        self.tick = 0
        self.stopped = start
        self.ended = False
        self.count = 0
        self.blocks: list[tuple[npt.NDArray[np.int64], Bytes, Bytes, Bytes]] = []
        self.special: list[Special] = []

    def read(self) -> Track:
        size = _WINDOW
        while self.at < self.end:
            if self._read_window(size):
                size = min(size * 4, _WINDOW)
            else:
                size = _SMALL_WINDOW
                self._repair()
            if self.budget.events < 0 or self.budget.specials < 0:
                what = "it has more events than Rubato can open"
                self.problems.excess(what, track=self.number, byte=self.at)
                break
        columns = [np.concatenate(column) for column in zip(*self.blocks, strict=True)]
        if not columns:
            columns = [np.empty(0, np.int64), *[np.empty(0, np.uint8)] * 3]
        tick, status, a, b = columns
        return Track(tick, status, a, b, tuple(self.special), self.tick, self.stopped, self.ended)

    def _read_window(self, size: int) -> bool:
        """Read the events of one window; returns False if an event cannot be read, leaving `at` on it."""
        size = min(size, self.end - self.at)
        offsets = EventOffsets(self.raw, self.data, self.at, size, self.end)
        path, position, readable = offsets.follow(self.state)
        if path:
            self._add(self.data[self.at : self.at + size + PAD], np.array(path, np.int32) // STATES)
        self.state = position % STATES
        self.at += position // STATES
        if not self.ended:
            self.stopped = self.at
        return readable

    def _add(self, view: Bytes, at: npt.NDArray[np.int32]) -> None:
        """Add the events that begin at the byte offsets `at` of a window."""
        delta, length = read_quantities(view, at)
        tick = self.tick + np.cumsum(delta)
        self.tick = int(tick[-1])
        at = at + length.astype(np.int32)
        status = view[at]
        explicit = status >= 0x80
        special = np.flatnonzero(status >= 0xF0)
        self.budget.specials -= len(special)
        # Running status: each event uses the last channel status before it.
        own = np.where(explicit & (status < 0xF0), np.arange(1, len(at) + 1), 0)
        last = np.maximum.accumulate(own)
        full = np.concatenate((np.array([self.status], np.uint8), status))[last]
        self.status = int(full[-1])
        a, b = view[at + explicit], view[at + explicit + 1]
        b = np.where((full & 0xE0) == 0xC0, np.uint8(0), b)
        for done, index in enumerate(special.tolist()):
            self._add_special(int(tick[index]), self.count + index - done, self.at + int(at[index]))
        if special.size:
            keep = status < 0xF0
            tick, full, a, b = tick[keep], full[keep], a[keep], b[keep]
        self.blocks.append((tick, full, a, b))
        self.count += len(tick)
        self.budget.events -= len(tick)

    def _add_special(self, tick: int, order: int, at: int) -> None:
        status = self.raw[at]
        kind = self.raw[at + 1] if status == META else 0
        at += 2 if status == META else 1
        size, length = read_quantity(self.raw, at)
        at += length
        if status == META and kind == END_OF_TRACK:
            self.ended, self.stopped = True, min(at + size, self.end)
            return
        self.special.append(Special(tick, order, status, kind, self.raw[at : at + size]))

    def _repair(self) -> None:
        """Report the damage at `at`, and move to where reading can resume."""
        self.budget.repairs -= 1
        if self.budget.repairs < 0:
            self._damage("too much is damaged", "the rest was left out")
            self.at = self.end
            return
        fault = diagnose(self.raw, self.at, self.end, self.state)
        if not self.problems.salvage:
            self._damage(fault.what, "")
        if self._skip(fault):
            return
        first = self.at + fault.lost - 1
        after = next_readable(self.raw, self.data, first, self.end, self.state, self.budget)
        left_out = "the rest was" if after == self.end else counted(after - self.at, "byte")
        self._damage(fault.what, f"{left_out} left out")
        self.at = after

    def _skip(self, fault: Fault) -> bool:
        """Skip one message but keep its delta time, if the following events can be read."""
        after = self.at + fault.length
        state = self.state
        if fault.status and not fault.misplaced:
            state = data_bytes(fault.status)
        if not fault.length or not (
            fault.misplaced or is_readable(self.raw, self.data, after, self.end, state)
        ):
            return False
        self._damage(fault.what, f"{counted(fault.length, 'byte')} left out")
        self.at, self.state = after, state
        self.tick += fault.delta
        if fault.status and not fault.misplaced:
            self.status = fault.status
        return True

    def _damage(self, what: str, repair: str) -> None:
        self.problems.damage(what, track=self.number, byte=self.at, repair=repair)
