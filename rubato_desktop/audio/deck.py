"""The transport of the recording that plays in the audio process. Methods are thread-safe."""

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

# Limit on the held notes that are struck when playback starts in their middle; more would be a burst of noise.
_MAX_STRUCK: Final = 64


class Deck:
    """Controls the recording, and keeps track of its position even while no audio process is running.

    Args:
        send: Sends an order to the audio process.
        volume: Initial volume, 0-1.
        on_end: Called when the recording has been played to its end, on the thread of the reports.

    Attributes:
        folder: Folder through which recordings are passed to the audio process; empty before the first start.
    """

    def __init__(self, send: Callable[..., None], volume: float, on_end: Callable[[], None] | None) -> None:
        self._send, self._volume, self._on_end = send, volume, on_end
        self.folder = ""
        self._notes = Notes()
        self._full_score = Score.of(self._notes)  # in recording time
        self._score = self._full_score  # in playback time, without the skipped ranges
        self._skips = Skips()
        self._playing = False
        self._speed = 1.0
        # Last known position (µs of `_score`) and its time (ns of time.perf_counter_ns, shared by all processes).
        self._position = (0, 0)
        self._turn = 0  # number of the last order; a report about an earlier one is outdated
        self._lock = threading.RLock()

    # Public interface ---------------------------------------------------------------------------------

    def load(
        self,
        notes: Notes,
        messages: Iterable[tuple[int, int, bytes]] = (),
        skipped: Iterable[tuple[int, int]] = (),
    ) -> None:
        """Load a recording and stop at its beginning.

        Args:
            notes: Its notes.
            messages: Its other messages, as rows (µs, track, bytes).
            skipped: Time ranges not to play, as (from, to) in µs.

        Raises:
            RubatoError: the recording cannot be written to disk.
        """
        full_score, skips = Score.of(notes, messages), Skips(skipped)
        with self._lock:
            self._notes, self._full_score, self._skips = notes, full_score, skips
            self._score = full_score.without(skips)
            self._set_position(0, playing=False)
            self._load()

    def skip(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Replace the skipped time ranges, given as (from, to) in µs; keeps the position and whether it is playing.

        Raises:
            RubatoError: the recording cannot be written to disk.
        """
        with self._lock:
            recorded_us, playing = self.position_us(), self._playing
            self._skips = Skips(ranges)
            self._score = self._full_score.without(self._skips)
            self._set_position(self._playback_us(recorded_us), playing=playing)
            self._load()
            self._send_seek(self._position[0], strike=playing)
            if playing:
                self._send_order(do="play")

    def play(self) -> None:
        """Play from the current position, or from the beginning if it is at the end."""
        with self._lock:
            position = self._current_us()
            if position >= self._score.end:
                position = 0
            self._send_seek(position, strike=True)
            self._set_position(position, playing=True)
            self._send_order(do="play")

    def pause(self) -> None:
        """Pause at the current position."""
        with self._lock:
            self._set_position(self._current_us(), playing=False)
            self._send_order(do="pause")

    def seek(self, us: int) -> None:
        """Move to a position (µs of the recording) and keep playing, if it was playing.

        Restores programs and pedals, and when playing strikes the notes that are held at that position.
        """
        with self._lock:
            position = self._playback_us(us)
            self._set_position(position, playing=self._playing)
            self._send_seek(position, strike=self._playing)

    def set_speed(self, speed: float) -> None:
        """Set the playback speed, 0.1 to 4 times that of the recording; does not change the pitch."""
        with self._lock:
            self._set_position(self._current_us(), playing=self._playing)
            self._speed = max(SLOWEST, min(FASTEST, speed))
            self._send_order(do="speed", speed=self._speed)

    def set_volume(self, level: float) -> None:
        """Set the volume, 0-1."""
        with self._lock:
            self._volume = level
            self._send(do="volume", kind="playback", level=level)

    @property
    def playing(self) -> bool:
        """Whether the recording is playing."""
        return self._playing

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def end_us(self) -> int:
        """End of the recording (µs)."""
        return self._full_score.end

    def position_us(self) -> int:
        """Return the position in the recording that is audible now (µs)."""
        return min(self._skips.recorded_at(self._current_us()), self._full_score.end)

    def _playback_us(self, us: int) -> int:
        """Convert recording time to playback time (µs)."""
        return max(0, min(self._skips.played_at(us), self._score.end))

    def _current_us(self) -> int:
        """Return the playback time that is audible now (µs)."""
        us, at = self._position
        if self._playing:
            us += int((time.perf_counter_ns() - at) / 1000 * self._speed)
        return max(0, min(us, self._score.end))

    # For `AudioClient` --------------------------------------------------------------------------------

    def silence(self) -> None:
        """Pause the recording and stop all other sound."""
        with self._lock:
            self._set_position(self._current_us(), playing=False)
            self._send_order(do="silence")

    def on_position(self, report: dict[str, Any], latency_ms: float) -> None:
        """Process a position report of the audio process.

        Args:
            report: The report.
            latency_ms: Time until a rendered frame is audible (ms).
        """
        with self._lock:
            if report["turn"] != self._turn:
                return
            if report["playing"]:
                self._position = (report["us"], report["ns"] + int(latency_ms * 1e6))
            else:
                self._set_position(report["us"], playing=False)
        if report["ended"] and self._on_end:
            self._on_end()

    def restore(self) -> None:
        """Bring a new audio process to the state of the previous one."""
        with self._lock:
            position, playing = self._current_us(), self._playing
            self.set_volume(self._volume)
            if len(self._score.times):
                self._load()
                self._send_order(do="speed", speed=self._speed)
                self._send_seek(position, strike=playing)
                if playing:
                    self._set_position(position, playing=True)
                    self._send_order(do="play")

    # Internal -----------------------------------------------------------------------------------------

    def _load(self) -> None:
        if not self.folder:
            return
        try:
            with NamedTemporaryFile(dir=self.folder, suffix=".score", delete=False) as file:
                file.write(self._score.times.tobytes())
                file.write(self._score.packed.tobytes())
        except OSError as error:
            raise RubatoError(
                f"Cannot play the recording, because it cannot be written to disk: {error.strerror}",
                todo="Free up disk space",
                code="disk_full",
            ) from error
        for old in Path(self.folder).glob("*.score"):
            if old != Path(file.name) and os.name != "nt":
                # The audio process has mapped the file, which then survives without a name, or never will.
                old.unlink(missing_ok=True)
        self._send_order(do="load", path=file.name)

    def _send_seek(self, us: int, *, strike: bool) -> None:
        self._send_order(do="seek", us=us)
        for data in self._score.chase(us):
            self._send_order(do="control", data=data.hex())
        if strike:
            for row in self._notes.sounding(self._skips.recorded_at(us))[-_MAX_STRUCK:]:
                # A drum hit has died away by now, whatever the time of its note-off.
                if row["channel"] != DRUMS:
                    data = bytes((NOTE_ON | int(row["channel"]), int(row["note"]), int(row["velocity"])))
                    self._send_order(do="control", data=data.hex())

    def _set_position(self, us: int, *, playing: bool) -> None:
        self._playing = playing
        self._position = (us, time.perf_counter_ns())

    def _send_order(self, **order: Any) -> None:
        """Send an order that changes the transport, which makes earlier position reports outdated."""
        with self._lock:
            self._turn += 1
            self._send(**order, turn=self._turn)
