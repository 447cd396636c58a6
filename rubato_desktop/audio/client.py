"""Client of the audio process, used by the rest of the program. Methods are thread-safe and do not block."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
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
    """Plays the echo of the keys, cues, speech and one recording, in a process of its own.

    Without a sound device everything works silently: recordings keep time, `problem` has the reason, and the process
    looks for a device every few seconds. If the audio process dies, it is restarted and continues where it was.

    Args:
        output: Part of the sound device's name; empty for the system default.
        block: Frames per block; 0 lets the device choose.
        instrument: General MIDI instrument of the key echo, 1-128.
        volumes: Volume 0-1 by kind: ``echo``, ``cue``, ``playback``.
        silent: Never open a device.
        log_file: File that the standard error of the audio process is appended to, or None.
        on_problem: Called when `problem` changes, on a thread of the client.
        on_end: Called when a recording has been played to its end, on the same thread.

    Attributes:
        deck: Transport of the recording.
        problem: Why there is no sound, or None.
        silent: As passed in.
    """

    def __init__(
        self,
        *,
        output: str = "",
        block: int = 0,
        instrument: int = 1,
        volumes: Mapping[Kind, float] | None = None,
        silent: bool = False,
        log_file: Path | None = None,
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
            on_report=self._on_report,
            on_exit=self._on_exit,
            framing=Frames,
            straight=True,
            log_file=log_file,
            restart_s=_RESTART_S,
        )
        self._log_file = log_file

    # Start and stop

    def start(self) -> None:
        """Start the audio process in the background; until it is ready, only echo and cues are lost."""
        sweep()
        self._folder = SharedFolder()
        self.deck.folder = self._folder.path
        self._process.start()

    def stop(self) -> None:
        """Stop the audio process. Safe to call twice."""
        self._process.stop()
        if self._folder:
            self._folder.close()

    def wait_ready(self, timeout: float = 10.0) -> bool:
        """Wait until the audio process is running, on a device or silently; returns False on timeout.

        Args:
            timeout: Seconds.
        """
        return self._ready.wait(timeout)

    # Playing

    def echo(self, message: Message) -> None:
        """Play a message that has just arrived, on the fastest path, for use in the MIDI callback."""
        if message.data[0] < SYSEX:
            self._process.send(midi_frame(message.data))

    def cue(self, name: str) -> None:
        """Play a cue by name; `CueScheduler` decides when."""
        self._send(do="cue", name=name)

    def play_keys(self, keys: Sequence[int], base: int = 48, *, instrument: int = 1) -> None:
        """Play the keys of a word one after another.

        Args:
            keys: Key numbers 0-24.
            base: MIDI note of key 0.
            instrument: General MIDI instrument, 1-128.
        """
        self._send(do="hear", keys=list(keys)[:64], base=base, program=instrument - 1)

    def phrase(self, cues: Iterable[Cue]) -> None:
        """Play cues one after another, replacing the current phrase; named cues are inserted between them."""
        self.stop_phrase()
        for cue in cues:
            self._send(do="phrase", cue=write_cue(cue))

    def stop_phrase(self) -> None:
        """Stop the phrase at once, even in the middle of a cue; other sounds continue."""
        self._send(do="stop_phrase")

    def play_speech(self, samples: bytes) -> None:
        """Queue speech after any earlier speech; everything except cues is softer while it plays.

        Args:
            samples: Interleaved stereo float32 samples at `rate`.

        Raises:
            RubatoError: the samples cannot be written to disk.
        """
        if self._folder is None:
            return
        try:
            with NamedTemporaryFile(dir=self._folder.path, suffix=".speech", delete=False) as file:
                file.write(samples)
        except OSError as error:
            raise RubatoError(
                f"Cannot write speech to disk: {error.strerror}", todo="Free up disk space", code="disk_full"
            ) from error
        self._send(do="say", path=file.name)

    def stop_speech(self) -> None:
        """Stop speech at once; other sounds continue."""
        self._send(do="hush")

    def set_volume(self, kind: Kind, level: float) -> None:
        """Set the volume (0-1) of ``echo`` or ``cue``; `Deck` sets that of a recording."""
        self._volumes[kind] = level
        self._send(do="volume", kind=kind, level=level)

    def set_instrument(self, instrument: int) -> None:
        """Set the instrument of the key echo: General MIDI, 1-128."""
        self._program = instrument - 1
        self._send(do="instrument", program=self._program)

    def release(self) -> None:
        """Release all echoed keys and pedals."""
        self._send(do="release")

    def silence(self) -> None:
        """Stop all sound at once; a recording pauses."""
        self.deck.silence()

    # State

    @property
    def process_id(self) -> int:
        """Id of the audio process, or 0 if it is not running."""
        return self._process.process_id

    @property
    def rate(self) -> int:
        """Sample rate of the output (Hz); 0 until the audio process is ready."""
        return self._rate

    @property
    def output(self) -> str:
        """Name of the open device, or an empty string."""
        return str(self._device.get("name", ""))

    @property
    def openings(self) -> int:
        """How many times a device was opened; audio queued before a new opening is not played after it."""
        return self._openings

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the available devices."""
        return tuple(self._device.get("names", ()))

    @property
    def latency_ms(self) -> float:
        """Output latency reported by the device (ms); 0 without one."""
        return float(self._device.get("latency_ms", 0.0))

    @property
    def underflows(self) -> int:
        """Number of blocks that reached the device too late."""
        return int(self._device.get("underflows", 0))

    # The audio process

    def _on_report(self, _run: ProcessRun, report: Any) -> None:
        match report:
            case {"ready": rate}:
                self._rate = rate
                if self.problem and self.problem.code == "sound_died":
                    self._set_problem(None)
                self._restore()
                self._ready.set()
            case {"device": device}:
                if device["name"] and not self.output:
                    self._openings += 1
                self._device = device
            case {"problem": problem}:
                self._on_reported_problem(RubatoError(**problem) if problem["happened"] else None)
            case {"place": position}:
                self.deck.on_position(position, self.latency_ms)
            case {"cause": {"text": text}}:
                log.warning("in the audio process: %s", text)

    def _on_reported_problem(self, problem: RubatoError | None) -> None:
        current = self.problem.code if self.problem else ""
        # "The device is gone" is more specific than "there is no device".
        if not (problem and problem.code == "no_sound_device" and current == "sound_gone"):
            self._set_problem(problem)

    def _restore(self) -> None:
        """Bring a new audio process to the state of the previous one."""
        self._send(do="instrument", program=self._program)
        for kind, level in self._volumes.items():
            self._send(do="volume", kind=kind, level=level)
        self.deck.restore()

    def _send(self, **order: Any) -> None:
        frame = json_frame(order)
        assert len(frame) <= LARGEST, order
        self._process.send(frame)

    def _on_exit(self, _run: ProcessRun, exit: Exit) -> None:
        self._device = {}
        if exit.expected:
            return
        details = f"; {self._log_file.name} has the details" if self._log_file else ""
        self._set_problem(
            RubatoError(
                f"Sound stopped unexpectedly: {exit}",
                kept="Everything else keeps working",
                todo=f"Sound restarts automatically{details}",
                code="sound_died",
            )
        )

    def _set_problem(self, problem: RubatoError | None) -> None:
        if str(problem) != str(self.problem):
            self.problem = problem
            if problem:
                log.warning("%s", problem)
            if self.on_problem:
                self.on_problem(problem)
