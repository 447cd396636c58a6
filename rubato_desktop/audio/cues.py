"""Cues: short sounds named by what they mean, and the desk that never lets two of them sound together."""

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

# Two cues at once are not recognised; 300 ms apart they are (McGookin and Brewster, ACM TAP 2004).
APART_MS: Final = 300
WAITING: Final = 3
TAIL_MS: Final = 250
# Channels of cues that are asked for by name, and of a phrase; 9 is the drums'.
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
    """A sound with a meaning.

    Attributes:
        name: What it means.
        help: The meaning in a sentence.
        program: General-MIDI instrument, 0-127.
        notes: Its notes, in order of onset.
        stale_ms: How long it may wait for its turn; later it would mislead and is dropped.
        pan: 0 is left, 64 the middle, 127 right (controller 10).
        volume: 0-127 (controller 7).
        apart_ms: From its onset to that of the next cue; None for `APART_MS` after its last onset.
        tail_ms: How long it may ring after its last note.
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
        """From its onset to the earliest onset of the next cue."""
        return self.apart_ms or max(note.at_ms for note in self.notes) + APART_MS

    @property
    def end_ms(self) -> int:
        """Where its last note ends."""
        return max(note.at_ms + note.length_ms for note in self.notes)


def load_cues(path: Path | None = None) -> dict[str, Cue]:
    """Read cues from a TOML file: a table a cue, named by its meaning.

    Args:
        path: The file; ours when None.

    Returns:
        Cues by name, in the order of the file.

    Raises:
        RubatoError: the file cannot be read, or a cue in it is wrong; says which.
    """
    path = path or resource("sounds", "cues.toml")
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        log.exception("%s is not read", path)
        raise RubatoError(f"The cues in {path.name} cannot be read", kept="Cues are off") from error
    return {name: _cue(path, name, table) for name, table in tables.items()}


def _cue(path: Path, name: str, table: Any) -> Cue:
    try:
        notes = tuple(CueNote(n["at"], n["ms"], n["note"], n["velocity"]) for n in table["notes"])
        cue = Cue(name, table["help"], table["instrument"] - 1, notes, table.get("stale_ms", 900))
        well = (
            len(notes) > 0
            and 0 <= cue.program < 128
            and all(
                0 <= n.note < 128 and 0 < n.velocity < 128 and n.at_ms >= 0 and n.length_ms > 0 for n in notes
            )
        )
    except KeyError as error:
        raise RubatoError(f"{path.name}: cue {name!r} has no {error.args[0]}", kept="Cues are off") from error
    except (TypeError, AttributeError) as error:
        log.exception("cue %s of %s is wrong", name, path)
        raise RubatoError(f"{path.name}: cue {name!r} is damaged", kept="Cues are off") from error
    if not well:
        raise RubatoError(f"{path.name}: cue {name!r} has a number outside its range", kept="Cues are off")
    return cue


def spell(keys: Sequence[int], base: int, *, program: int = 0, apart_ms: int = 220) -> Cue:
    """Return a word's keys as a cue: one after the other, in the pitch they have on the keyboard.

    Args:
        keys: Offsets from the base note, 0-24.
        base: MIDI note of key 0.
        program: General-MIDI instrument, 0-127.
        apart_ms: From one onset to the next.
    """
    notes = tuple(
        CueNote(i * apart_ms, int(apart_ms * 0.9), max(0, min(127, base + key)), 76)
        for i, key in enumerate(keys)
    )
    return Cue("", "The keys of a word", program, notes, 3000)


def write_cue(cue: Cue) -> list[Any]:
    """Return a cue as a few numbers, for a pipe; without its name and help, which are not heard."""
    notes = [[note.at_ms, note.length_ms, note.note, note.velocity] for note in cue.notes]
    return [cue.program, cue.pan, cue.volume, cue.apart_ms, cue.tail_ms, notes]


def read_cue(numbers: Sequence[Any]) -> Cue:
    """Return the cue that `write_cue` wrote."""
    program, pan, volume, apart_ms, tail_ms, notes = numbers
    cue_notes = tuple(CueNote(*note) for note in notes)
    return Cue("", "", program, cue_notes, pan=pan, volume=volume, apart_ms=apart_ms, tail_ms=tail_ms)


class CueScheduler(MixerPart):
    """Sounds cues one after the other.

    The rule: the onset of a cue is at least `APART_MS` after the last onset of the one before. Until then
    it waits. A name that already waits is not added again. At most `WAITING` wait; the one that goes
    stale soonest gives way. One that waited longer than its `stale_ms` is dropped when its turn comes.
    So what is heard is recent.

    A phrase, such as a page as sound, is a row of cues that waits for its turn in the same way and never goes
    stale; a cue asked for by name goes between two of its cues.

    Args:
        instrument: What the cues are played on; nothing else may use it.
        rate: Its sample rate, Hz.
        cues: The cues by name.
    """

    def __init__(self, instrument: Instrument, rate: int, cues: Mapping[str, Cue]) -> None:
        super().__init__(instrument)
        self._rate = rate
        self._cues = cues
        self._waiting: deque[tuple[int, Cue]] = deque()
        self._free = 0
        self._plan: list[tuple[int, int, bytes]] = []
        self._order = count()
        self._channel = 0
        self._phrase: deque[Cue] = deque()
        self._phrase_channel = _PHRASE_CHANNELS[0]
        # When a cue would be free to begin if there were no phrase.
        self._named_free = 0

    def cue(self, name: str) -> None:
        """Sound the cue of that name as soon as the rule lets it; unknown names are let pass."""
        cue = self._cues.get(name)
        if cue is not None and all(other is not cue for _, other in self._waiting):
            self._wait(cue)

    def hear(self, cue: Cue) -> None:
        """Sound a cue that is not in the table, such as a word's keys, in place of all others."""
        if cue.notes:
            self.hush()
            self._wait(cue)

    def add_to_phrase(self, cue: Cue) -> None:
        """Sound a cue after all that are in the phrase."""
        if cue.notes:
            self._phrase.append(cue)

    def stop_phrase(self) -> None:
        """Stop the phrase, also in the middle of a cue, and nothing else."""
        self._phrase.clear()
        self._plan = [item for item in self._plan if item[2][0] & 0x0F not in _PHRASE_CHANNELS]
        heapq.heapify(self._plan)
        for channel in _PHRASE_CHANNELS:
            self.instrument.send(bytes((CONTROL | channel, ALL_SOUND_OFF, 0)))
        self._free = self._named_free

    def hush(self) -> None:
        """Stop what sounds and forget what waits."""
        self._waiting.clear()
        self._phrase.clear()
        self._plan.clear()
        self._free = self._named_free = self.frame
        self.instrument.stop()

    def due(self) -> int:
        turn = self._turn()
        return min(turn, self._plan[0][0]) if self._plan else turn

    def act(self) -> None:
        if self._turn() <= self.frame:
            self._next()
        else:
            self.instrument.send(heapq.heappop(self._plan)[2])

    def _turn(self) -> int:
        return max(self._free, self.frame) if self._waiting or self._phrase else NEVER

    def _next(self) -> None:
        if not self._waiting:
            self._phrase_channel = _PHRASE_CHANNELS[self._phrase_channel == _PHRASE_CHANNELS[0]]
            self._begin(self._phrase.popleft(), self._phrase_channel)
            return
        asked, cue = self._waiting.popleft()
        if self.frame - asked <= self._frames(cue.stale_ms):
            # Channels in turn, so that the end of one cue does not cut into the next.
            self._channel = (self._channel + 1) % _NAMED_CHANNELS
            self._begin(cue, self._channel)
            self._named_free = self._free

    def _wait(self, cue: Cue) -> None:
        self._waiting.append((self.frame, cue))
        if len(self._waiting) > WAITING:
            self._waiting.remove(min(self._waiting, key=lambda waiting: waiting[1].stale_ms))

    def _begin(self, cue: Cue, channel: int) -> None:
        self.instrument.send(bytes((PROGRAM | channel, cue.program)))
        self.instrument.send(bytes((CONTROL | channel, VOLUME, cue.volume)))
        self.instrument.send(bytes((CONTROL | channel, PAN, cue.pan)))
        for note in cue.notes:
            self._at(note.at_ms, bytes((NOTE_ON | channel, note.note, note.velocity)))
            self._at(note.at_ms + note.length_ms, bytes((NOTE_OFF | channel, note.note, 0)))
        self._at(cue.end_ms + cue.tail_ms, bytes((CONTROL | channel, ALL_SOUND_OFF, 0)))
        self._free = self.frame + self._frames(cue.span_ms)

    def _at(self, ms: int, data: bytes) -> None:
        heapq.heappush(self._plan, (self.frame + self._frames(ms), next(self._order), data))

    def _frames(self, ms: int) -> int:
        return ms * self._rate // 1000
