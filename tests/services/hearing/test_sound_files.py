"""Sound files: read whole, or told in words why not."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.microphone import Resampler
from rubato_desktop.services.hearing.sound_files import read_wav


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_tone_keeps_its_pitch(rate: int, channels: int, tmp_path: Path) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(rate) / rate) * 0.5
    with wave.open(str(tmp_path / "tone.wav"), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(np.repeat((tone * 32767).astype("<i2"), channels).tobytes())
    sound = read_wav(tmp_path / "tone.wav")
    assert len(sound) == pytest.approx(16000, abs=20)
    assert np.argmax(np.abs(np.fft.rfft(sound[:16000]))) == pytest.approx(440, abs=1)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "no sound"), (b"RIFF", "no sound"), (b"nothing of the kind" * 9, "no sound"), (None, "no file")],
)
def test_what_is_no_sound_is_told(content: bytes | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RubatoError, match=told):
        read_wav(path)


@pytest.mark.parametrize("rate", [16000, 48000])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_a_bad_sample_of_a_microphone_spoils_nothing_else(rate: int, bad: float) -> None:
    sound = np.full(rate, 0.25, np.float32)
    sound[rate // 2] = bad
    brought = Resampler(rate)(sound)
    assert np.isfinite(brought).all() and np.abs(brought[:7000]).max() < 0.3 > np.abs(brought[9000:]).max()


@pytest.mark.parametrize("rate", [16000, 44100, 48000])
def test_a_stream_is_resampled_without_a_seam(rate: int) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    bring, pieces, at = Resampler(rate), [], 0
    for size in [1, 7, 64, 441, 1000, 5, 2048] * 40:
        pieces.append(bring(tone[at : at + size]))
        at += size
    sound = np.concatenate(pieces)[200:]
    # Of a steady tone every sample follows from the two before; a seam would show.
    turn = 2 * np.cos(2 * np.pi * 440 / 16000)
    error = sound[2:] - turn * sound[1:-1] + sound[:-2]
    assert len(sound) > 10_000 and np.abs(error).max() < 0.01
