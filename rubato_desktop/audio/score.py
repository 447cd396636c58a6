"""A score: a recording as one list of timed MIDI messages, ready to be played."""

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

# Data entry and the choice of a registered parameter mean something only together and in order.
PARAMETERS: Final = frozenset((6, 38, 96, 97, 98, 99, 100, 101))
# Volume, pan and bank outlive "reset all controllers" (MIDI recommended practice RP-015).
LASTING: Final = frozenset((BANK, BANK_FINE, 7, 10))
_LENGTHS: Final = {CONTROL: 3, PROGRAM: 2, PITCH_BEND: 3}

_OFF, _CONTROL, _ON = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Score:
    """Messages in the order they are played.

    At one instant notes end first, then programs and controllers change, then notes begin.

    Attributes:
        times: Microseconds from the beginning, int64, shape (n,), never falling.
        words: The message as ``status | data1 << 8 | data2 << 16``, uint32, shape (n,).
        end: Microsecond at which the last message is due; 0 when there is none.
        controls: Indices of those that are no notes.
    """

    times: npt.NDArray[np.int64]
    words: npt.NDArray[np.uint32]
    end: int
    controls: npt.NDArray[np.int64]

    @classmethod
    def of(cls, notes: Notes, messages: Iterable[tuple[int, int, bytes]] = ()) -> Score:
        """Make a score.

        Args:
            notes: The notes.
            messages: All else, as rows (µs, track, bytes); what cannot sound (sysex, pressure) is left out.
        """
        table = notes.table
        channel, note = table["channel"].astype(np.uint32), table["note"].astype(np.uint32) << 8
        ons = NOTE_ON | channel | note | table["velocity"].astype(np.uint32) << 16
        offs = NOTE_OFF | channel | note
        rows = [(t, data) for t, _, data in messages if data and _LENGTHS.get(data[0] & 0xF0) == len(data)]
        others = np.fromiter((int.from_bytes(data, "little") for _, data in rows), np.uint32, len(rows))
        other_times = np.fromiter((t for t, _ in rows), np.int64, len(rows))
        # A note of no length must begin before it ends, or it would never end.
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

    def without(self, cuts: Skips) -> Score:
        """Return the score as it is played with stretches left out: the same messages, in the same order, earlier."""
        times = cuts.played(self.times)
        return replace(self, times=times, end=int(times[-1]) if len(times) else 0)

    def chase(self, t: int) -> list[bytes]:
        """Return the messages that put an instrument into the state it would have at `t` (µs).

        Programs with the bank they were chosen from, the last value of each controller and of the pitch bend,
        and registered parameters in their order. Notes that sound at `t` are not among them.
        """
        before = self.controls[: np.searchsorted(self.times[self.controls], t)]
        state: dict[int, _Channel] = {}
        for word in self.words[before].tolist():
            state.setdefault(word & 0x0F, _Channel(word & 0x0F)).take(
                word & 0xF0, word >> 8 & 0x7F, word >> 16 & 0x7F
            )
        return [data for channel in state.values() for data in channel.messages()]


class _Channel:
    """The state of one channel as messages build it up."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._controllers: dict[int, int] = {}
        self._parameters: list[tuple[int, int]] = []
        self._program: tuple[int, int | None, int | None] | None = None
        self._bend: tuple[int, int] | None = None

    def take(self, kind: int, first: int, second: int) -> None:
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
        found: list[bytes] = []
        if self._program:
            program, bank, fine = self._program
            found += [self._control(BANK, bank)] if bank is not None else []
            found += [self._control(BANK_FINE, fine)] if fine is not None else []
            found.append(bytes((PROGRAM | self._channel, program)))
        found += [self._control(number, value) for number, value in self._controllers.items()]
        found += [self._control(number, value) for number, value in self._parameters]
        if self._bend:
            found.append(bytes((PITCH_BEND | self._channel, *self._bend)))
        return found

    def _control(self, number: int, value: int) -> bytes:
        return bytes((CONTROL | self._channel, number, value))
