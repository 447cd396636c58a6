"""Time-stretched speech is shorter, keeps its pitch and has no gaps."""

from __future__ import annotations

import numpy as np
import pytest
from audio_recorder import pitch_of

from rubato_desktop.services.voice.time_stretch import stretch

RATE = 22050


def tone(hz: float, seconds: float = 2.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(RATE * seconds)) / RATE).astype(np.float32)


@pytest.mark.parametrize("speed", [1.2, 1.5, 2.14])
@pytest.mark.parametrize("hz", [90, 220, 700])
def test_a_tone_is_shorter_and_keeps_its_pitch(speed: float, hz: float) -> None:
    sound = stretch(tone(hz), RATE, speed)
    assert len(sound) / RATE == pytest.approx(2.0 / speed, rel=0.05)
    assert pitch_of(sound, RATE) == pytest.approx(hz, rel=0.01)
    level = (
        np.abs(sound[1000:-1000])
        .reshape(-1)[: len(sound) // 1000 * 1000 - 2000]
        .reshape(-1, 1000)
        .max(axis=1)
    )
    assert level.min() > 0.8, "there is a gap"


def test_a_short_sound_and_a_speed_of_one_change_nothing() -> None:
    sound = tone(220)
    assert stretch(sound, RATE, 1.0) is sound
    assert len(stretch(sound[:300], RATE, 2.0)) == 300
    assert len(stretch(np.zeros(0, np.float32), RATE, 2.0)) == 0
