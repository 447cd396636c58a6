"""Sound at another sample rate."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from rubato_desktop.services.voice.samples import Samples

_TAPS: Final = 24
_MOST_PHASES: Final = 1000


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """Return samples at another rate, by a windowed sinc in as many phases as the two rates ask for.

    Args:
        samples: Mono.
        rate: Their sample rate, Hz.
        wanted: The other, Hz.
    """
    if rate == wanted or not len(samples):
        return samples
    common = math.gcd(rate, wanted)
    phases = min(_MOST_PHASES, wanted // common)
    step = round(phases * rate / wanted)
    table = _phases(phases, min(1.0, wanted / rate))
    count = len(samples) * phases // step
    whole, phase = np.divmod(np.arange(count, dtype=np.int64) * step, phases)
    padded = np.pad(samples, (_TAPS // 2 - 1, _TAPS // 2 + 1))
    result = np.zeros(count, np.float32)
    for tap in range(_TAPS):
        result += padded[whole + tap] * table[phase, tap]
    return result


@lru_cache(maxsize=4)
def _phases(count: int, cut: float) -> npt.NDArray[np.float32]:
    """Return for each of `count` places between two samples the weight of each sample around it."""
    away = np.arange(_TAPS) - (_TAPS // 2 - 1) - (np.arange(count) / count)[:, None]
    weights = np.sinc(away * cut) * cut * (0.5 + 0.5 * np.cos(2 * np.pi * away / (_TAPS + 2)))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
