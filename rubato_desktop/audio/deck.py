"""One recording that plays, as the sound process is told of it. Any method may be called from any thread."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from rubato_desktop.audio.player import FASTEST, SLOWEST
from rubato_desktop.audio.score import Score
from rubato_desktop.audio.skips import Skips
from rubato_desktop.audio.synth import DRUMS
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.messages import NOTE_ON
from rubato_desktop.midi.notes import Notes

# Notes that begin at once where playing begins in their middle: more would be a crash.
_MOST_STRUCK: Final = 64


class Deck:
    """Knows where the recording is, also while the sound process is not there.

    Args:
        send: Sends the sound process an order.
        volume: How loud, 0 to 1.
        on_end: Called when the recording has been played to its end, on a thread of its own.

    Attributes:
        folder: Where recordings are handed over; empty before there is a sound process.
    """

    def __init__(self, send: Callable[..., None], volume: float, on_end: Callable[[], None] | None) -> None:
        self._send, self._volume, self._on_end = send, volume, on_end
        self.folder = ""
        self._notes = Notes()
        self._whole = Score.of(self._notes)  # in the recording's own time
        self._score = self._whole  # as it is played
        self._cuts = Skips()
        self._playing = False
        self._speed = 1.0
        # Where playing was (µs of `_score`), and when (ns of time.perf_counter_ns, which all processes share).
        self._place = (0, 0)
        self._turn = 0
        self._lock = threading.RLock()

    # For everybody ------------------------------------------------------------------------------------

    def load(
        self,
        notes: Notes,
        messages: Iterable[tuple[int, int, bytes]] = (),
        skipped: Iterable[tuple[int, int]] = (),
    ) -> None:
        """Take a recording, stopped at its beginning.

        Args:
            notes: Its notes.
            messages: All its other messages, as rows (µs, track, bytes).
            skipped: Stretches that are not played, as (from, to) in µs.

        Raises:
            RubatoError: there is no room for it on the disk.
        """
        whole, cuts = Score.of(notes, messages), Skips(skipped)
        with self._lock:
            self._notes, self._whole, self._cuts = notes, whole, cuts
            self._score = whole.without(cuts)
            self._stand(0, playing=False)
            self._load()

    def skip(self, stretches: Iterable[tuple[int, int]]) -> None:
        """Leave out other stretches from now on; it stands, or plays on, where it was.

        Raises:
            RubatoError: there is no room for the recording on the disk.
        """
        with self._lock:
            here, playing = self.position_us(), self._playing
            self._cuts = Skips(stretches)
            self._score = self._whole.without(self._cuts)
            self._stand(self._played(here), playing=playing)
            self._load()
            self._seek(self._place[0], strike=playing)
            if playing:
                self._order(do="play")

    def play(self) -> None:
        """Play on from where it is; from the beginning when it is at its end."""
        with self._lock:
            place = self._now()
            if place >= self._score.end:
                place = 0
            self._seek(place, strike=True)
            self._stand(place, playing=True)
            self._order(do="play")

    def pause(self) -> None:
        """Stop where it is."""
        with self._lock:
            self._stand(self._now(), playing=False)
            self._order(do="pause")

    def seek(self, us: int) -> None:
        """Go to a place (µs from the beginning), playing or not as it was.

        Programs and pedals follow, and the notes that sound there begin at once when it plays.
        """
        with self._lock:
            place = self._played(us)
            self._stand(place, playing=self._playing)
            self._seek(place, strike=self._playing)

    def set_speed(self, speed: float) -> None:
        """Play at 0.1 to 4 times the speed of the recording; the pitch stays."""
        with self._lock:
            self._stand(self._now(), playing=self._playing)
            self._speed = max(SLOWEST, min(FASTEST, speed))
            self._order(do="speed", speed=self._speed)

    def set_volume(self, level: float) -> None:
        """Set how loud it is, 0 to 1."""
        with self._lock:
            self._volume = level
            self._send(do="volume", kind="playback", level=level)

    @property
    def playing(self) -> bool:
        """Whether the recording plays."""
        return self._playing

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def end_us(self) -> int:
        """The end of the recording, µs."""
        return self._whole.end

    def position_us(self) -> int:
        """Return the µs of the recording that is heard now."""
        return min(self._cuts.recorded_at(self._now()), self._whole.end)

    def _played(self, us: int) -> int:
        """Return when a µs of the recording is played."""
        return max(0, min(self._cuts.played_at(us), self._score.end))

    def _now(self) -> int:
        """Return the µs of playing that is heard now."""
        us, at = self._place
        if self._playing:
            us += int((time.perf_counter_ns() - at) / 1000 * self._speed)
        return max(0, min(us, self._score.end))

    # For `Sound` --------------------------------------------------------------------------------------

    def silence(self) -> None:
        """Stop where it is, and with it everything that sounds."""
        with self._lock:
            self._stand(self._now(), playing=False)
            self._order(do="silence")

    def follow(self, place: dict[str, Any], latency_ms: float) -> None:
        """Be told by the sound process where it is.

        Args:
            place: Its report.
            latency_ms: After this what is rendered now is heard.
        """
        with self._lock:
            if place["turn"] != self._turn:
                return
            if place["playing"]:
                self._place = (place["us"], place["ns"] + int(latency_ms * 1e6))
            else:
                self._stand(place["us"], playing=False)
        if place["ended"] and self._on_end:
            self._on_end()

    def restore(self) -> None:
        """Tell a sound process that is new everything the last one knew."""
        with self._lock:
            place, playing = self._now(), self._playing
            self.set_volume(self._volume)
            if len(self._score.times):
                self._load()
                self._order(do="speed", speed=self._speed)
                self._seek(place, strike=playing)
                if playing:
                    self._stand(place, playing=True)
                    self._order(do="play")

    # Within -------------------------------------------------------------------------------------------

    def _load(self) -> None:
        if not self.folder:
            return
        try:
            with NamedTemporaryFile(dir=self.folder, suffix=".score", delete=False) as file:
                file.write(self._score.times.tobytes())
                file.write(self._score.words.tobytes())
        except OSError as error:
            raise RubatoError(
                f"The recording cannot be played: {error.strerror}",
                todo="Make room on the disk",
                code="disk_full",
            ) from error
        for old in Path(self.folder).glob("*.score"):
            if old != Path(file.name) and os.name != "nt":
                # The process has mapped or will never map it; a mapped file lives on without a name.
                old.unlink(missing_ok=True)
        self._order(do="load", path=file.name)

    def _seek(self, us: int, *, strike: bool) -> None:
        self._order(do="seek", us=us)
        for data in self._score.chase(us):
            self._order(do="control", data=data.hex())
        if strike:
            for row in self._notes.sounding(self._cuts.recorded_at(us))[-_MOST_STRUCK:]:
                # A drum that was struck is over, whatever its note-off says.
                if row["channel"] != DRUMS:
                    data = bytes((NOTE_ON | int(row["channel"]), int(row["note"]), int(row["velocity"])))
                    self._order(do="control", data=data.hex())

    def _stand(self, us: int, *, playing: bool) -> None:
        self._playing = playing
        self._place = (us, time.perf_counter_ns())

    def _order(self, **order: Any) -> None:
        """Send an order that changes the transport: reports about the time before it no longer count."""
        with self._lock:
            self._turn += 1
            self._send(**order, turn=self._turn)
