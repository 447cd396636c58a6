"""Sound, as the rest of the program sees it. Any method may be called from any thread; none waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from tempfile import NamedTemporaryFile
from typing import Any, Final

from rubato_desktop.audio.cues import Cue, write_cue
from rubato_desktop.audio.deck import Deck
from rubato_desktop.audio.ipc_frames import LARGEST, Frames, json_frame, midi_frame
from rubato_desktop.audio.mixer import Kind
from rubato_desktop.audio.shared_folder import SharedFolder, sweep
from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import own_process
from rubato_desktop.ipc.managed_process import ManagedProcess
from rubato_desktop.ipc.process_run import Exit, ProcessRun
from rubato_desktop.midi.messages import SYSEX, Message

log = logging.getLogger(__name__)

_RESTART_S: Final = (0.1, 1.0, 5.0)


class AudioClient:
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

    Attributes:
        deck: The recording that plays.
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
        self._program = instrument - 1
        self._volumes: dict[Kind, float] = {"echo": 0.7, "cue": 0.5, "playback": 0.8, **(volumes or {})}
        self.deck = Deck(self._send, self._volumes.pop("playback"), on_end)
        self._device: dict[str, Any] = {}
        self._openings = 0
        self._rate = 0
        self._folder: SharedFolder | None = None
        self._ready = threading.Event()
        arguments = [output, str(block), str(int(silent))]
        self._process = ManagedProcess(
            "sound",
            lambda: own_process("rubato_desktop.audio.process", arguments),
            on_report=self._hear,
            on_exit=self._exited,
            framing=Frames,
            straight=True,
            restart_s=_RESTART_S,
        )

    # -- life ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to start the sound process and return; only echo and cues are lost until it is there."""
        sweep()
        self._folder = SharedFolder()
        self.deck.folder = self._folder.path
        self._process.start()

    def stop(self) -> None:
        """End the sound process. Safe to call twice."""
        self._process.stop()
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
            self._process.send(midi_frame(message.data))

    def cue(self, name: str) -> None:
        """Sound a cue by its meaning, in its turn; see `CueDesk` for the rule."""
        self._send(do="cue", name=name)

    def play_keys(self, keys: Sequence[int], base: int = 48, *, instrument: int = 1) -> None:
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

    def play_speech(self, samples: bytes) -> None:
        """Sound a piece of speech after those that were given before; all but cues is softer meanwhile.

        Args:
            samples: float32 at `rate`, left and right in turn.

        Raises:
            RubatoError: there is no room for it on the disk.
        """
        if self._folder is None:
            return
        try:
            with NamedTemporaryFile(dir=self._folder.path, suffix=".speech", delete=False) as file:
                file.write(samples)
        except OSError as error:
            raise RubatoError(
                f"Nothing can be said: {error.strerror}", todo="Make room on the disk", code="disk_full"
            ) from error
        self._send(do="say", path=file.name)

    def stop_speech(self) -> None:
        """Stop what is said, at once; all else sounds on."""
        self._send(do="hush")

    def set_volume(self, kind: Kind, level: float) -> None:
        """Set how loud ``echo`` or ``cue`` is, 0 to 1; for a recording, see `Deck`."""
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
        self.deck.silence()

    # -- what it is ---------------------------------------------------------------------------------------

    @property
    def process_id(self) -> int:
        """Process id of the sound process; 0 before there was one."""
        return self._process.process_id

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

    def _hear(self, _run: ProcessRun, report: Any) -> None:
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
                self.deck.follow(place, self.latency_ms)
            case {"cause": {"text": text}}:
                log.warning("in the sound process: %s", text)

    def _follow_problem(self, problem: RubatoError | None) -> None:
        known = self.problem.code if self.problem else ""
        # That a device has gone says it better than that there is none.
        if not (problem and problem.code == "no_sound_device" and known == "sound_gone"):
            self._say(problem)

    def _restore(self) -> None:
        """Tell a process that is new everything the last one knew."""
        self._send(do="instrument", program=self._program)
        for kind, level in self._volumes.items():
            self._send(do="volume", kind=kind, level=level)
        self.deck.restore()

    def _send(self, **order: Any) -> None:
        frame = json_frame(order)
        assert len(frame) <= LARGEST, order
        self._process.send(frame)

    def _exited(self, _run: ProcessRun, exit: Exit) -> None:
        self._device = {}
        if exit.expected:
            return
        self._say(
            RubatoError(
                f"Sound stopped unexpectedly: {exit}",
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
