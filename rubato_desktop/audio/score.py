"""A score: a recording as one list of timed MIDI messages for the player."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from rubato_desktop.audio.skips import Skips
from rubato_desktop.audio.synth import BANK, BANK_FINE, RESET_CONTROLLERS
from rubato_desktop.midi.messages import CONTROL, NOTE_OFF, NOTE_ON, PITCH_BEND, PROGRAM
from rubato_desktop.midi.notes import Notes

# Data entry and parameter selection only have a meaning together and in order.
PARAMETERS: Final = frozenset((6, 38, 96, 97, 98, 99, 100, 101))
# "Reset all controllers" leaves volume, pan and bank unchanged (MIDI recommended practice RP-015).
LASTING: Final = frozenset((BANK, BANK_FINE, 7, 10))
_LENGTHS: Final = {CONTROL: 3, PROGRAM: 2, PITCH_BEND: 3}

_OFF, _CONTROL, _ON = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Score:
    """Messages in playing order.

    At equal times, note-offs come first, then programs and controllers, then note-ons.

    Attributes:
        times: Times from the beginning (µs), int64, shape (n,), ascending.
        packed: Messages as ``status | data1 << 8 | data2 << 16``, uint32, shape (n,).
        end: Time of the last message (µs); 0 if there is none.
        controls: Indices of the messages other than notes, shape (m,).
    """

    times: npt.NDArray[np.int64]
    packed: npt.NDArray[np.uint32]
    end: int
    controls: npt.NDArray[np.int64]

    @classmethod
    def of(cls, notes: Notes, messages: Iterable[tuple[int, int, bytes]] = ()) -> Score:
        """Build a score.

        Args:
            notes: The notes.
            messages: All other messages, as rows (µs, track, bytes); inaudible ones (sysex, pressure) are dropped.
        """
        table = notes.table
        channel, note = table["channel"].astype(np.uint32), table["note"].astype(np.uint32) << 8
        ons = NOTE_ON | channel | note | table["velocity"].astype(np.uint32) << 16
        offs = NOTE_OFF | channel | note
        rows = [(t, data) for t, _, data in messages if data and _LENGTHS.get(data[0] & 0xF0) == len(data)]
        others = np.fromiter((int.from_bytes(data, "little") for _, data in rows), np.uint32, len(rows))
        other_times = np.fromiter((t for t, _ in rows), np.int64, len(rows))
        # The note-on of an empty note must come before its note-off, or the note would never end.
        ends = np.maximum(table["off"], table["on"] + 1)
        times = np.concatenate([ends, other_times, table["on"]])
        rank = np.repeat(np.array([_OFF, _CONTROL, _ON], np.int64), [len(table), len(rows), len(table)])
        order = np.argsort(times * 3 + rank, kind="stable")
        times = times[order]
        return cls(
            times,
            np.concatenate([offs, others, ons])[order],
            int(times[-1]) if len(times) else 0,
            np.flatnonzero(rank[order] == _CONTROL),
        )

    def without(self, skips: Skips) -> Score:
        """Return the score in playback time: the same messages in the same order, earlier by the skipped time."""
        times = skips.played(self.times)
        return replace(self, times=times, end=int(times[-1]) if len(times) else 0)

    def chase(self, t: int) -> list[bytes]:
        """Return the messages that restore the state of an instrument at `t` (µs).

        They are the programs with their banks, the last value of each controller and the pitch bend, and registered
        parameters in order, but not the notes held at `t`.
        """
        before = self.controls[: np.searchsorted(self.times[self.controls], t)]
        state: dict[int, _Channel] = {}
        for packed in self.packed[before].tolist():
            state.setdefault(packed & 0x0F, _Channel(packed & 0x0F)).feed(
                packed & 0xF0, packed >> 8 & 0x7F, packed >> 16 & 0x7F
            )
        return [data for channel in state.values() for data in channel.messages()]


class _Channel:
    """The state of one channel after a series of messages."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._controllers: dict[int, int] = {}
        self._parameters: list[tuple[int, int]] = []
        self._program: tuple[int, int | None, int | None] | None = None
        self._bend: tuple[int, int] | None = None

    def feed(self, kind: int, first: int, second: int) -> None:
        if kind == PROGRAM:
            self._program = (first, self._controllers.get(BANK), self._controllers.get(BANK_FINE))
        elif kind == PITCH_BEND:
            self._bend = (first, second)
        elif first in PARAMETERS:
            self._parameters.append((first, second))
        elif first == RESET_CONTROLLERS:
            self._controllers = {n: v for n, v in self._controllers.items() if n in LASTING}
            self._bend = None
        elif first < 120:
            self._controllers[first] = second

    def messages(self) -> list[bytes]:
        messages: list[bytes] = []
        if self._program:
            program, bank, fine = self._program
            messages += [self._control(BANK, bank)] if bank is not None else []
            messages += [self._control(BANK_FINE, fine)] if fine is not None else []
            messages.append(bytes((PROGRAM | self._channel, program)))
        messages += [self._control(number, value) for number, value in self._controllers.items()]
        messages += [self._control(number, value) for number, value in self._parameters]
        if self._bend:
            messages.append(bytes((PITCH_BEND | self._channel, *self._bend)))
        return messages

    def _control(self, number: int, value: int) -> bytes:
        return bytes((CONTROL | self._channel, number, value))
