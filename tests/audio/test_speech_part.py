"""Speech in the mix: queued chunks, ducking the music, and stopping without a click."""

from __future__ import annotations

import numpy as np
import pytest

from rubato_desktop.audio.mixer import Mixer
from rubato_desktop.audio.speech_part import DUCKED, FADE_MS, SpeechPart
from rubato_desktop.audio.synth import Silence

RATE = 48_000


def chunk(*values: float, frames: int = 1) -> memoryview[float]:
    return memoryview(np.repeat(np.array(values, np.float32), 2 * frames).tobytes()).cast("f")


def mixed(speech: SpeechPart, frames: int, before: float = 0.0) -> np.ndarray:
    """Return the left channel of the next block."""
    out = np.full(frames * 2, before, np.float32)
    speech.duck(out.data.cast("B"))
    speech.mix(out.data.cast("B"))
    assert np.array_equal(out[::2], out[1::2])
    return out[::2]


@pytest.mark.parametrize("block", [1, 3, 7, 100])
def test_chunks_play_one_after_another_for_any_block_size(block: int) -> None:
    speech = SpeechPart(RATE)
    speech.add(chunk(0.1, 0.2, 0.3))
    speech.add(chunk(0.4))
    speech.add(chunk())
    speech.add(chunk(0.5, 0.6))
    played = np.concatenate([mixed(speech, block) for _ in range(-(-10 // block))])
    assert played[:10] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0, 0, 0, 0])
    assert not speech.speaking


def test_speech_stops_within_milliseconds_and_without_a_click() -> None:
    speech = SpeechPart(RATE)
    speech.add(chunk(0.5, frames=RATE))
    mixed(speech, 100)
    speech.stop()
    played = mixed(speech, RATE // 10)
    assert np.flatnonzero(played)[-1] <= FADE_MS * RATE / 1000
    assert np.abs(np.diff(played)).max() < 0.01
    speech.stop()
    assert not mixed(speech, 100).any()


@pytest.mark.parametrize("block", [64, 1024])
def test_music_is_ducked_and_recovers_smoothly(block: int) -> None:
    speech = SpeechPart(RATE)
    assert mixed(speech, block, 0.5) == pytest.approx(0.5)
    speech.add(chunk(0.0, frames=RATE))
    played = np.concatenate([mixed(speech, block, 0.5) for _ in range(2 * RATE // block)])
    assert played[RATE // 2] == pytest.approx(0.5 * DUCKED, abs=0.001)
    assert played[-1] == pytest.approx(0.5)
    assert np.abs(np.diff(played)).max() < 0.005


def test_the_mixer_plays_speech_and_silences_it() -> None:
    mixer = Mixer(Silence, RATE, {})
    out = np.zeros(200, np.float32)
    mixer.post(mixer.speech.add, chunk(0.25, frames=RATE))
    mixer.fill(out.data.cast("B"))
    assert out == pytest.approx(0.25)
    mixer.post(mixer.silence)
    for _ in range(10):
        mixer.fill(out.data.cast("B"))
    assert not out.any()
