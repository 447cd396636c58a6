"""Sound, as the rest of the program sees it. Any method may be called from any thread; none waits."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.cues import Cue, write_cue
from rubato_desktop.midi.cuts import Cuts
from rubato_desktop.midi.frames import LARGEST, json_frame, midi_frame
from rubato_desktop.midi.messages import NOTE_ON, SYSEX, Message
from rubato_desktop.midi.mixer import Kind
from rubato_desktop.midi.notes import Notes
from rubato_desktop.midi.player import FASTEST, SLOWEST
from rubato_desktop.midi.score import Score
from rubato_desktop.midi.scratch import Scratch, sweep
from rubato_desktop.midi.sound_host import SoundHost
from rubato_desktop.midi.synth import DRUMS

log = logging.getLogger(__name__)

_MOST_STRUCK = 64  # notes that begin at once where playing begins in their middle: more would be a crash


class Sound:
    """Echo of the keys, cues, speech, and one recording that plays; sounded by a process of its own.

    With no sound device all of it works silently: recordings keep time, `problem` says what is wrong, and
    the device is looked for every few seconds. A sound process that dies is started again and goes on
    where it was.

    Args:
        output: Part of the sound device's name; empty for the system's own choice.
        block: Frames a block; 0 lets the device choose.
        instrument: General-MIDI instrument of the own keys, 1-128.
        volumes: Level 0-1 by kind: ``echo``, ``cue``, ``playback``.
        silent: Never open a device.
        on_problem: Called when `problem` changes, on a thread of its own.
        on_end: Called when a recording has been played to its end, on the same thread.
    """

    def __init__(
        self,
        *,
        output: str = "",
        block: int = 0,
        instrument: int = 1,
        volumes: Mapping[Kind, float] | None = None,
        silent: bool = False,
        on_problem: Callable[[RubatoError | None], None] | None = None,
        on_end: Callable[[], None] | None = None,
    ) -> None:
        self.problem: RubatoError | None = None
        self.silent = silent
        self.on_problem = on_problem
        self.on_end = on_end
        self._program = instrument - 1
        self._volumes: dict[Kind, float] = {"echo": 0.7, "cue": 0.5, "playback": 0.8, **(volumes or {})}
        self._device: dict[str, Any] = {}
        self._openings = 0
        self._notes = Notes()
        self._whole = Score.of(self._notes)  # in the recording's own time
        self._score = self._whole  # as it is played
        self._cuts = Cuts()
        self._playing = False
        self._speed = 1.0
        # Where playing was (µs of `_score`), and when (ns of time.perf_counter_ns, which all processes share).
        self._place = (0, 0)
        self._turn = 0
        self._rate = 0
        self._folder: Scratch | None = None
        self._lock = threading.RLock()
        self._ready = threading.Event()
        self._host = SoundHost([output, str(block), str(int(silent))], self._hear, self._died)

    # -- life ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to start the sound process and return; only echo and cues are lost until it is there."""
        sweep()
        self._folder = Scratch()
        self._host.start()

    def stop(self) -> None:
        """End the sound process. Safe to call twice."""
        self._host.stop()
        if self._folder:
            self._folder.close()

    def wait_ready(self, timeout: float = 10.0) -> bool:
        """Wait until the sound process plays, on a device or in silence; returns whether it does.

        Args:
            timeout: Seconds.
        """
        return self._ready.wait(timeout)

    # -- what sounds --------------------------------------------------------------------------------------

    def echo(self, message: Message) -> None:
        """Sound a message that was just played: the shortest way there is, for the MIDI callback."""
        if message.data[0] < SYSEX:
            self._host.write(midi_frame(message.data))

    def cue(self, name: str) -> None:
        """Sound a cue by its meaning, in its turn; see `CueDesk` for the rule."""
        self._send(do="cue", name=name)

    def hear(self, keys: Sequence[int], base: int = 48, *, instrument: int = 1) -> None:
        """Play a word's keys one after the other.

        Args:
            keys: Offsets 0-24 from the base note.
            base: MIDI note of key 0.
            instrument: General-MIDI instrument, 1-128.
        """
        self._send(do="hear", keys=list(keys)[:64], base=base, program=instrument - 1)

    def phrase(self, cues: Iterable[Cue]) -> None:
        """Sound cues one after the other, in place of a phrase that sounds; other cues go between two of them."""
        self.stop_phrase()
        for cue in cues:
            self._send(do="phrase", cue=write_cue(cue))

    def stop_phrase(self) -> None:
        """Stop the phrase at once, also in the middle of a cue; all else sounds on."""
        self._send(do="stop_phrase")

    def say(self, samples: bytes) -> None:
        """Sound a piece of speech after those that were given before; all but cues is softer meanwhile.

        Args:
            samples: float32 at `rate`, left and right in turn.

        Raises:
            RubatoError: there is no room for it on the disk.
        """
        if self._folder is None:
            return
        try:
            handle, name = tempfile.mkstemp(dir=self._folder.path, suffix=".speech")
            with os.fdopen(handle, "wb") as file:
                file.write(samples)
        except OSError as error:
            raise RubatoError(
                f"Nothing can be said: {error.strerror}", todo="Make room on the disk", code="disk_full"
            ) from error
        self._send(do="say", path=name)

    def hush(self) -> None:
        """Stop what is said, at once; all else sounds on."""
        self._send(do="hush")

    def set_volume(self, kind: Kind, level: float) -> None:
        """Set how loud ``echo``, ``cue`` or ``playback`` is, 0 to 1."""
        self._volumes[kind] = level
        self._send(do="volume", kind=kind, level=level)

    def set_instrument(self, instrument: int) -> None:
        """Choose the instrument of the own keys: General MIDI, 1-128."""
        self._program = instrument - 1
        self._send(do="instrument", program=self._program)

    def release(self) -> None:
        """Let go of all own keys and pedals."""
        self._send(do="release")

    def silence(self) -> None:
        """Stop everything that sounds, at once; a recording pauses."""
        with self._lock:
            self._stand(self._now(), playing=False)
            self._order(do="silence")

    # -- a recording --------------------------------------------------------------------------------------

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
        whole, cuts = Score.of(notes, messages), Cuts(skipped)
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
            self._cuts = Cuts(stretches)
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

    # -- what it is ---------------------------------------------------------------------------------------

    @property
    def process_id(self) -> int:
        """Process id of the sound process; 0 before there was one."""
        return self._host.process_id

    @property
    def rate(self) -> int:
        """Sample rate of what sounds, Hz; 0 before the sound process is there."""
        return self._rate

    @property
    def output(self) -> str:
        """Name of the device that sounds; empty when there is none."""
        return str(self._device.get("name", ""))

    @property
    def openings(self) -> int:
        """How many times a device has begun to sound: what was given to one before is not heard from the next."""
        return self._openings

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the devices that can sound."""
        return tuple(self._device.get("names", ()))

    @property
    def latency_ms(self) -> float:
        """From a rendered frame to the device, as the device says; 0 when there is none."""
        return float(self._device.get("latency_ms", 0.0))

    @property
    def underflows(self) -> int:
        """How often the device had to do without a block in time."""
        return int(self._device.get("underflows", 0))

    # -- the process --------------------------------------------------------------------------------------

    def _hear(self, report: dict[str, Any]) -> None:
        match report:
            case {"ready": rate}:
                self._rate = rate
                if self.problem and self.problem.code == "sound_died":
                    self._say(None)
                self._restore()
                self._ready.set()
            case {"device": device}:
                if device["name"] and not self.output:
                    self._openings += 1
                self._device = device
            case {"problem": found}:
                self._follow_problem(RubatoError(**found) if found["happened"] else None)
            case {"place": place}:
                self._follow(place)
            case {"bug": text}:
                log.error("in the sound process: %s", text)

    def _follow(self, place: dict[str, Any]) -> None:
        with self._lock:
            if place["turn"] != self._turn:
                return
            if place["playing"]:
                # What is rendered now is heard one latency later.
                self._place = (place["us"], place["ns"] + int(self.latency_ms * 1e6))
            else:
                self._stand(place["us"], playing=False)
        if place["ended"] and self.on_end:
            self.on_end()

    def _follow_problem(self, problem: RubatoError | None) -> None:
        known = self.problem.code if self.problem else ""
        # That a device has gone says it better than that there is none.
        if not (problem and problem.code == "no_sound_device" and known == "sound_gone"):
            self._say(problem)

    def _restore(self) -> None:
        """Tell a process that is new everything the last one knew."""
        with self._lock:
            place, playing = self._now(), self._playing
            self._order(do="instrument", program=self._program)
            for kind, level in self._volumes.items():
                self._order(do="volume", kind=kind, level=level)
            if len(self._score.times):
                self._load()
                self._order(do="speed", speed=self._speed)
                self._seek(place, strike=playing)
                if playing:
                    self._stand(place, playing=True)
                    self._order(do="play")

    def _load(self) -> None:
        if self._folder is None:
            return
        try:
            handle, name = tempfile.mkstemp(dir=self._folder.path, suffix=".score")
            with os.fdopen(handle, "wb") as file:
                self._score.times.tofile(file)
                self._score.words.tofile(file)
        except OSError as error:
            raise RubatoError(
                f"The recording cannot be played: {error.strerror}",
                todo="Make room on the disk",
                code="disk_full",
            ) from error
        for old in Path(self._folder.path).glob("*.score"):
            if old != Path(name) and os.name != "nt":
                # The process has mapped or will never map it; a mapped file lives on without a name.
                old.unlink(missing_ok=True)
        self._order(do="load", path=name)

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

    def _send(self, **order: Any) -> None:
        frame = json_frame(order)
        assert len(frame) <= LARGEST, order
        self._host.write(frame)

    def _died(self) -> None:
        self._device = {}
        if self.problem and self.problem.code == "sound_gone":
            return
        self._say(
            RubatoError(
                "Sound stopped unexpectedly",
                kept="Everything else goes on",
                todo="It is started again by itself",
                code="sound_died",
            )
        )

    def _say(self, problem: RubatoError | None) -> None:
        if str(problem) != str(self.problem):
            self.problem = problem
            if problem:
                log.warning("%s", problem)
            if self.on_problem:
                self.on_problem(problem)
