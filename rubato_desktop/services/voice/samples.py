"""Audio samples."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]


def sanitise(samples: Samples) -> Samples:
    """Clip samples to -1 to 1 and replace NaN by 0: a faulty driver may deliver anything, and NaN spreads."""
    return np.asarray(np.clip(np.nan_to_num(samples), -1, 1), np.float32)


def to_int16(samples: Samples) -> bytes:
    """Return samples of -1 to 1 as little-endian 16-bit integers, as in WAV files."""
    return np.asarray(np.clip(samples, -1, 1) * 32767, "<i2").tobytes()
