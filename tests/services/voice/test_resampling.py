"""Sample rate conversion."""

from __future__ import annotations

import numpy as np
import pytest

from rubato_desktop.services.voice.resampling import resample


def tone(hz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate).astype(np.float32)


@pytest.mark.parametrize(("rate", "target"), [(22050, 48000), (22050, 44100), (16000, 48000), (22050, 96000)])
def test_a_tone_keeps_its_pitch_and_level(rate: int, target: int) -> None:
    sound = resample(tone(1000, rate), rate, target)
    assert len(sound) == target
    assert np.abs(sound - tone(1000, target))[100:-100].max() < 0.005


def test_frequencies_above_the_new_nyquist_are_not_aliased() -> None:
    assert np.abs(resample(tone(7000, 22050), 22050, 8000))[100:-100].max() < 0.1


def test_an_empty_sound_stays_empty_and_an_equal_rate_changes_nothing() -> None:
    assert len(resample(np.zeros(0, np.float32), 22050, 48000)) == 0
    sound = tone(440, 22050)
    assert resample(sound, 22050, 22050) is sound
