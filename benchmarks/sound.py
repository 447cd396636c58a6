"""Latency from key to sound: from the call that sends a note to the first sample that is recorded.

The real program runs without a window on a real JACK server with 64 frames at 48 kHz. Another process is both the
controller and the recorder, so that one clock times both ends. A sample counts as sound from -60 dBFS on. Jitter is
p95 - p5.

    python benchmarks/sound.py [--json] [--notes N] [--no-realtime]
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import numpy as np
import psutil
from report import Report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from audio_recorder import AudioRecorder  # noqa: E402
from servers import JackServer  # noqa: E402

from rubato_desktop.audio.mixer import Mixer  # noqa: E402
from rubato_desktop.audio.soundfont import load_soundfont  # noqa: E402
from rubato_desktop.audio.synth import Synth  # noqa: E402
from rubato_desktop.errors import RubatoError  # noqa: E402
from rubato_desktop.ipc.single_instance import request  # noqa: E402

FRAMES, RATE = 64, 48_000
THRESHOLD = 0.001
EVERY_S = 0.25
# Music: notes above the 25 keys, which are not commands and play no cues.
NOTES = range(74, 96)


class RealtimeJack(JackServer):
    """A JACK server with real-time priority, the usual setup for 64 frames."""

    def _launch(self, command: list[str], pass_fds: tuple[int, ...] = ()) -> None:
        at = command.index("-r")
        super()._launch([*command[:at], "-R", "-P", "60", *command[at + 1 :]], pass_fds)


def main(arguments: list[str]) -> None:
    count = int(arguments[arguments.index("--notes") + 1]) if "--notes" in arguments else 300
    realtime = "--no-realtime" not in arguments and _realtime_permitted()
    report = Report("sound")
    with (RealtimeJack if realtime else JackServer)(frames=FRAMES) as jack, _program() as (process, data):
        # The targets apply to an idle program; for one that is busy with commands, the values are only reported.
        for name, load, latency, jitter in (("", _idle, 10.0, 3.0), (", program busy", _busy, None, None)):
            with load(data):
                latencies = _measure(count)
            heard = [value for value in latencies if value is not None]
            report.series(f"note sent → sound recorded{name}", heard, "ms", target=latency)
            p5, p95 = np.percentile(heard, (5, 95))
            report.figure(f"jitter (p95 - p5){name}", p95 - p5, "ms", target=jitter)
            report.figure(f"notes not heard{name}", len(latencies) - len(heard), f"of {count}", target=0)
        report.figure("xruns reported by JACK", jack.output.count("XRun"), "")
        _report_usage(report, process)
    report.series(
        "rendering a block of 64 frames, 10 notes",
        _render_times(10),
        "ms",
        target=FRAMES / RATE * 1000,
        at="p99",
    )
    report.note(f"JACK {FRAMES} frames at {RATE} Hz, {'real-time' if realtime else 'normal'} priority.")
    report.show(arguments)


def _measure(count: int) -> list[float | None]:
    """Return the latency (ms) of each of `count` notes, or None for a note that was not heard."""
    messages: list[tuple[float, ...]] = []
    for i in range(count):
        at = 0.5 + i * EVERY_S
        # "All sound off", so that each note begins in silence.
        messages += [(at, 0x90, NOTES[i * 5 % len(NOTES)], 90), (at + EVERY_S / 2, 0xB0, 120, 0)]
    capture = AudioRecorder(1.0 + count * EVERY_S, messages, name="Keystation 25").finish()
    return [capture.latency_ms(2 * i, THRESHOLD, window=EVERY_S / 2) for i in range(count)]


@contextlib.contextmanager
def _program() -> Iterator[tuple[psutil.Process, Path]]:
    """Run the program without a window, once it is ready."""
    with tempfile.TemporaryDirectory(prefix="rubato-bench-") as folder:
        data = Path(folder)
        # Any other sound, such as a device announcement, would mask notes.
        (data / "settings.toml").write_text("speech = false\ncues = false\n")
        command = [sys.executable, "-m", "rubato_desktop", "run", "--headless", "--data", folder]
        with Popen(command, stdout=PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout
            process.stdout.readline()
            try:
                yield psutil.Process(process.pid), data
            finally:
                process.terminate()


@contextlib.contextmanager
def _idle(_: Path) -> Iterator[None]:
    yield


@contextlib.contextmanager
def _busy(data: Path) -> Iterator[None]:
    """Keep the program busy with one command after another."""
    done = threading.Event()

    def send_commands() -> None:
        while not done.is_set():
            with contextlib.suppress(RubatoError, OSError):
                request(data, {"do": "run", "command": "help", "args": {}})

    thread = threading.Thread(target=send_commands)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _report_usage(report: Report, program: psutil.Process) -> None:
    for process in program.children(recursive=True):
        if any("audio.process" in part for part in process.cmdline()):
            before = process.cpu_times()
            threading.Event().wait(5)
            after = process.cpu_times()
            used = after.user + after.system - before.user - before.system
            report.figure("audio process: private memory", process.memory_full_info().uss / 1e6, "MB")
            report.figure("audio process at rest", used / 5 * 100, "% of a core")


def _render_times(notes: int) -> list[float]:
    """Return the time (ms) to render each of many blocks while `notes` notes are sounding."""
    from time import perf_counter_ns

    font = load_soundfont()
    mixer = Mixer(lambda: Synth(font, RATE), RATE, {})
    block = memoryview(bytearray(FRAMES * 8))
    for note in range(notes):
        mixer.post(mixer.echo, bytes((0x90, 48 + 2 * note, 100)))
    mixer.fill(block)
    times = []
    for _ in range(1500):
        began = perf_counter_ns()
        mixer.fill(block)
        times.append((perf_counter_ns() - began) / 1e6)
    return times


def _realtime_permitted() -> bool:
    """Return whether this user may use real-time priority."""
    now: Callable[[], int] = lambda: os.sched_getscheduler(0)  # noqa: E731
    before = now()
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except (OSError, AttributeError):
        return False
    os.sched_setscheduler(0, before, os.sched_param(0))
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
