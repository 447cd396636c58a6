"""WAV files are read whole, or refused in plain words; the microphone stream is resampled without seams."""

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
    ("content", "reason"),
    [
        (b"", "not a WAV file"),
        (b"RIFF", "not a WAV file"),
        (b"not a WAV file" * 9, "not a WAV file"),
        (None, "no file"),
    ],
)
def test_a_file_that_is_not_sound_is_refused(content: bytes | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RubatoError, match=reason):
        read_wav(path)


@pytest.mark.parametrize("rate", [16000, 48000])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_an_invalid_sample_does_not_spread(rate: int, bad: float) -> None:
    sound = np.full(rate, 0.25, np.float32)
    sound[rate // 2] = bad
    result = Resampler(rate)(sound)
    assert np.isfinite(result).all() and np.abs(result[:7000]).max() < 0.3 > np.abs(result[9000:]).max()


@pytest.mark.parametrize("rate", [16000, 44100, 48000])
def test_a_stream_is_resampled_without_seams(rate: int) -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    resampler, blocks, position = Resampler(rate), [], 0
    for size in [1, 7, 64, 441, 1000, 5, 2048] * 40:
        blocks.append(resampler(tone[position : position + size]))
        position += size
    sound = np.concatenate(blocks)[200:]
    # In a sine each sample follows from the two before it, so a seam shows as an error.
    turn = 2 * np.cos(2 * np.pi * 440 / 16000)
    error = sound[2:] - turn * sound[1:-1] + sound[:-2]
    assert len(sound) > 10_000 and np.abs(error).max() < 0.01
