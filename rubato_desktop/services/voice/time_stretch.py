"""Speech in less time at the same pitch: what a voice itself cannot say so fast is laid closer together.

WSOLA (Verhelst and Roelands, ICASSP 1993): overlapping frames, each taken where it continues the one before best.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from rubato_desktop.services.voice.samples import Samples

_FRAME_S: Final = 0.024
_SEARCH_S: Final = 0.009  # a little more than half a period of the lowest voice


def stretch(sound: Samples, rate: int, speed: float) -> Samples:
    """Return samples that take `1 / speed` of the time.

    Args:
        sound: Mono.
        rate: Their sample rate, Hz.
        speed: 1 or more.
    """
    hop = int(_FRAME_S * rate / 2)
    search = int(_SEARCH_S * rate)
    if speed < 1.02 or len(sound) < 4 * hop + 2 * search:
        return sound
    fade = np.hanning(2 * hop + 1)[: 2 * hop].astype(np.float32)
    count = max(1, int((len(sound) - 2 * hop - search) / (hop * speed)))
    result = np.zeros((count + 1) * hop, np.float32)
    result[:hop] = sound[:hop] * fade[hop:]  # whole from its first sample: a word may begin there
    at = 0
    for i in range(count):
        if i:
            aim = int(i * hop * speed)
            low, high = max(0, aim - search), min(len(sound) - 2 * hop, aim + search)
            wanted = sound[at + hop : at + 2 * hop]
            likeness = np.correlate(sound[low : high + hop], wanted, "valid")
            at = low + int(likeness.argmax())
        frame = sound[at : at + 2 * hop]
        result[i * hop : (i + 2) * hop] += frame * fade
    return result
