"""Rendering to a WAV file: pitch, time, level, and atomic writing."""

import wave
from pathlib import Path

import numpy as np
import pytest
from audio_recorder import frequency, pitch_of

from rubato_desktop.audio.render import render
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.notes import Notes

SECOND = 1_000_000
LEAD = [(0, 0, bytes((0xC0, 80)))]


def scale(*notes: int, velocity: int = 90) -> Notes:
    """Return one note per second, 0.8 s long."""
    return Notes.of(
        [(i * SECOND, i * SECOND + 800_000, 0, 0, note, velocity) for i, note in enumerate(notes)], ["t"]
    )


def read(path: Path) -> tuple[np.ndarray, int]:
    """Return samples, shape (frames, 2), and their rate (Hz)."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        data = file.readframes(file.getnframes())
        assert len(data) == file.getnframes() * 4
        return np.frombuffer(data, "<i2").reshape(-1, 2) / 32768, file.getframerate()


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000])
def test_each_note_has_the_right_time_and_pitch(tmp_path: Path, rate: int) -> None:
    notes = (60, 64, 69, 48)
    seconds = render(scale(*notes), LEAD, tmp_path / "out.wav", rate=rate)
    sound, actual_rate = read(tmp_path / "out.wav")
    assert (actual_rate, len(sound)) == (rate, round(seconds * rate))
    for i, note in enumerate(notes):
        part = sound[int((i + 0.1) * rate) : int((i + 0.7) * rate), 0]
        assert pitch_of(part, rate) == pytest.approx(frequency(note), rel=0.01)


def test_the_file_ends_after_the_last_note_has_decayed(tmp_path: Path) -> None:
    render(scale(60), [], tmp_path / "out.wav")
    sound, rate = read(tmp_path / "out.wav")
    assert np.abs(sound[-rate // 20 :]).max() < 0.001
    assert len(sound) < 8 * rate


def test_loud_sound_is_limited_without_clipping(tmp_path: Path) -> None:
    chord = [(0, SECOND, 0, channel, note, 127) for channel in range(8) for note in range(36, 84, 4)]
    strings = [(0, 0, bytes((0xC0 | channel, 48))) for channel in range(8)]
    render(Notes.of(chord, ["t"]), strings, tmp_path / "out.wav", level=1.0)
    sound, _ = read(tmp_path / "out.wav")
    assert np.abs(sound).max() > 0.9
    # Clipped sound stays at full scale; limited sound does not.
    assert np.mean(np.abs(sound) >= 32767 / 32768) < 0.001


def test_speed_does_not_change_the_pitch(tmp_path: Path) -> None:
    render(scale(60, 69), LEAD, tmp_path / "out.wav", speed=2.0)
    sound, rate = read(tmp_path / "out.wav")
    assert pitch_of(sound[int(0.55 * rate) : int(0.85 * rate), 0], rate) == pytest.approx(
        frequency(69), rel=0.01
    )


def test_an_empty_recording_is_a_short_silence(tmp_path: Path) -> None:
    render(Notes(), [], tmp_path / "out.wav")
    sound, _ = read(tmp_path / "out.wav")
    assert not sound.any()


def test_progress_rises_to_one(tmp_path: Path) -> None:
    fractions: list[float] = []
    render(scale(60, 62), [], tmp_path / "out.wav", progress=fractions.append)
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_cancelling_keeps_the_existing_file(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    path.write_bytes(b"before")
    answers = iter([False, False, True])
    with pytest.raises(RubatoError) as caught:
        render(scale(60, 62, 64), [], path, cancelled=lambda: next(answers))
    assert caught.value.code == "cancelled"
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("out.wav", b"before")]


def test_a_file_that_cannot_be_written_is_reported() -> None:
    with pytest.raises(RubatoError, match="cannot be written"):
        render(scale(60), [], Path("/proc/out.wav"))


def test_a_recording_too_long_for_a_wav_file_is_refused_at_once(tmp_path: Path) -> None:
    day = Notes.of([(0, 86_400 * SECOND, 0, 0, 60, 80)], ["t"])
    with pytest.raises(RubatoError, match="too long"):
        render(day, [], tmp_path / "out.wav")
    assert not list(tmp_path.iterdir())
