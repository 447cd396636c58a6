"""Piper with the packaged voice: rate, memory, and stopping."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from rubato_desktop.services.voice.synthesis import Piper, Stop, Stopped
from rubato_desktop.services.voice.voices import choose_voice

SENTENCE = "The quick brown fox jumps over the lazy dog."


@pytest.fixture(scope="module")
def piper() -> Piper:
    voice = choose_voice(Path("nowhere"))
    return Piper(lambda _: voice)


def duration_s(piper: Piper, text: str, rate: float = 1.0) -> float:
    samples, hz = piper.synthesise(text, rate, Stop())
    return len(samples) / hz


def test_a_sentence_has_a_natural_duration_and_level(piper: Piper) -> None:
    samples, hz = piper.synthesise(SENTENCE, 1.0, Stop())
    assert hz == 22050
    assert 1.8 < len(samples) / hz < 4.5
    assert samples.dtype == np.float32
    assert float(np.abs(samples).max()) == pytest.approx(1.0, abs=0.01)
    assert float(np.sqrt((samples**2).mean())) > 0.05, "it is nearly silent"


def test_long_sentences_retain_no_memory_and_unloading_frees_the_voice(tmp_path: Path) -> None:
    # In a process of its own, because other tests load and free memory too.
    program = textwrap.dedent("""
        import sys, psutil
        from pathlib import Path
        from rubato_desktop.services.voice.synthesis import Piper, Stop
        from rubato_desktop.services.voice.voices import choose_voice
        voice = choose_voice(Path(sys.argv[1]))
        piper = Piper(lambda _: voice)
        memory = psutil.Process().memory_info
        piper.synthesise("Warm.", 1.0, Stop())
        loaded = memory().rss
        after = []
        for _ in range(4):
            piper.synthesise(sys.argv[2].rstrip(".") + ", and " + sys.argv[2] * 3, 1.0, Stop())
            after.append(memory().rss)
        piper.unload()
        assert not piper.loaded
        # A sentence may retain the block that holds its own sound; the next one frees it.
        print(min(after[1:]) - loaded, loaded - memory().rss)
    """)
    command = [sys.executable, "-c", program, str(tmp_path), SENTENCE]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    retained, freed = map(float, output.split())
    assert retained < 120e6
    assert freed > 40e6


def test_speech_begins_without_leading_silence(piper: Piper) -> None:
    samples, hz = piper.synthesise(SENTENCE, 1.0, Stop())
    assert np.flatnonzero(np.abs(samples) > 0.02)[0] < hz * 0.05


def test_a_faster_rate_is_shorter_and_keeps_the_pitch(piper: Piper) -> None:
    slow, normal, fast = (duration_s(piper, SENTENCE, rate) for rate in (0.5, 1.0, 3.0))
    assert slow / normal == pytest.approx(2.0, rel=0.15)
    assert normal / fast == pytest.approx(3.0, rel=0.15)
    pitches = [pitch(*piper.synthesise("Ah, mama, a llama.", rate, Stop())) for rate in (1.0, 3.0)]
    assert pitches[1] == pytest.approx(pitches[0], rel=0.2), "resampling instead would triple the pitch"


def pitch(samples: np.ndarray, hz: int) -> float:
    """Return the median pitch of the voiced frames, Hz, by autocorrelation between 70 and 300 Hz."""
    pitches = []
    for start in range(0, len(samples) - 2048, 1024):
        frame = samples[start : start + 2048]
        if np.sqrt((frame**2).mean()) < 0.1:
            continue
        frame = frame - frame.mean()
        correlation = np.correlate(frame, frame, "full")[2047:]
        low, high = hz // 300, hz // 70
        best = low + int(correlation[low:high].argmax())
        if correlation[best] > 0.4 * correlation[0]:
            pitches.append(hz / best)
    assert pitches, "no voiced frame"
    return float(np.median(pitches))


def test_a_stop_request_ends_a_running_synthesis(piper: Piper) -> None:
    long = ", ".join(["the quick brown fox jumps over the lazy dog"] * 12)
    duration_s(piper, "warm")
    stop = Stop()
    threading.Timer(0.1, stop.request).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        piper.synthesise(long, 0.5, stop)
    stopped_s = time.monotonic() - began
    began = time.monotonic()
    piper.synthesise(long, 0.5, Stop())
    assert stopped_s < 0.7 * (time.monotonic() - began)


def test_an_earlier_stop_request_ends_synthesis_at_once(piper: Piper) -> None:
    stop = Stop()
    stop.request()
    with pytest.raises(Stopped):
        piper.synthesise(SENTENCE, 1.0, stop)


def test_the_voice_is_loaded_on_use_and_unloaded(piper: Piper) -> None:
    piper.unload()
    assert not piper.loaded
    assert duration_s(piper, "once") > 0.1
    assert piper.loaded
