"""Renders a recording to a WAV file, faster than real time."""

from __future__ import annotations

import contextlib
import os
import tempfile
import wave
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from rubato_desktop.audio.mixer import FULL
from rubato_desktop.audio.player import Player
from rubato_desktop.audio.score import Score
from rubato_desktop.audio.soundfont import load_soundfont
from rubato_desktop.audio.synth import FRAME_BYTES, Synth
from rubato_desktop.errors import RubatoError
from rubato_desktop.files import sync_folder
from rubato_desktop.midi.notes import Notes

_BLOCK: Final = 8192
_TAIL_S: Final = 6
_SILENT: Final = 1 / 32768
_KNEE: Final = 0.8
# The sizes in a WAV file have 32 bits; the difference leaves room for the header and the tail.
_MAX_BYTES: Final = 2**32 - 2**24


def render(
    notes: Notes,
    messages: Iterable[tuple[int, int, bytes]],
    path: Path,
    *,
    rate: int = 44_100,
    level: float = 0.8,
    speed: float = 1.0,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> float:
    """Render a recording to a 16-bit stereo WAV file, written atomically.

    Args:
        notes: The notes.
        messages: All other messages, as rows (µs, track, bytes).
        path: The file; an existing one is replaced at the end.
        rate: Sample rate, Hz.
        level: Volume 0-1. Peaks above full scale are limited softly.
        speed: Playback speed, 0.1-4.
        progress: Called with the fraction done, 0-1.
        cancelled: Called once per block; rendering stops when it returns True.

    Returns:
        Length of the sound in seconds, including the decay after the last message.

    Raises:
        RubatoError: there is no SoundFont, the recording is too long for a WAV file, the file cannot be written, or
            rendering was cancelled (code ``cancelled``).
    """
    score = Score.of(notes, messages)
    if score.end / 1e6 / speed * rate * 4 > _MAX_BYTES:
        raise RubatoError(
            f"The recording is too long for a WAV file ({score.end / 3.6e9 / speed:.1f} hours)",
            todo="Use a lower sample rate, or render it in parts",
            code="too_long",
        )
    synth = Synth(load_soundfont(), rate)
    synth.set_gain(FULL["playback"] * level**2)
    player = Player(synth, rate)
    player.load(score.times.data, score.packed.data)
    player.set_speed(speed)
    player.play()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                with contextlib.closing(wave.open(file, "wb")) as out:
                    out.setparams((2, 2, rate, 0, "NONE", ""))
                    _write(player, out, score.end, progress, cancelled)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise RubatoError(
            f"{path.name} cannot be written: {error.strerror}",
            kept="An existing file is unchanged",
            todo="Free up disk space, or choose another folder",
            code="not_written",
        ) from error
    return player.frame / rate


def _write(
    player: Player,
    out: wave.Wave_write,
    end_us: int,
    progress: Callable[[float], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    block = np.zeros(_BLOCK * FRAME_BYTES // 4, np.float32)
    tail = 0
    while True:
        if cancelled and cancelled():
            raise RubatoError("Rendering was cancelled", kept="Nothing was written", code="cancelled")
        player.render(block.data.cast("B"), False)
        out.writeframesraw(_sixteen_bits(block).tobytes())
        if progress:
            progress(min(1.0, player.position_us() / max(1, end_us)))
        if not player.playing:
            tail += _BLOCK
            if float(np.abs(block).max()) < _SILENT or tail > _TAIL_S * out.getframerate():
                return


def _sixteen_bits(sound: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    """Convert samples in -1..1 to 16 bits, with a soft limiter above the knee."""
    magnitude = np.abs(sound)
    limited = _KNEE + (1 - _KNEE) * np.tanh((magnitude - _KNEE) / (1 - _KNEE))
    return np.asarray(np.sign(sound) * np.where(magnitude > _KNEE, limited, magnitude) * 32767, "<i2")
