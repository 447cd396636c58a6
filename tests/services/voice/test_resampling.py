"""Sound at another sample rate."""

from __future__ import annotations

import numpy as np
import pytest

from rubato_desktop.services.voice.resampling import resample


def tone(hz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate).astype(np.float32)


@pytest.mark.parametrize(("rate", "wanted"), [(22050, 48000), (22050, 44100), (16000, 48000), (22050, 96000)])
def test_a_tone_is_the_same_tone(rate: int, wanted: int) -> None:
    sound = resample(tone(1000, rate), rate, wanted)
    assert len(sound) == wanted
    assert np.abs(sound - tone(1000, wanted))[100:-100].max() < 0.005


def test_what_a_slower_device_cannot_sound_is_not_folded_down() -> None:
    assert np.abs(resample(tone(7000, 22050), 22050, 8000))[100:-100].max() < 0.1


def test_nothing_stays_nothing_and_the_same_rate_the_same_sound() -> None:
    assert len(resample(np.zeros(0, np.float32), 22050, 48000)) == 0
    sound = tone(440, 22050)
    assert resample(sound, 22050, 22050) is sound
