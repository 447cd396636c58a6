"""The audio process.

Audio runs in a process of its own because a block of 64 frames has a deadline of 1.3 ms, which is often missed while
other threads hold the GIL (measured: one busy thread made half of all blocks late). Orders arrive on standard input
and reports leave on standard output, as `Frames`; the process exits when its input ends.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from rubato_desktop.audio.cues import load_cues, read_cue, spell
from rubato_desktop.audio.ipc_frames import Frames, json_frame
from rubato_desktop.audio.mixer import Mixer
from rubato_desktop.audio.output import Output
from rubato_desktop.audio.soundfont import load_soundfont
from rubato_desktop.audio.synth import FRAME_BYTES, Instrument, Silence, Synth
from rubato_desktop.errors import RubatoError
from rubato_desktop.ipc.child_process import ChildProcess

SILENT_RATE: Final = 48_000  # Hz
_REPORT_INTERVAL_S: Final = 0.05
_MAX_TRACE: Final = 2000  # characters
_EXIT_TIMEOUT_S: Final = 1.0
_ORDERS: Final = 0  # file descriptor
_RETRY_S: Final = (0.5, 1.0, 2.0, 5.0)


class AudioProcess:
    """Runs the mixer on a sound device, or silently until there is one.

    Args:
        child: Connection to the program.
        output: As for `Output`.
        block: As for `Output`.
        silent: Never open a device.
    """

    def __init__(self, child: ChildProcess, *, output: str, block: int, silent: bool) -> None:
        self._child = child
        self._output, self._block, self._silent = output, block, silent
        self._closing = threading.Event()
        self._rate = 0
        self._turn = 0
        self._ended = -1
        self._reported: dict[str, Any] = {}
        self._problems: dict[str, RubatoError | None] = {}
        self.mixer: Mixer

    def run(self) -> None:
        """Run until the orders end, or a device disappears in a way that keeps this process from opening another."""
        self._create_mixer(SILENT_RATE)
        threading.Thread(target=self._read_orders, daemon=True).start()
        failures = 0
        while not self._closing.is_set():
            if not self._silent:
                began = time.monotonic()
                try:
                    self._play()
                    continue
                except RubatoError as problem:
                    self._set_problem("device", problem)
                    if problem.code == "sound_gone":
                        self._child.announce_end()
                        return
                    self._silent = problem.code == "no_portaudio"
                failures = 0 if time.monotonic() - began > 10 else failures + 1
            self._run_silently(_RETRY_S[min(failures, len(_RETRY_S) - 1)])

    def _play(self) -> None:
        _set_all_realtime()
        with Output(self._output, self._block) as output:
            if output.rate != self._rate:
                self._create_mixer(output.rate)
            gc.freeze()

            def watch(latency_ms: float) -> bool:
                self._set_problem("device", self._fallback_problem(output))
                self._report_change(
                    "device",
                    name=output.name,
                    names=output.names[:8],
                    latency_ms=round(latency_ms, 2),
                    underflows=output.underflows,
                )
                self._report_position()
                playing = self.mixer.player.playing
                return not self._closing.wait(_REPORT_INTERVAL_S if playing else 4 * _REPORT_INTERVAL_S)

            output.drive(lambda out: self.mixer.fill(out), watch, on_thread=_set_realtime)

    def _run_silently(self, seconds: float) -> None:
        """Run the mixer on the system clock without a device, so that recordings keep playing."""
        _set_all_realtime(False)  # nothing is audible
        self._report_change("device", name="", names=[], latency_ms=0.0, underflows=0)
        scratch = memoryview(bytearray(self._rate // 10 * FRAME_BYTES))
        start, done = time.monotonic(), 0
        while (elapsed := time.monotonic() - start) < seconds and not self._closing.wait(
            _REPORT_INTERVAL_S / 2
        ):
            while (frames := min(int(elapsed * self._rate) - done, self._rate // 10)) > 0:
                self.mixer.fill(scratch[: frames * FRAME_BYTES])
                done += frames
            self._report_position()

    def _create_mixer(self, rate: int) -> None:
        self._rate = rate
        cues = {}
        try:
            cues = load_cues()
        except RubatoError as problem:
            self._set_problem("cues", problem)
        self.mixer = Mixer(self._instrument_factory(rate), rate, cues, on_end=self._on_end)
        self._child.ready(rate)

    def _instrument_factory(self, rate: int) -> Callable[[], Instrument]:
        try:
            font = load_soundfont()
            Synth(font, rate)
        except RubatoError as problem:
            self._set_problem("soundfont", problem)
            return Silence
        if self._silent:
            return Silence  # leave the processor to the program, since nothing is audible
        return partial(Synth, font, rate)

    def _on_end(self) -> None:
        self._ended = self._turn

    def _read_orders(self) -> None:
        frames = Frames()
        while data := os.read(_ORDERS, 65536):
            for order in frames.feed(data):
                if isinstance(order, bytes):
                    self.mixer.post(self.mixer.echo, order)
                else:
                    try:
                        self._execute(**order)
                    except Exception:
                        self._child.report_bug()
        self._closing.set()
        # A clean shutdown may hang on a sound server that no longer responds.
        self._child.exit(after_s=_EXIT_TIMEOUT_S)

    def _execute(self, do: str, turn: int | None = None, **args: Any) -> None:
        mixer = self.mixer
        player = mixer.player
        match do:
            case "cue":
                mixer.post(mixer.cues.cue, args["name"])
            case "hear":
                mixer.post(mixer.cues.play_alone, spell(args["keys"], args["base"], program=args["program"]))
            case "phrase":
                mixer.post(mixer.cues.add_to_phrase, read_cue(args["cue"]))
            case "stop_phrase":
                mixer.post(mixer.cues.stop_phrase)
            case "say":
                mixer.post(mixer.speech.add, _read_speech(Path(args["path"])))
            case "hush":
                mixer.post(mixer.speech.stop)
            case "volume":
                mixer.post(mixer.set_volume, args["kind"], args["level"])
            case "instrument":
                mixer.post(mixer.set_echo_program, args["program"])
            case "silence":
                mixer.post(mixer.silence)
            case "release":
                mixer.post(mixer.release)
            case "load":
                mixer.post(player.load, *_map_score(Path(args["path"])))
            case "play":
                mixer.post(player.play)
            case "pause":
                mixer.post(player.pause)
            case "seek":
                mixer.post(player.seek, args["us"])
            case "control":
                mixer.post(player.control, bytes.fromhex(args["data"]))
            case "speed":
                mixer.post(player.set_speed, args["speed"])
            case _:
                raise ValueError(f"unknown order {do!r}")
        if turn is not None:
            mixer.post(self._set_turn, turn)

    def _set_turn(self, turn: int) -> None:
        self._turn = turn

    def _report_position(self) -> None:
        player = self.mixer.player
        # Read the turn first: a position with an outdated turn is ignored, one with a newer turn would be wrong.
        turn = self._turn
        if player.playing or self._reported.get("place", {}).get("turn") != turn or self._ended == turn:
            self._report_change(
                "place",
                turn=turn,
                us=int(player.position_us()),
                ns=time.perf_counter_ns(),
                playing=player.playing,
                ended=self._ended == turn,
            )
            if self._ended == turn:
                self._ended = -1

    @staticmethod
    def _fallback_problem(output: Output) -> RubatoError | None:
        if not output.fallback:
            return None
        return RubatoError(
            "The chosen sound device is not available",
            kept=f"Sound plays on {output.name} instead",
            todo="Connect it and restart Rubato, or choose another device in the settings (sound_output)",
            code="sound_fallback",
        )

    def _set_problem(self, source: str, problem: RubatoError | None) -> None:
        self._problems[source] = problem
        if problem is not None and problem.__cause__ is not None:
            trace = "".join(traceback.format_exception(problem.__cause__))
            self._report_change("cause", text=trace[-_MAX_TRACE:])
        first = next((current for current in self._problems.values() if current), None)
        self._report_change(
            "problem",
            happened=first.happened if first else "",
            kept=first.kept if first else "",
            todo=first.todo if first else "",
            code=first.code if first else "",
        )

    def _report_change(self, kind: str, **values: Any) -> None:
        """Send a report, unless it repeats the previous one of that kind."""
        if self._reported.get(kind) != values:
            self._reported[kind] = values
            self._child.report({kind: values})


def _map_score(path: Path) -> tuple[memoryview, memoryview]:
    """Map a score file written by `Deck`: int64 times, then the same number of uint32 messages."""
    size = path.stat().st_size
    if not size:
        return memoryview(b"").cast("q"), memoryview(b"").cast("I")
    with path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    half = size // 12 * 8
    return whole[:half].cast("q"), whole[half:].cast("I")


def _read_speech(path: Path) -> memoryview[float]:
    """Read and delete a file of float32 speech samples written by `AudioClient`."""
    samples = memoryview(path.read_bytes()).cast("f")
    path.unlink()
    return samples


def _set_realtime(thread: int = 0, realtime: bool = True) -> None:
    """Request real-time scheduling for a thread (native id, 0 for the current one), if the system permits it."""
    if sys.platform == "linux":
        policy = os.SCHED_RR if realtime else os.SCHED_OTHER
        priority = os.sched_get_priority_min(os.SCHED_RR) + 9 if realtime else 0
        with contextlib.suppress(OSError):
            if os.sched_getscheduler(thread) != policy:
                os.sched_setscheduler(thread, policy, os.sched_param(priority))


def _set_all_realtime(realtime: bool = True) -> None:
    for thread in threading.enumerate():
        _set_realtime(thread.native_id or 0, realtime)


def main(arguments: list[str]) -> None:
    """Run the audio process: OUTPUT BLOCK SILENT (0 or 1)."""
    child = ChildProcess(encode=json_frame)
    sys.setswitchinterval(0.0005)
    output, block, silent = arguments
    child.run(lambda: AudioProcess(child, output=output, block=int(block), silent=silent == "1").run())


if __name__ == "__main__":
    main(sys.argv[1:])
