"""`rubato say` and `rubato voices`, with text and with JSON output."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from rubato_desktop.cli import main
from rubato_desktop.services.voice.voices import choose_voice


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main([*arguments, "--json"]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_speech_is_written_to_a_wav_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "said.wav"
    answer = run(capsys, "say", "Hello, **world**. It is 12:05.", "--out", str(out))
    with wave.open(str(out)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22050)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert answer["voice"] == "en_US-joe-medium"
    assert answer["seconds"] == pytest.approx(len(sound) / 22050, abs=0.001)
    assert 1.5 < len(sound) / 22050 < 6
    assert np.abs(sound).max() > 20_000


def test_faster_speech_is_shorter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "The quick brown fox jumps over the lazy dog."
    slow, fast = (
        run(capsys, "say", text, "--out", str(tmp_path / "said.wav"), "--rate", rate)["seconds"]
        for rate in ("1", "2")
    )
    assert isinstance(slow, float) and isinstance(fast, float)
    assert slow / fast == pytest.approx(2.0, rel=0.2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["😀", "--out", "x.wav"], "The text has nothing that can be spoken"),
        (["hello", "--rate", "4"], "The rate must be between 0.5 and 3, not 4"),
        (["hello", "--voice", "anna"], "There is no voice 'anna'. Choose one of en_US-joe-medium"),
    ],
)
def test_errors_are_reported_on_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["say", *arguments]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_missing_sound_device_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "rubato_nowhere")
    assert main(["say", "Hello.", "--data", str(tmp_path)]) == 2
    assert "There is no sound device" in capsys.readouterr().err


def finding(capsys: pytest.CaptureFixture[str], data: Path) -> dict[str, object]:
    """Return the finding of `rubato doctor` about the voice."""
    main(["doctor", "--json", "--data", str(data)])
    report = json.loads(capsys.readouterr().out)
    return dict(next(check for check in report["checks"] if check["name"] == "voice"))


def test_doctor_finds_the_voice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert finding(capsys, tmp_path)["found"] == "en_US-joe-medium, en-us"


def test_doctor_says_what_to_do_about_a_missing_or_damaged_voice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text('voice = "anna"\n')
    missing = finding(capsys, tmp_path)
    assert (missing["good"], missing["found"]) == (False, "There is no voice 'anna'")
    assert missing["todo"] == "Choose one of en_US-joe-medium"
    source = choose_voice(tmp_path / "nowhere").model
    (tmp_path / "voices").mkdir()
    # An interrupted copy of the model, with an intact configuration.
    (tmp_path / "voices" / "anna.onnx").write_bytes(source.read_bytes()[:1_000_000])
    (tmp_path / "voices" / "anna.onnx.json").write_bytes(source.with_name(f"{source.name}.json").read_bytes())
    damaged = finding(capsys, tmp_path)
    assert damaged["good"] is False
    assert "anna.onnx is not a valid model" in str(damaged["found"])
    assert "Copy both files of the voice" in str(damaged["todo"])


def test_voices_are_listed_and_a_damaged_one_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "anna.onnx").write_bytes(b"x")
    answer = run(capsys, "voices", "--data", str(tmp_path))
    voices = answer["voices"]
    assert isinstance(voices, list)
    assert [voice["name"] for voice in voices] == ["en_US-joe-medium"]
    assert "anna" in str(answer["problems"])
