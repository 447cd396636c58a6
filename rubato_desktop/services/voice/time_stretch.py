"""Time-scale modification: shortens speech without changing its pitch, beyond the rate a voice can speak at itself.

WSOLA (Verhelst and Roelands, ICASSP 1993): overlapping frames, each taken where it best continues the one before.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rubato_desktop.services.voice.samples import Samples

_FRAME_S: Final = 0.024
_SEARCH_S: Final = 0.009  # a little more than half a period of the lowest voice


def stretch(sound: Samples, rate: int, speed: float) -> Samples:
    """Return the sound in `1 / speed` of its duration.

    Args:
        sound: Mono.
        rate: Its sample rate, Hz.
        speed: 1 or more; the sound is returned as it is below 1.02, or when it is too short.
    """
    hop = int(_FRAME_S * rate / 2)
    search = int(_SEARCH_S * rate)
    if speed < 1.02 or len(sound) < 4 * hop + 2 * search:
        return sound
    window = np.hanning(2 * hop + 1)[: 2 * hop].astype(np.float32)
    count = max(1, int((len(sound) - 2 * hop - search) / (hop * speed)))
    result = np.zeros((count + 1) * hop, np.float32)
    result[:hop] = sound[:hop] * window[hop:]  # full level from the first sample: a word may begin there
    start = 0
    for i in range(count):
        if i:
            ideal = int(i * hop * speed)
            low, high = max(0, ideal - search), min(len(sound) - 2 * hop, ideal + search)
            continuation = sound[start + hop : start + 2 * hop]
            correlation = np.correlate(sound[low : high + hop], continuation, "valid")
            start = low + int(correlation.argmax())
        frame = sound[start : start + 2 * hop]
        result[i * hop : (i + 2) * hop] += frame * window
    return result
