"""Speech: time from the call to the first recorded sound and to silence, and the real-time factor of synthesis.

Rubato's sound process runs on a real JACK server of 64 frames at 48 kHz, with the packaged voice loaded. Sound is
what exceeds -48 dB of full scale.

    python benchmarks/speech.py [--json] [--times N]
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil
from report import Report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from audio_recorder import AudioRecorder, Capture  # noqa: E402
from servers import JackServer  # noqa: E402
from waiting import until  # noqa: E402

from rubato_desktop.audio.client import AudioClient  # noqa: E402
from rubato_desktop.services.voice.factory import open_speech  # noqa: E402
from rubato_desktop.services.voice.segmentation import segment_text  # noqa: E402
from rubato_desktop.services.voice.speech import Speech  # noqa: E402
from rubato_desktop.services.voice.synthesis import Piper, Stop  # noqa: E402
from rubato_desktop.services.voice.voices import choose_voice  # noqa: E402
from rubato_desktop.settings import Settings  # noqa: E402

LOUD = 0.004
SHORT = ("Clicked", "Tab 12: The news of today", "0 7 0: click", "Erased 3 words", "Unknown. Closest: back")
LONG = (
    "The clocks were striking thirteen when the door of the house at the corner opened, and an old man with a cello on"
    " his back stepped out into the rain, looked up at the sky, and went back in again. "
)


def main(arguments: list[str]) -> None:
    times = int(arguments[arguments.index("--times") + 1]) if "--times" in arguments else 4
    report = Report("speech")
    with tempfile.TemporaryDirectory(prefix="rubato-bench-") as folder:
        _synthesis(report, Path(folder))
        with JackServer(frames=64):
            sound = AudioClient()
            sound.start()
            until(lambda: sound.output != "")
            speech = open_speech(Path(folder), sound, Settings())
            try:
                _live(report, speech, times)
            finally:
                speech.close()
                sound.stop()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    report.note(
        f"Voice en_US-joe-medium; load average {load:.1f} at the end (about 1 of it from this benchmark)."
    )
    report.show(arguments)


def _synthesis(report: Report, data: Path) -> None:
    before = psutil.Process().memory_info().rss
    voice = choose_voice(data)
    piper = Piper(lambda _: voice)
    began = time.perf_counter()
    piper.synthesise("Warm.", 1.0, Stop())
    report.figure("load the voice and synthesise the first word", (time.perf_counter() - began) * 1e3, "ms")
    factors = {1.0: [], 2.0: [], 3.0: []}  # type: dict[float, list[float]]
    for rate, measured in factors.items():
        for text in (LONG * 3, *SHORT):
            for segment in segment_text(text):
                began = time.perf_counter()
                samples, hz = piper.synthesise(segment, rate, Stop())
                measured.append((time.perf_counter() - began) / (len(samples) / hz))
    report.series("real-time factor", factors[1.0], "", target=0.1, at="median")
    report.series("real-time factor, at rate 2", factors[2.0], "")
    report.series("real-time factor, at rate 3", factors[3.0], "")
    report.figure(
        "memory of a loaded voice", (psutil.Process().memory_info().rss - before) / 1e6, "MB", target=500
    )


def _live(report: Report, speech: Speech, times: int) -> None:
    speech.say_now("Warm.")
    speech.wait(60)
    for name, texts in (("a short answer", SHORT), ("a long sentence", (LONG,) * len(SHORT))):
        starts = [_start(speech, text) for _ in range(times) for text in texts]
        report.series(f"call → first sound, {name}", starts, "ms", target=250)
    for rate in (1.0, 3.0):
        gaps = [_gap(speech, rate) for _ in range(times)]
        report.series(f"longest silence within a long sentence, at rate {rate:g}", gaps, "ms")
    report.series(
        "be quiet → silence, an hour queued",
        [_quiet(speech) for _ in range(2 * times)],
        "ms",
        target=100,
        at="max",
    )


def _start(speech: Speech, text: str) -> float:
    # On a busy machine the previous text may still be playing.
    threading.Event().wait(0.5)
    recorder = AudioRecorder(2.0)
    called = time.perf_counter_ns()
    speech.say_now(text)
    capture = recorder.finish()
    speech.be_quiet()
    return _ms(capture, 0, called)


def _gap(speech: Speech, rate: float) -> float:
    """Return the longest silence (ms) in a long sentence, which is spoken in several segments."""
    threading.Event().wait(0.5)
    recorder = AudioRecorder(2.0 + 14 / rate)
    speech.say_now(LONG.replace(",", ""), rate=rate)
    capture = recorder.finish()
    loud = np.flatnonzero(np.abs(capture.sound) > LOUD)
    return float(np.diff(loud).max()) / capture.rate * 1e3


def _quiet(speech: Speech) -> float:
    recorder = AudioRecorder(2.2)
    speech.say_now(LONG * 300)
    threading.Event().wait(1.2 + 0.1 * np.random.default_rng().random())
    called = time.perf_counter_ns()
    speech.be_quiet()
    return max(0.0, _ms(recorder.finish(), -1, called))


def _ms(capture: Capture, which: int, since: int) -> float:
    """Return the time (ms) from a moment to the first (0) or the last (-1) audible sample.

    Args:
        capture: The recording.
        which: 0 or -1.
        since: The moment, ns on the clock of `time.perf_counter_ns`.
    """
    loud = np.flatnonzero(np.abs(capture.sound) > LOUD)
    if not len(loud):
        raise SystemExit("nothing was recorded: this machine is too busy to measure on")
    sample = int(loud[which])
    block, offset = divmod(sample, capture.frames)
    return (int(capture.arrived[block]) - since) / 1e6 + offset / capture.rate * 1e3


if __name__ == "__main__":
    main(sys.argv[1:])
