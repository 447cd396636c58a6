"""The real voice: it speaks, faster and slower, and stops in the middle."""

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


def seconds(piper: Piper, text: str, rate: float = 1.0) -> float:
    samples, hz = piper.synthesise(text, rate, Stop())
    return len(samples) / hz


def test_a_sentence_is_heard_for_as_long_as_one_speaks(piper: Piper) -> None:
    samples, hz = piper.synthesise(SENTENCE, 1.0, Stop())
    assert hz == 22050
    assert 1.8 < len(samples) / hz < 4.5
    assert samples.dtype == np.float32
    assert float(np.abs(samples).max()) == pytest.approx(1.0, abs=0.01)
    assert float(np.sqrt((samples**2).mean())) > 0.05, "it is nearly silent"


def test_long_sentences_keep_no_memory_and_an_unloaded_voice_gives_its_own_back(tmp_path: Path) -> None:
    # In a process of its own: what other tests have loaded comes and goes as it likes.
    program = textwrap.dedent("""
        import sys, psutil
        from pathlib import Path
        from rubato_desktop.services.voice.synthesis import Piper, Stop
        from rubato_desktop.services.voice.voices import choose_voice
        voice = choose_voice(Path(sys.argv[1]))
        piper = Piper(lambda _: voice)
        held = psutil.Process().memory_info
        piper.synthesise("Warm.", 1.0, Stop())
        loaded = held().rss
        spoken = []
        for _ in range(4):
            piper.synthesise(sys.argv[2].rstrip(".") + ", and " + sys.argv[2] * 3, 1.0, Stop())
            spoken.append(held().rss)
        piper.unload()
        assert not piper.loaded
        # What one leaves, now and then, as its own sound lies in it, the next one gives back.
        print(min(spoken[1:]) - loaded, loaded - held().rss)
    """)
    command = [sys.executable, "-c", program, str(tmp_path), SENTENCE]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    grown, given_back = map(float, said.split())
    assert grown < 120e6
    assert given_back > 40e6


def test_speech_begins_without_a_wait(piper: Piper) -> None:
    samples, hz = piper.synthesise(SENTENCE, 1.0, Stop())
    assert np.flatnonzero(np.abs(samples) > 0.02)[0] < hz * 0.05


def test_faster_is_shorter_and_keeps_its_pitch(piper: Piper) -> None:
    slow, normal, fast = (seconds(piper, SENTENCE, rate) for rate in (0.5, 1.0, 3.0))
    assert slow / normal == pytest.approx(2.0, rel=0.15)
    assert normal / fast == pytest.approx(3.0, rel=0.15)
    pitches = [pitch(*piper.synthesise("Ah, mama, a llama.", rate, Stop())) for rate in (1.0, 3.0)]
    assert pitches[1] == pytest.approx(pitches[0], rel=0.2), (
        "sped up like a tape it would be three times as high"
    )


def pitch(samples: np.ndarray, hz: int) -> float:
    """The median pitch of the voiced parts, by autocorrelation between 70 and 300 Hz."""
    found = []
    for at in range(0, len(samples) - 2048, 1024):
        frame = samples[at : at + 2048]
        if np.sqrt((frame**2).mean()) < 0.1:
            continue
        frame = frame - frame.mean()
        likeness = np.correlate(frame, frame, "full")[2047:]
        low, high = hz // 300, hz // 70
        best = low + int(likeness[low:high].argmax())
        if likeness[best] > 0.4 * likeness[0]:
            found.append(hz / best)
    assert found, "nothing voiced"
    return float(np.median(found))


def test_what_is_no_longer_wanted_stops_in_the_middle(piper: Piper) -> None:
    long = ", ".join(["the quick brown fox jumps over the lazy dog"] * 12)
    seconds(piper, "warm")
    stop = Stop()
    threading.Timer(0.1, stop.request).start()
    began = time.monotonic()
    with pytest.raises(Stopped):
        piper.synthesise(long, 0.5, stop)
    stopped = time.monotonic() - began
    began = time.monotonic()
    piper.synthesise(long, 0.5, Stop())
    assert stopped < 0.7 * (time.monotonic() - began)


def test_a_wish_that_came_before_stops_at_once(piper: Piper) -> None:
    stop = Stop()
    stop.request()
    with pytest.raises(Stopped):
        piper.synthesise(SENTENCE, 1.0, stop)


def test_it_is_loaded_when_wanted_and_given_back(piper: Piper) -> None:
    piper.unload()
    assert not piper.loaded
    assert seconds(piper, "once") > 0.1
    assert piper.loaded
