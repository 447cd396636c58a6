"""Sample rate conversion."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from rubato_desktop.services.voice.samples import Samples

_TAPS: Final = 24
_MOST_PHASES: Final = 1000


def resample(samples: Samples, rate: int, target: int) -> Samples:
    """Convert samples to another rate with a polyphase windowed-sinc filter.

    Args:
        samples: Mono.
        rate: Their sample rate, Hz.
        target: The other rate, Hz.
    """
    if rate == target or not len(samples):
        return samples
    common = math.gcd(rate, target)
    phases = min(_MOST_PHASES, target // common)
    step = round(phases * rate / target)
    table = _filters(phases, min(1.0, target / rate))
    count = len(samples) * phases // step
    whole, phase = np.divmod(np.arange(count, dtype=np.int64) * step, phases)
    padded = np.pad(samples, (_TAPS // 2 - 1, _TAPS // 2 + 1))
    result = np.zeros(count, np.float32)
    for tap in range(_TAPS):
        result += padded[whole + tap] * table[phase, tap]
    return result


@lru_cache(maxsize=4)
def _filters(count: int, cutoff: float) -> npt.NDArray[np.float32]:
    """Return the filter of each phase, shape (count, taps).

    Args:
        count: Number of phases.
        cutoff: Of the lower Nyquist frequency to the input's, 0 to 1.
    """
    distance = np.arange(_TAPS) - (_TAPS // 2 - 1) - (np.arange(count) / count)[:, None]
    weights = np.sinc(distance * cutoff) * cutoff * (0.5 + 0.5 * np.cos(2 * np.pi * distance / (_TAPS + 2)))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
