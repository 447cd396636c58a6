"""What speech is made of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]


def sanitise(samples: Samples) -> Samples:
    """Return samples with each a number from -1 to 1: a faulty driver may deliver anything, and NaN spreads."""
    return np.asarray(np.clip(np.nan_to_num(samples), -1, 1), np.float32)


def to_int16(samples: Samples) -> bytes:
    """Return samples of -1 to 1 as 16-bit integers, as WAV files have them."""
    return np.asarray(np.clip(samples, -1, 1) * 32767, "<i2").tobytes()
