"""What the pianoroll shows and where it stands. No drawing: the window listens and asks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np

from rubato_desktop.clock import SECOND, Clock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, RollMoved, RollOpened
from rubato_desktop.language.results import NotUnderstood, Understood
from rubato_desktop.midi.notes import Notes

WIDEST, NARROWEST = 24 * 3600 * SECOND, SECOND // 2  # µs across the roll
USUAL_SPAN = 12 * SECOND

Row = tuple[int, int, bytes]  # (µs, track, bytes) of a message that is no note


class Deck(Protocol):
    """What plays a recording: the sound, or a clock where there is no sound device."""

    def load(self, notes: Notes, messages: Sequence[Row]) -> None: ...
    def play(self) -> None: ...
    def pause(self) -> None: ...
    def seek(self, t: int) -> None: ...
    def set_speed(self, speed: float) -> None: ...
    def set_volume(self, kind: Literal["playback"], level: float) -> None: ...
    def position_us(self) -> int: ...

    @property
    def playing(self) -> bool: ...


class Stretch(NamedTuple):
    """A part of a recording with a meaning of its own, from `t` to `end` µs.

    `kind` is ``pause`` (recording was paused) or ``remark``; `text` says it in words.
    """

    t: int
    end: int
    kind: Literal["pause", "remark"]
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A file or a recording, read and ready to be shown.

    Attributes:
        title: What people call it.
        notes: Its notes.
        messages: Everything else that sounds.
        words: Its words, by time.
        missed: Its runs that were not understood, by time.
        stretches: Its pauses and remarks.
    """

    title: str
    notes: Notes
    messages: Sequence[Row] = ()
    words: tuple[Understood, ...] = ()
    missed: tuple[NotUnderstood, ...] = ()
    stretches: tuple[Stretch, ...] = ()


EMPTY = Opened("", Notes())


class Roll:
    """The pianoroll's state; also the source of sound that media words act on.

    Args:
        bus: Where changes are published.
        clock: The program's clock.
        deck: What plays.
        speed: How fast recordings play to begin with, 1 is as recorded.
        volume: How loud, 0 to 1.

    Attributes:
        live: True while it shows what is being played now.
        span: µs across its width.
        follow: True while it keeps the playhead, or now, in view.
    """

    def __init__(self, bus: Bus, clock: Clock, deck: Deck, speed: float = 1.0, volume: float = 0.8) -> None:
        self._bus, self._clock, self._deck = bus, clock, deck
        self._opened = EMPTY
        self._onsets: list[int] | None = None
        self.live = True
        self.span = USUAL_SPAN
        self.follow = True
        self._speed, self._volume = speed, volume

    @property
    def title(self) -> str:
        """The recording that is open; empty when none is."""
        return self._opened.title

    @property
    def name(self) -> str:
        return self.title or "recordings"

    @property
    def notes(self) -> Notes:
        return self._opened.notes

    @property
    def messages(self) -> Sequence[Row]:
        return self._opened.messages

    @property
    def words(self) -> tuple[Understood, ...]:
        return self._opened.words

    @property
    def missed(self) -> tuple[NotUnderstood, ...]:
        return self._opened.missed

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        return self._opened.stretches

    @property
    def playing(self) -> bool:
        return not self.live and self._deck.playing

    @property
    def position(self) -> int:
        """µs of the marker: the playhead of a recording, or now."""
        return self._clock.now() if self.live else self._deck.position_us()

    def position_now(self) -> int:
        return self.position

    def open(self, opened: Opened) -> None:
        """Show a recording, stopped at its beginning."""
        self._deck.load(opened.notes, opened.messages)
        self._opened, self._onsets = opened, None
        self.live = False
        self.follow = True
        self._bus.publish(RollOpened(self._clock.now()))

    def show_live(self) -> None:
        """Show what is being played now; the recording stays loaded and stops."""
        self._deck.pause()
        self.live = True
        self.follow = True
        self._bus.publish(RollOpened(self._clock.now()))

    def show_opened(self) -> None:
        """Show the recording again.

        Raises:
            RubatoError: none is open.
        """
        if self._opened is EMPTY:
            raise RubatoError(
                "No recording is open",
                todo="Open one from the list of recordings, or a MIDI file",
                code="nothing_open",
            )
        if self.live:
            self.live = False
            self._bus.publish(RollOpened(self._clock.now()))

    # A source of sound -------------------------------------------------------------------------------

    def play(self) -> None:
        """Play the recording on; from the beginning when it is at its end.

        Raises:
            RubatoError: none is open.
        """
        self.show_opened()
        if self._deck.position_us() >= self._opened.notes.end:
            self._deck.seek(0)
        self._deck.set_speed(self._speed)
        self._deck.set_volume("playback", self._volume)
        self._deck.play()
        self.follow = True
        self._moved()

    def pause(self) -> None:
        self._deck.pause()
        self._moved()

    def ended(self) -> None:
        """The recording has been played to its end."""
        self._moved()

    def seek(self, t: int) -> None:
        """Move the playhead to a time, µs, within the recording.

        Raises:
            RubatoError: none is open.
        """
        self.show_opened()
        self._deck.seek(max(0, min(t, self._opened.notes.end)))
        self.follow = True
        self._moved()

    def skip(self, seconds: float) -> None:
        self.seek(self.position + round(seconds * SECOND))

    def jump(self, events: int) -> int:
        """Move by a number of events: words where there are any, else onsets; returns the µs it moved to.

        Raises:
            RubatoError: no recording is open.
        """
        self.show_opened()
        onsets = self._event_times()
        here = self.position
        if not onsets or not events:
            return here
        index = bisect_right(onsets, here) - 1 + events if events > 0 else bisect_left(onsets, here) + events
        self.seek(onsets[max(0, min(index, len(onsets) - 1))])
        return self.position

    def _event_times(self) -> list[int]:
        if self._onsets is None:
            if self.words:
                self._onsets = [word.t for word in self.words]
            else:
                self._onsets = np.unique(self.notes.table["on"]).tolist()
        return self._onsets

    @property
    def volume(self) -> float:
        return self._volume

    def set_volume(self, level: float) -> None:
        self._volume = level
        self._deck.set_volume("playback", level)

    @property
    def speed(self) -> float:
        return self._speed

    def set_speed(self, factor: float) -> None:
        self._speed = factor
        self._deck.set_speed(factor)
        self._moved()

    # The view ---------------------------------------------------------------------------------------

    def zoom(self, factor: float) -> None:
        """Show `factor` times as much detail: 2 shows half as long a time."""
        self.span = round(max(NARROWEST, min(WIDEST, self.span / factor)))
        self._moved()

    def set_follow(self, follow: bool) -> None:
        self.follow = follow
        self._moved()

    def _moved(self) -> None:
        self._bus.publish(RollMoved(self._clock.now()))
