"""Noise reduction for steady noise, with noisereduce's spectral gate.

At 10 dB of white noise it does not reduce recognition errors (benchmarks/hearing.py), so it is off by default. It is
there for people whose room has a steady hum.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.voice.samples import Samples

_PROFILE_S: Final = 0.35  # until the voice is detected the recording holds only noise
_STRENGTH: Final = 0.7  # full strength would cut into the voice
_WINDOW: Final = 512


def denoise(sound: Samples) -> Samples:
    """Reduce the noise that a sound begins with.

    Args:
        sound: Mono at 16 kHz; it begins before the voice does.
    """
    if len(sound) < 2 * _WINDOW:
        return sound
    import noisereduce  # takes over a second to import

    clean = noisereduce.reduce_noise(
        y=sound,
        sr=RATE,
        stationary=True,
        y_noise=sound[: round(_PROFILE_S * RATE)],
        prop_decrease=_STRENGTH,
        n_fft=_WINDOW,
    )
    return np.asarray(clean, np.float32)
