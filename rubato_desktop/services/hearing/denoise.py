"""Steady noise taken out of a sound, by noisereduce's spectral gate.

Measured (benchmarks/hearing.py): at 10 dB of noise it lets the recogniser err as often as without it, so it is off
unless somebody switches it on, for a hum of their own.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.voice.samples import Samples

_PROFILE_S: Final = 0.35  # before a voice is noticed there is nothing but noise
_STRENGTH: Final = 0.7  # all of it would take from the voice too
_WINDOW: Final = 512


def denoise(sound: Samples) -> Samples:
    """Return a sound with less of the noise that it begins with.

    Args:
        sound: Mono at 16 kHz; its beginning is before the voice.
    """
    if len(sound) < 2 * _WINDOW:
        return sound
    import noisereduce  # it loads for over a second

    clean = noisereduce.reduce_noise(
        y=sound,
        sr=RATE,
        stationary=True,
        y_noise=sound[: round(_PROFILE_S * RATE)],
        prop_decrease=_STRENGTH,
        n_fft=_WINDOW,
    )
    return np.asarray(clean, np.float32)
