"""Reads WAV files for the recogniser."""

from __future__ import annotations

import logging
import wave
from pathlib import Path
from typing import Final

import numpy as np

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.voice.resampling import resample
from rubato_desktop.services.voice.samples import Samples

log = logging.getLogger(__name__)

_LONGEST_S: Final = 4 * 3600
_FULL_SCALE: Final = {1: 128.0, 2: 32768.0, 4: 2147483648.0}
_TYPES: Final = {1: "u1", 2: "<i2", 4: "<i4"}


def read_wav(path: Path) -> Samples:
    """Read a WAV file of any sample rate and number of channels, as mono at `RATE`.

    Raises:
        RubatoError: the file is missing or unreadable (code ``no_file``), is not a WAV file of 8, 16 or 32 bits (code
            ``bad_sound``), or is longer than four hours (code ``too_long``).
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            if width not in _TYPES or not rate:
                raise _bad(path, f"{8 * width} bits at {rate} Hz are not supported")
            if file.getnframes() > _LONGEST_S * rate:
                raise RubatoError(
                    f"{path.name} is longer than four hours",
                    todo="Split it into shorter files",
                    code="too_long",
                )
            raw = np.frombuffer(file.readframes(file.getnframes()), _TYPES[width])
    except FileNotFoundError:
        raise RubatoError(f"There is no file {path}", code="no_file") from None
    except OSError as error:
        raise RubatoError(f"Cannot read {path}: {error.strerror}", code="no_file") from None
    except (wave.Error, EOFError, ValueError):
        log.info("cannot read %s", path, exc_info=True)
        raise _bad(path, "it is damaged or not a WAV file") from None
    whole = raw[: len(raw) // channels * channels].reshape(-1, channels).astype(np.float32)
    mono = whole.mean(axis=1) / _FULL_SCALE[width] - (1.0 if width == 1 else 0.0)
    return resample(np.asarray(mono, np.float32), rate, RATE)


def _bad(path: Path, why: str) -> RubatoError:
    return RubatoError(
        f"Cannot read {path.name}: {why}", todo="Convert it to a 16-bit WAV file", code="bad_sound"
    )
