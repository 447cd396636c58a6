"""Renders a recording to a sound file, faster than it sounds."""

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
# A WAV file counts its bytes in 32 bits; the rest is for the tail and the header.
_LARGEST: Final = 2**32 - 2**24


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
    """Render a recording to a stereo WAV file of 16 bits, which is there whole or not at all.

    Args:
        notes: The notes.
        messages: All other messages, as rows (µs, track, bytes).
        path: Where to; what is there is replaced when all is done.
        rate: Sample rate, Hz.
        level: Loudness 0-1. What is louder than full scale is rounded off, not cut off.
        speed: 0.1 to 4 times as recorded.
        progress: Called with the share done, 0 to 1.
        cancelled: Asked again and again; when it says yes, nothing is left behind.

    Returns:
        Length of the sound, seconds: to the last message, and until it has died away.

    Raises:
        RubatoError: there is no SoundFont, it is too long for a WAV file, the file cannot be written, or it
            was cancelled (code ``cancelled``).
    """
    score = Score.of(notes, messages)
    if score.end / 1e6 / speed * rate * 4 > _LARGEST:
        raise RubatoError(
            f"{score.end / 3.6e9 / speed:.1f} hours are too long for a WAV file",
            todo="Use a lower sample rate, or render it in parts",
            code="too_long",
        )
    synth = Synth(load_soundfont(), rate)
    synth.set_gain(FULL["playback"] * level**2)
    player = Player(synth, rate)
    player.load(score.times.data, score.words.data)
    player.set_speed(speed)
    player.play()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                with contextlib.closing(wave.open(file, "wb")) as out:
                    out.setparams((2, 2, rate, 0, "NONE", ""))
                    _write(player, out, score.end, progress, cancelled)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise RubatoError(
            f"{path.name} cannot be written: {error.strerror}",
            kept="What was there before is untouched",
            todo="Make room, or choose another place",
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
    """Return samples of -1 to 1 as 16 bits; beyond the knee they come near full scale, never past it."""
    loud = np.abs(sound)
    round_off = _KNEE + (1 - _KNEE) * np.tanh((loud - _KNEE) / (1 - _KNEE))
    return np.asarray(np.sign(sound) * np.where(loud > _KNEE, round_off, loud) * 32767, "<i2")
