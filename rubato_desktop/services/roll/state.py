"""The state of the pianoroll: what it shows, and its position. The window draws it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rubato_desktop.clock import SECOND, Clock
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, RollLaid, RollMoved, RollOpened
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.notes import Notes
from rubato_desktop.services.roll.iterations import Iteration
from rubato_desktop.services.roll.overlay import Overlay, Picture
from rubato_desktop.services.roll.recording import EMPTY, OpenRecording, Row, Stretch

if TYPE_CHECKING:
    from rubato_desktop.audio.deck import Deck

WIDEST, NARROWEST = 24 * 3600 * SECOND, SECOND // 2  # µs across the roll
USUAL_SPAN = 12 * SECOND
MARGIN = 0.15  # free space beside a stacked iteration, as a share of its length


class RollState:
    """The pianoroll's state, and the media source that plays recordings.

    Args:
        bus: Carries `RollOpened`, `RollMoved` and `RollLaid`.
        clock: The program's clock.
        deck: The player.
        speed: Initial playback speed; 1 is as recorded.
        volume: Initial volume, 0 to 1.
        skip_pauses: Whether playback skips the pauses of a recording.

    Attributes:
        live: Whether it shows what is being played now.
        span: Time shown across its width, µs.
        follow: Whether it scrolls with the playhead, or with the current time.
        stacked: Whether the iterations are shown below one another.
    """

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        deck: Deck,
        speed: float = 1.0,
        volume: float = 0.8,
        skip_pauses: bool = True,
    ) -> None:
        self._bus, self._clock, self._deck = bus, clock, deck
        self._opened = EMPTY
        self._onsets: list[int] | None = None
        self.live = True
        self.span = USUAL_SPAN
        self.follow = True
        self.stacked = False
        self._other_span = USUAL_SPAN  # the span while `stacked` is the opposite
        self._speed, self._volume = speed, volume
        self._skip_pauses = skip_pauses

    @property
    def title(self) -> str:
        """Title of the open recording; empty for none."""
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
    def words(self) -> tuple[RecognisedWord, ...]:
        return self._opened.words

    @property
    def missed(self) -> tuple[RejectedRun, ...]:
        return self._opened.missed

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        return self._opened.stretches

    @property
    def iterations(self) -> tuple[Iteration, ...]:
        return self._opened.iterations

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return self._opened.pictures

    @property
    def folder(self) -> Path | None:
        """Folder of the open recording; None for a MIDI file."""
        return self._opened.folder

    @property
    def playing(self) -> bool:
        return not self.live and self._deck.playing

    @property
    def position(self) -> int:
        """Position of the marker, µs: the playhead, or the current time while live."""
        return self._clock.now() if self.live else self._deck.position_us()

    def position_now(self) -> int:
        return self.position

    def open(self, opened: OpenRecording) -> None:
        """Show a recording, stopped at its beginning."""
        self._deck.load(opened.notes, opened.messages, opened.pauses if self._skip_pauses else ())
        self._opened, self._onsets = opened, None
        self.live = False
        self._unstack()
        self.follow = True
        self._bus.publish(RollOpened(self._clock.now()))

    def show_live(self) -> None:
        """Show what is being played now; the open recording pauses and stays loaded."""
        self._deck.pause()
        self.live = True
        self.follow = True
        self._bus.publish(RollOpened(self._clock.now()))

    def show_opened(self) -> None:
        """Show the open recording again.

        Raises:
            RubatoError: no recording is open.
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

    # Overlay ------------------------------------------------------------------------------------------

    def lay(self, overlay: Overlay) -> None:
        """Replace the overlay of the open recording."""
        self._opened = self._opened.laid(overlay)
        if not self.iterations:
            self._unstack()
        self._bus.publish(RollLaid(self._clock.now()))

    def stack(self, on: bool) -> None:
        """Show the iterations below one another, or everything in one row.

        Raises:
            RubatoError: no recording is open, or it has no iterations.
        """
        self.show_opened()
        if on:
            longest = max(one.length for one in self._require_iterations())
        if on != self.stacked:
            # Stacked iterations are shown whole; afterwards the previous span returns.
            self.span, self._other_span = self._other_span, self.span
            if on:
                self.span = round(max(SECOND, min(WIDEST, longest * (1 + MARGIN))))
        self.stacked = on
        self.follow = True
        self._bus.publish(RollLaid(self._clock.now()))

    def _unstack(self) -> None:
        if self.stacked:
            self.stacked, self.span = False, self._other_span

    @property
    def iteration(self) -> int | None:
        """Index of the iteration at the position, from 0; None for none."""
        here = self.position
        return next((n for n, one in enumerate(self.iterations) if one.holds(here)), None)

    def go_to_iteration(self, number: int) -> int:
        """Go to the beginning of an iteration, counted from 1; returns its number.

        Raises:
            RubatoError: there is no such iteration.
        """
        iterations = self._require_iterations()
        if not 1 <= number <= len(iterations):
            raise RubatoError(
                f"There is no iteration {number}; choose 1 to {len(iterations)}"
                if len(iterations) > 1
                else f"There is no iteration {number}; there is only one",
                code="no_such_choice",
            )
        self.seek(iterations[number - 1].t)
        return number

    def change_iteration(self, by: int) -> int:
        """Go to the same point in an earlier or later iteration.

        Args:
            by: Number of iterations to move, negative for earlier ones.

        Returns:
            The number of that iteration, from 1.

        Raises:
            RubatoError: there are no iterations, or not that many.
        """
        iterations, here = self._require_iterations(), self.position
        index = self.iteration
        if index is None:
            # Between two iterations: step to the following or to the preceding one.
            after = sum(one.t <= here for one in iterations)
            return self.go_to_iteration(after + by + (by < 0))
        new = index + by
        if not 0 <= new < len(iterations):
            raise RubatoError(
                "This is the last iteration" if by > 0 else "This is the first iteration",
                code="no_such_choice",
            )
        target = iterations[new]
        self.seek(min(target.t + here - iterations[index].t, target.end - 1))
        return new + 1

    def _require_iterations(self) -> tuple[Iteration, ...]:
        self.show_opened()
        if not self.iterations:
            raise RubatoError(
                f"{self.title} has no iterations",
                todo="Go to the beginning of one and play 'iteration start', then to its end and play 'iteration end'",
                code="no_iterations",
            )
        return self.iterations

    # Media source -------------------------------------------------------------------------------------

    def play(self) -> None:
        """Play the recording, from the beginning if it is at its end.

        Raises:
            RubatoError: no recording is open.
        """
        self.show_opened()
        if self._deck.position_us() >= self._opened.notes.end:
            self._deck.seek(0)
        self._deck.set_speed(self._speed)
        self._deck.set_volume(self._volume)
        self._deck.play()
        self.follow = True
        self._moved()

    def pause(self) -> None:
        self._deck.pause()
        self._moved()

    def ended(self) -> None:
        """Handle the end of playback."""
        self._moved()

    def seek(self, t: int) -> None:
        """Move the playhead to `t` (µs), limited to the recording.

        Raises:
            RubatoError: no recording is open.
        """
        self.show_opened()
        self._deck.seek(max(0, min(t, self._opened.notes.end)))
        self.follow = True
        self._moved()

    def skip(self, seconds: float) -> None:
        self.seek(self.position + round(seconds * SECOND))

    def jump(self, events: int) -> int:
        """Move by a number of events: words if there are any, else onsets of notes; returns the new position, µs.

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
        self._deck.set_volume(level)

    @property
    def speed(self) -> float:
        return self._speed

    def set_speed(self, factor: float) -> None:
        self._speed = factor
        self._deck.set_speed(factor)
        self._moved()

    @property
    def skip_pauses(self) -> bool:
        return self._skip_pauses

    def set_skip_pauses(self, on: bool) -> None:
        """Skip the pauses of recordings in playback, or play them as silence."""
        if on != self._skip_pauses:
            self._skip_pauses = on
            if pauses := self._opened.pauses:
                self._deck.skip(pauses if on else ())
                self._moved()

    # The view ---------------------------------------------------------------------------------------

    def zoom(self, factor: float) -> None:
        """Zoom in by `factor`: 2 shows half the time span."""
        self.span = round(max(NARROWEST, min(WIDEST, self.span / factor)))
        self._moved()

    def set_follow(self, follow: bool) -> None:
        self.follow = follow
        self._moved()

    def _moved(self) -> None:
        self._bus.publish(RollMoved(self._clock.now()))
