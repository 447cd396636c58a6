"""The events of one track, as columns."""

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
    quantities,
    quantity,
)
from rubato_desktop.midi.file.problems import FileProblem
from rubato_desktop.midi.file.salvage import Budget, Fault, data_bytes, diagnose, next_readable, reads_on
from rubato_desktop.plurals import counted

_WINDOW, _SMALL_WINDOW = 1 << 16, 1 << 12


class Special(NamedTuple):
    """A meta event or system exclusive.

    Attributes:
        tick: Ticks since the track began.
        order: How many channel messages of the track came before it.
        status: 0xF0, 0xF7 or 0xFF.
        kind: Type of a meta event, else 0.
        data: What it carries, without its length.
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
        tick: Ticks since the track began, of each channel message; shape (n,).
        status: Its status byte with its channel, 0x80-0xEF.
        a, b: Its data bytes; `b` is 0 where the message has only one.
        special: Everything else.
        end_tick: Where the track ends.
        stopped: Byte of the file after the last event that was read.
        ended: True when the track says itself where it ends.
    """

    tick: npt.NDArray[np.int64]
    status: Bytes
    a: Bytes
    b: Bytes
    special: tuple[Special, ...]
    end_tick: int
    stopped: int
    ended: bool


def walk(raw: bytes, start: int, end: int, number: int, trouble: FileProblem, budget: Budget) -> Track:
    """Read the events from byte `start` up to `end`.

    Args:
        raw: The file, followed by `PAD` more bytes.
        number: Number of the track for messages, from 1.
        trouble: Told of all that is wrong.
        budget: What is read is taken off.

    Raises:
        MidiFileError: damage, or the budget is spent; not while salvaging.
    """
    return _Walk(raw, start, end, number, trouble, budget).track()


class _Walk:
    def __init__(
        self, raw: bytes, start: int, end: int, number: int, trouble: FileProblem, budget: Budget
    ) -> None:
        self.raw, self.data = raw, np.frombuffer(raw, np.uint8)
        self.at, self.end, self.number = start, end, number
        self.trouble, self.budget = trouble, budget
        self.state = 0
        self.status = 0  # running status
        self.tick = 0
        self.stopped = start
        self.ended = False
        self.count = 0
        self.blocks: list[tuple[npt.NDArray[np.int64], Bytes, Bytes, Bytes]] = []
        self.special: list[Special] = []

    def track(self) -> Track:
        size = _WINDOW
        while self.at < self.end:
            if self._window(size):
                size = min(size * 4, _WINDOW)
            else:
                size = _SMALL_WINDOW
                self._repair()
            if self.budget.events < 0 or self.budget.specials < 0:
                what = "there are more events than the program can open"
                self.trouble.excess(what, track=self.number, byte=self.at)
                break
        columns = [np.concatenate(column) for column in zip(*self.blocks, strict=True)]
        if not columns:
            columns = [np.empty(0, np.int64), *[np.empty(0, np.uint8)] * 3]
        tick, status, a, b = columns
        return Track(tick, status, a, b, tuple(self.special), self.tick, self.stopped, self.ended)

    def _window(self, size: int) -> bool:
        """Read the events of one window; False when one cannot be read, where `at` then is."""
        size = min(size, self.end - self.at)
        path, place, readable = EventOffsets(self.raw, self.data, self.at, size, self.end).follow(self.state)
        if path:
            self._take(self.data[self.at : self.at + size + PAD], np.array(path, np.int32) // STATES)
        self.state = place % STATES
        self.at += place // STATES
        if not self.ended:
            self.stopped = self.at
        return readable

    def _take(self, view: Bytes, at: npt.NDArray[np.int32]) -> None:
        """Add the events that begin at the bytes `at` of a window."""
        delta, length = quantities(view, at)
        tick = self.tick + np.cumsum(delta)
        self.tick = int(tick[-1])
        at = at + length.astype(np.int32)
        status = view[at]
        explicit = status >= 0x80
        special = np.flatnonzero(status >= 0xF0)
        self.budget.specials -= len(special)
        # Running status: each event takes the last channel status before it.
        given = np.where(explicit & (status < 0xF0), np.arange(1, len(at) + 1), 0)
        last = np.maximum.accumulate(given)
        full = np.concatenate((np.array([self.status], np.uint8), status))[last]
        self.status = int(full[-1])
        a, b = view[at + explicit], view[at + explicit + 1]
        b = np.where((full & 0xE0) == 0xC0, np.uint8(0), b)
        for done, index in enumerate(special.tolist()):
            self._take_special(int(tick[index]), self.count + index - done, self.at + int(at[index]))
        if special.size:
            keep = status < 0xF0
            tick, full, a, b = tick[keep], full[keep], a[keep], b[keep]
        self.blocks.append((tick, full, a, b))
        self.count += len(tick)
        self.budget.events -= len(tick)

    def _take_special(self, tick: int, order: int, at: int) -> None:
        status = self.raw[at]
        kind = self.raw[at + 1] if status == META else 0
        at += 2 if status == META else 1
        size, length = quantity(self.raw, at)
        at += length
        if status == META and kind == END_OF_TRACK:
            self.ended, self.stopped = True, min(at + size, self.end)
            return
        self.special.append(Special(tick, order, status, kind, self.raw[at : at + size]))

    def _repair(self) -> None:
        """Say what cannot be read at `at`, and go to where reading can go on."""
        self.budget.repairs -= 1
        if self.budget.repairs < 0:
            self._damage("too much of it is damaged", "the rest is left out")
            self.at = self.end
            return
        fault = diagnose(self.raw, self.at, self.end, self.state)
        if not self.trouble.salvage:
            self._damage(fault.what, "")
        if self._step_over(fault):
            return
        first = self.at + fault.lost - 1
        after = next_readable(self.raw, self.data, first, self.end, self.state, self.budget)
        left_out = "the rest is" if after == self.end else counted(after - self.at, "byte")
        self._damage(fault.what, f"{left_out} left out")
        self.at = after

    def _step_over(self, fault: Fault) -> bool:
        """Leave out one message and keep its time, where what follows can be read."""
        after = self.at + fault.length
        state = self.state
        if fault.status and not fault.misplaced:
            state = data_bytes(fault.status)
        if not fault.length or not (fault.misplaced or reads_on(self.raw, self.data, after, self.end, state)):
            return False
        self._damage(fault.what, f"{counted(fault.length, 'byte')} left out")
        self.at, self.state = after, state
        self.tick += fault.delta
        if fault.status and not fault.misplaced:
            self.status = fault.status
        return True

    def _damage(self, what: str, repair: str) -> None:
        self.trouble.damage(what, track=self.number, byte=self.at, repair=repair)
