"""The process that sounds.

It has a process of its own because a block of 64 frames leaves 1.3 ms: beside a window, a model and an index
in one interpreter, the lock of that interpreter comes too late again and again (measured: one busy thread
cost half of all blocks). Here nothing else runs. Orders come in on standard input, reports go out on
standard output, as `Frames`; it ends when its input does.
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

SILENT_RATE: Final = 48_000
_TICK_S: Final = 0.05
_MOST_OF_TRACE: Final = 2000  # characters
_LAST_S: Final = 1.0
_ORDERS: Final = 0  # file descriptor
_RETRY_S: Final = (0.5, 1.0, 2.0, 5.0)


class AudioProcess:
    """Drives the mixer with a sound device, or in silence until there is one.

    Args:
        child: The way to the program.
        output, block: As `Output`.
        silent: Never open a device.
    """

    def __init__(self, child: ChildProcess, *, output: str, block: int, silent: bool) -> None:
        self._child = child
        self._output, self._block, self._silent = output, block, silent
        self._closing = threading.Event()
        self._rate = 0
        self._turn = 0
        self._ended = -1
        self._said: dict[str, Any] = {}
        self._problems: dict[str, RubatoError | None] = {}
        self.mixer: Mixer

    def run(self) -> None:
        """Sound until the orders end, or a device went and left this process unable to open another."""
        self._renew(SILENT_RATE)
        threading.Thread(target=self._read, daemon=True).start()
        failures = 0
        while not self._closing.is_set():
            if not self._silent:
                began = time.monotonic()
                try:
                    self._play()
                    continue
                except RubatoError as problem:
                    self._problem("device", problem)
                    if problem.code == "sound_gone":
                        self._child.announce_end()
                        return
                    self._silent = problem.code == "no_portaudio"
                failures = 0 if time.monotonic() - began > 10 else failures + 1
            self._keep_time(_RETRY_S[min(failures, len(_RETRY_S) - 1)])

    def _play(self) -> None:
        _hurry_all()
        with Output(self._output, self._block) as output:
            if output.rate != self._rate:
                self._renew(output.rate)
            gc.freeze()

            def watch(latency_ms: float) -> bool:
                self._problem("device", self._fell_back(output))
                self._say(
                    "device",
                    name=output.name,
                    names=output.names[:8],
                    latency_ms=round(latency_ms, 2),
                    underflows=output.underflows,
                )
                self._report()
                return not self._closing.wait(_TICK_S if self.mixer.player.playing else 4 * _TICK_S)

            output.drive(lambda out: self.mixer.fill(out), watch, on_thread=_hurry)

    def _keep_time(self, seconds: float) -> None:
        """Let recordings play on without a device, by the clock, for so long."""
        _hurry_all(False)  # nobody hears it
        self._say("device", name="", names=[], latency_ms=0.0, underflows=0)
        scratch = memoryview(bytearray(self._rate // 10 * FRAME_BYTES))
        start, done = time.monotonic(), 0
        while (passed := time.monotonic() - start) < seconds and not self._closing.wait(_TICK_S / 2):
            while (frames := min(int(passed * self._rate) - done, self._rate // 10)) > 0:
                self.mixer.fill(scratch[: frames * FRAME_BYTES])
                done += frames
            self._report()

    def _renew(self, rate: int) -> None:
        self._rate = rate
        cues = {}
        try:
            cues = load_cues()
        except RubatoError as problem:
            self._problem("cues", problem)
        self.mixer = Mixer(self._maker(rate), rate, cues, on_end=self._end)
        self._child.ready(rate)

    def _maker(self, rate: int) -> Callable[[], Instrument]:
        try:
            font = load_soundfont()
            Synth(font, rate)
        except RubatoError as problem:
            self._problem("soundfont", problem)
            return Silence
        if self._silent:
            return Silence  # what nobody can hear must not take the time of keys that become words
        return partial(Synth, font, rate)

    def _end(self) -> None:
        self._ended = self._turn

    def _read(self) -> None:
        frames = Frames()
        while data := os.read(_ORDERS, 65536):
            for order in frames.feed(data):
                if isinstance(order, bytes):
                    self.mixer.give(self.mixer.echo, order)
                else:
                    try:
                        self._take(**order)
                    except Exception:
                        self._child.report_bug()
        self._closing.set()
        # An orderly end may wait for a sound server that no longer answers.
        self._child.exit(after_s=_LAST_S)

    def _take(self, do: str, turn: int | None = None, **args: Any) -> None:
        mixer = self.mixer
        player = mixer.player
        match do:
            case "cue":
                mixer.give(mixer.desk.cue, args["name"])
            case "hear":
                mixer.give(mixer.desk.hear, spell(args["keys"], args["base"], program=args["program"]))
            case "phrase":
                mixer.give(mixer.desk.add_to_phrase, read_cue(args["cue"]))
            case "stop_phrase":
                mixer.give(mixer.desk.stop_phrase)
            case "say":
                mixer.give(mixer.spoken.add, _take_speech(Path(args["path"])))
            case "hush":
                mixer.give(mixer.spoken.hush)
            case "volume":
                mixer.give(mixer.set_volume, args["kind"], args["level"])
            case "instrument":
                mixer.give(mixer.set_echo_program, args["program"])
            case "silence":
                mixer.give(mixer.silence)
            case "release":
                mixer.give(mixer.release)
            case "load":
                mixer.give(player.load, *_map_score(Path(args["path"])))
            case "play":
                mixer.give(player.play)
            case "pause":
                mixer.give(player.pause)
            case "seek":
                mixer.give(player.seek, args["us"])
            case "control":
                mixer.give(player.control, bytes.fromhex(args["data"]))
            case "speed":
                mixer.give(player.set_speed, args["speed"])
            case _:
                raise ValueError(f"unknown order {do!r}")
        if turn is not None:
            mixer.give(self._reached, turn)

    def _reached(self, turn: int) -> None:
        self._turn = turn

    def _report(self) -> None:
        player = self.mixer.player
        # The turn is read first: a place with a turn that is too old is ignored, one too new would mislead.
        turn = self._turn
        if player.playing or self._said.get("place", {}).get("turn") != turn or self._ended == turn:
            self._say(
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
    def _fell_back(output: Output) -> RubatoError | None:
        if not output.fallback:
            return None
        return RubatoError(
            "The chosen sound device is not there",
            kept=f"{output.name} is used",
            todo="Connect it and start again, or choose another in the settings (sound_output)",
            code="sound_fallback",
        )

    def _problem(self, place: str, problem: RubatoError | None) -> None:
        self._problems[place] = problem
        if problem is not None and problem.__cause__ is not None:
            self._say("cause", text="".join(traceback.format_exception(problem.__cause__))[-_MOST_OF_TRACE:])
        worst = next((found for found in self._problems.values() if found), None)
        self._say(
            "problem",
            happened=worst.happened if worst else "",
            kept=worst.kept if worst else "",
            todo=worst.todo if worst else "",
            code=worst.code if worst else "",
        )

    def _say(self, what: str, **values: Any) -> None:
        if self._said.get(what) != values:
            self._said[what] = values
            self._child.report({what: values})


def _map_score(path: Path) -> tuple[memoryview, memoryview]:
    """Open a score file (`Score` written by `Sound`): int64 times, then uint32 words, as many of each."""
    size = path.stat().st_size
    if not size:
        return memoryview(b"").cast("q"), memoryview(b"").cast("I")
    with path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    half = size // 12 * 8
    return whole[:half].cast("q"), whole[half:].cast("I")


def _take_speech(path: Path) -> memoryview[float]:
    """Read a piece of speech (float32, written by `Sound`); its file is no longer needed then."""
    samples = memoryview(path.read_bytes()).cast("f")
    path.unlink()
    return samples


def _hurry(thread: int = 0, wanted: bool = True) -> None:
    """Ask the system to run a thread (its native id, 0 for the calling one) before others, if it lets us."""
    if sys.platform == "linux":
        policy = os.SCHED_RR if wanted else os.SCHED_OTHER
        priority = os.sched_get_priority_min(os.SCHED_RR) + 9 if wanted else 0
        with contextlib.suppress(OSError):
            if os.sched_getscheduler(thread) != policy:
                os.sched_setscheduler(thread, policy, os.sched_param(priority))


def _hurry_all(wanted: bool = True) -> None:
    for thread in threading.enumerate():
        _hurry(thread.native_id or 0, wanted)


def main(arguments: list[str]) -> None:
    """Run the sound process: OUTPUT BLOCK SILENT (0 or 1)."""
    child = ChildProcess(encode=json_frame)
    sys.setswitchinterval(0.0005)
    output, block, silent = arguments
    child.run(lambda: AudioProcess(child, output=output, block=int(block), silent=silent == "1").run())


if __name__ == "__main__":
    main(sys.argv[1:])
