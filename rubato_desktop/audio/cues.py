"""Cues, short sounds named by their meaning, and the scheduler that keeps them from overlapping."""

from __future__ import annotations

import heapq
import logging
import tomllib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from rubato_desktop.audio.mixer_part import NEVER, MixerPart
from rubato_desktop.audio.synth import ALL_SOUND_OFF, PAN, VOLUME, Instrument
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.messages import CONTROL, NOTE_OFF, NOTE_ON, PROGRAM
from rubato_desktop.resources import resource

log = logging.getLogger(__name__)

# Listeners recognise two cues 300 ms apart, but not two at once (McGookin and Brewster, ACM TAP 2004).
APART_MS: Final = 300
MAX_PENDING: Final = 3
TAIL_MS: Final = 250
# Channels of named cues and of phrases; channel 9 is reserved for drums.
_NAMED_CHANNELS: Final = 8
_PHRASE_CHANNELS: Final = (10, 11)


@dataclass(frozen=True, slots=True)
class CueNote:
    """One note of a cue: its onset and length in ms, MIDI note 0-127, velocity 1-127."""

    at_ms: int
    length_ms: int
    note: int
    velocity: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A short sound with a meaning.

    Attributes:
        name: Its name.
        help: Its meaning in a sentence.
        program: General MIDI instrument, 0-127.
        notes: Its notes, in order of onset.
        stale_ms: How long it may be pending (ms); after that it would mislead and is dropped.
        pan: 0 is left, 64 centre, 127 right (controller 10).
        volume: 0-127 (controller 7).
        apart_ms: Time from its onset to that of the next cue (ms), or None for `APART_MS` after its last onset.
        tail_ms: How long it may ring after its last note (ms).
    """

    name: str
    help: str
    program: int
    notes: tuple[CueNote, ...]
    stale_ms: int = 900
    pan: int = 64
    volume: int = 127
    apart_ms: int | None = None
    tail_ms: int = TAIL_MS

    @property
    def span_ms(self) -> int:
        """Time from its onset to the earliest onset of the next cue (ms)."""
        return self.apart_ms or max(note.at_ms for note in self.notes) + APART_MS

    @property
    def end_ms(self) -> int:
        """End of its last note (ms)."""
        return max(note.at_ms + note.length_ms for note in self.notes)


def load_cues(path: Path | None = None) -> dict[str, Cue]:
    """Read cues from a TOML file with one table per cue.

    Args:
        path: The file; None for the packaged one.

    Returns:
        Cues by name, in the order of the file.

    Raises:
        RubatoError: the file cannot be read, or a cue in it is not valid.
    """
    path = path or resource("sounds", "cues.toml")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        log.exception("cannot read %s", path)
        raise RubatoError(f"The cues in {path.name} cannot be read", kept="Cues are off") from error
    return {name: _cue(path, name, table) for name, table in tables.items()}


def _cue(path: Path, name: str, table: Any) -> Cue:
    try:
        notes = tuple(CueNote(n["at"], n["ms"], n["note"], n["velocity"]) for n in table["notes"])
        cue = Cue(name, table["help"], table["instrument"] - 1, notes, table.get("stale_ms", 900))
        in_range = (
            len(notes) > 0
            and 0 <= cue.program < 128
            and all(
                0 <= n.note < 128 and 0 < n.velocity < 128 and n.at_ms >= 0 and n.length_ms > 0 for n in notes
            )
        )
    except KeyError as error:
        raise RubatoError(f"{path.name}: cue {name!r} has no {error.args[0]}", kept="Cues are off") from error
    except (TypeError, AttributeError) as error:
        log.exception("cue %s in %s is not valid", name, path)
        raise RubatoError(f"{path.name}: cue {name!r} is not valid", kept="Cues are off") from error
    if not in_range:
        raise RubatoError(
            f"{path.name}: cue {name!r} has no notes, or a number out of range", kept="Cues are off"
        )
    return cue


def spell(keys: Sequence[int], base: int, *, program: int = 0, apart_ms: int = 220) -> Cue:
    """Return a cue that plays the keys of a word one after another, at their pitch on the keyboard.

    Args:
        keys: Key numbers, 0-24.
        base: MIDI note of key 0.
        program: General MIDI instrument, 0-127.
        apart_ms: Time from one onset to the next (ms).
    """
    notes = tuple(
        CueNote(i * apart_ms, int(apart_ms * 0.9), max(0, min(127, base + key)), 76)
        for i, key in enumerate(keys)
    )
    return Cue("", "The keys of a word", program, notes, 3000)


def write_cue(cue: Cue) -> list[Any]:
    """Return a cue as a list for JSON, without its name and help, which do not affect the sound."""
    notes = [[note.at_ms, note.length_ms, note.note, note.velocity] for note in cue.notes]
    return [cue.program, cue.pan, cue.volume, cue.apart_ms, cue.tail_ms, notes]


def read_cue(numbers: Sequence[Any]) -> Cue:
    """Return the cue from a list made by `write_cue`."""
    program, pan, volume, apart_ms, tail_ms, notes = numbers
    cue_notes = tuple(CueNote(*note) for note in notes)
    return Cue("", "", program, cue_notes, pan=pan, volume=volume, apart_ms=apart_ms, tail_ms=tail_ms)


class CueScheduler(MixerPart):
    """Plays cues one after another.

    The onset of a cue is at least `APART_MS` after the last onset of the previous cue; until then it is pending. A cue
    that is already pending is not added again. At most `MAX_PENDING` cues are pending; beyond that, the one with the
    smallest `stale_ms` is dropped. A cue that was pending for longer than its `stale_ms` is dropped when its turn
    comes, so that the user hears only recent events.

    A phrase, such as a page as sound, is a queue of cues that obeys the same spacing and never goes stale; a named cue
    is inserted between two of its cues.

    Args:
        instrument: Plays the cues; used by nothing else.
        rate: Sample rate of the instrument, Hz.
        cues: The cues by name.
    """

    def __init__(self, instrument: Instrument, rate: int, cues: Mapping[str, Cue]) -> None:
        super().__init__(instrument)
        self._rate = rate
        self._cues = cues
        self._pending: deque[tuple[int, Cue]] = deque()
        self._free = 0
        self._plan: list[tuple[int, int, bytes]] = []
        self._order = count()
        self._channel = 0
        self._phrase: deque[Cue] = deque()
        self._phrase_channel = _PHRASE_CHANNELS[0]
        # The frame from which a cue could begin if there were no phrase.
        self._named_free = 0

    def cue(self, name: str) -> None:
        """Play the cue of that name as soon as its turn comes; ignores unknown names."""
        cue = self._cues.get(name)
        if cue is not None and all(other is not cue for _, other in self._pending):
            self._enqueue(cue)

    def play_alone(self, cue: Cue) -> None:
        """Stop all cues and play one that has no name, such as the keys of a word."""
        if cue.notes:
            self.silence()
            self._enqueue(cue)

    def add_to_phrase(self, cue: Cue) -> None:
        """Append a cue to the phrase."""
        if cue.notes:
            self._phrase.append(cue)

    def stop_phrase(self) -> None:
        """Stop the phrase, even in the middle of a cue, and nothing else."""
        self._phrase.clear()
        self._plan = [item for item in self._plan if item[2][0] & 0x0F not in _PHRASE_CHANNELS]
        heapq.heapify(self._plan)
        for channel in _PHRASE_CHANNELS:
            self.instrument.send(bytes((CONTROL | channel, ALL_SOUND_OFF, 0)))
        self._free = self._named_free

    def silence(self) -> None:
        """Stop all cues and drop the pending ones."""
        self._pending.clear()
        self._phrase.clear()
        self._plan.clear()
        self._free = self._named_free = self.frame
        self.instrument.stop()

    def due(self) -> int:
        turn = self._next_start()
        return min(turn, self._plan[0][0]) if self._plan else turn

    def act(self) -> None:
        if self._next_start() <= self.frame:
            self._start_next()
        else:
            self.instrument.send(heapq.heappop(self._plan)[2])

    def _next_start(self) -> int:
        return max(self._free, self.frame) if self._pending or self._phrase else NEVER

    def _start_next(self) -> None:
        if not self._pending:
            self._phrase_channel = _PHRASE_CHANNELS[self._phrase_channel == _PHRASE_CHANNELS[0]]
            self._begin(self._phrase.popleft(), self._phrase_channel)
            return
        requested, cue = self._pending.popleft()
        if self.frame - requested <= self._frames(cue.stale_ms):
            # Channels rotate, so that ending one cue does not cut off the next.
            self._channel = (self._channel + 1) % _NAMED_CHANNELS
            self._begin(cue, self._channel)
            self._named_free = self._free

    def _enqueue(self, cue: Cue) -> None:
        self._pending.append((self.frame, cue))
        if len(self._pending) > MAX_PENDING:
            self._pending.remove(min(self._pending, key=lambda pending: pending[1].stale_ms))

    def _begin(self, cue: Cue, channel: int) -> None:
        self.instrument.send(bytes((PROGRAM | channel, cue.program)))
        self.instrument.send(bytes((CONTROL | channel, VOLUME, cue.volume)))
        self.instrument.send(bytes((CONTROL | channel, PAN, cue.pan)))
        for note in cue.notes:
            self._schedule(note.at_ms, bytes((NOTE_ON | channel, note.note, note.velocity)))
            self._schedule(note.at_ms + note.length_ms, bytes((NOTE_OFF | channel, note.note, 0)))
        self._schedule(cue.end_ms + cue.tail_ms, bytes((CONTROL | channel, ALL_SOUND_OFF, 0)))
        self._free = self.frame + self._frames(cue.span_ms)

    def _schedule(self, ms: int, data: bytes) -> None:
        heapq.heappush(self._plan, (self.frame + self._frames(ms), next(self._order), data))

    def _frames(self, ms: int) -> int:
        return ms * self._rate // 1000
