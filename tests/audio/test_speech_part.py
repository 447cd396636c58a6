"""Speech in the mix: piece after piece, music giving way, silence without a click."""

from __future__ import annotations

import numpy as np
import pytest

from rubato_desktop.audio.mixer import Mixer
from rubato_desktop.audio.speech_part import DUCKED, FADE_MS, SpeechPart
from rubato_desktop.audio.synth import Silence

RATE = 48_000


def piece(*values: float, frames: int = 1) -> memoryview[float]:
    return memoryview(np.repeat(np.array(values, np.float32), 2 * frames).tobytes()).cast("f")


def mixed(spoken: SpeechPart, frames: int, before: float = 0.0) -> np.ndarray:
    """Return the left of the next block."""
    out = np.full(frames * 2, before, np.float32)
    spoken.make_room(out.data.cast("B"))
    spoken.mix(out.data.cast("B"))
    assert np.array_equal(out[::2], out[1::2])
    return out[::2]


@pytest.mark.parametrize("block", [1, 3, 7, 100])
def test_pieces_follow_one_another_whatever_the_block(block: int) -> None:
    spoken = SpeechPart(RATE)
    spoken.add(piece(0.1, 0.2, 0.3))
    spoken.add(piece(0.4))
    spoken.add(piece())
    spoken.add(piece(0.5, 0.6))
    heard = np.concatenate([mixed(spoken, block) for _ in range(-(-10 // block))])
    assert heard[:10] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0, 0, 0, 0])
    assert not spoken.speaking


def test_silence_comes_within_milliseconds_and_without_a_step() -> None:
    spoken = SpeechPart(RATE)
    spoken.add(piece(0.5, frames=RATE))
    mixed(spoken, 100)
    spoken.hush()
    heard = mixed(spoken, RATE // 10)
    assert np.flatnonzero(heard)[-1] <= FADE_MS * RATE / 1000
    assert np.abs(np.diff(heard)).max() < 0.01
    spoken.hush()
    assert not mixed(spoken, 100).any()


@pytest.mark.parametrize("block", [64, 1024])
def test_music_gives_way_and_comes_back_step_by_step(block: int) -> None:
    spoken = SpeechPart(RATE)
    assert mixed(spoken, block, 0.5) == pytest.approx(0.5)
    spoken.add(piece(0.0, frames=RATE))
    heard = np.concatenate([mixed(spoken, block, 0.5) for _ in range(2 * RATE // block)])
    assert heard[RATE // 2] == pytest.approx(0.5 * DUCKED, abs=0.001)
    assert heard[-1] == pytest.approx(0.5)
    assert np.abs(np.diff(heard)).max() < 0.005


def test_silencing_everything_silences_speech_and_the_mixer_renders_it() -> None:
    mixer = Mixer(Silence, RATE, {})
    out = np.zeros(200, np.float32)
    mixer.give(mixer.spoken.add, piece(0.25, frames=RATE))
    mixer.fill(out.data.cast("B"))
    assert out == pytest.approx(0.25)
    mixer.give(mixer.silence)
    for _ in range(10):
        mixer.fill(out.data.cast("B"))
    assert not out.any()
