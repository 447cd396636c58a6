"""Voices are found and chosen; missing and damaged ones have a fallback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from installed_models import install

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.voice.choosing import VoiceChooser
from rubato_desktop.services.voice.synthesis import Piper, Stop
from rubato_desktop.services.voice.voices import choose_voice, find_voices

PACKAGED = "en_US-joe-medium"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "voices"
    made.mkdir()
    return made


def add(folder: Path, name: str, *, valid: bool = True) -> Path:
    """Add a voice: the packaged one under another name, or one with an invalid model."""
    source = choose_voice(folder / "nothing").model
    model = folder / f"{name}.onnx"
    if valid:
        model.symlink_to(source)
    else:
        model.write_bytes(b"not a model")
    shutil.copy(f"{source}.json", f"{model}.json")
    return model


def test_the_packaged_voice_is_found(tmp_path: Path) -> None:
    voices, problems = find_voices(tmp_path)
    assert [(voice.name, voice.language, voice.rate, voice.packaged) for voice in voices] == [
        (PACKAGED, "en-us", 22050, True)
    ]
    assert problems == []
    assert choose_voice(tmp_path).name == PACKAGED


def test_a_voice_in_the_folder_is_found_and_chosen(tmp_path: Path, folder: Path) -> None:
    add(folder, "en_GB-anna-low")
    assert [voice.name for voice in find_voices(tmp_path)[0]] == [PACKAGED, "en_GB-anna-low"]
    assert choose_voice(tmp_path, "en_GB-anna-low").packaged is False
    assert choose_voice(tmp_path, "en_gb").name == "en_GB-anna-low"


def test_an_unknown_name_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match=f"no voice 'anna'.*{PACKAGED}"):
        choose_voice(tmp_path, "anna")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda model, config: config.unlink(), "No such file"),
        (lambda model, config: model.unlink(), "No such file"),
        (lambda model, config: model.write_bytes(b""), "empty"),
        (lambda model, config: config.write_text("{"), "anna.onnx.json"),
        (lambda model, config: config.write_text("[]"), "anna.onnx.json"),
        (lambda model, config: config.write_bytes(b"\xff\xfe"), "anna.onnx.json"),
        (lambda model, config: config.write_text("{}"), "has no audio"),
        (
            lambda model, config: config.write_text(json.dumps({"audio": {"sample_rate": -1}})),
            "has no",
        ),
    ],
)
def test_a_damaged_voice_is_reported_in_plain_words_and_the_others_are_used(
    tmp_path: Path, folder: Path, damage: object, reason: str
) -> None:
    model = add(folder, "anna", valid=False)
    assert callable(damage)
    damage(model, model.with_name("anna.onnx.json"))
    voices, (problem,) = find_voices(tmp_path)
    assert [voice.name for voice in voices] == [PACKAGED]
    assert reason in problem.happened and "anna" in problem.happened and problem.todo
    assert choose_voice(tmp_path).name == PACKAGED
    with pytest.raises(RubatoError, match="The voice anna cannot be used"):
        choose_voice(tmp_path, "anna")


def test_an_invalid_model_is_reported_on_first_use(tmp_path: Path, folder: Path) -> None:
    add(folder, "anna", valid=False)
    piper = Piper(lambda _: choose_voice(tmp_path, "anna"))
    with pytest.raises(RubatoError, match=r"The voice anna cannot be used: anna\.onnx is not a valid model"):
        piper.synthesise("hello", 1.0, Stop())


@pytest.mark.parametrize("damaged", [True, False])
def test_a_missing_or_damaged_voice_has_a_fallback_that_is_reported_once(
    tmp_path: Path, folder: Path, damaged: bool
) -> None:
    if damaged:
        add(folder, "anna", valid=False)
    problems: list[RubatoError] = []
    choose = VoiceChooser(tmp_path, problems.append)
    piper = Piper(lambda _: choose("anna"), choose.refuse)
    for _ in range(2):
        samples, _ = piper.synthesise("hello", 1.0, Stop())
        assert len(samples)
    assert choose("anna").name == PACKAGED
    (problem,) = problems
    assert "anna" in problem.happened
    assert problem.kept == f"{PACKAGED} is used instead"
    assert problem.todo


def test_the_fallback_of_a_damaged_packaged_voice_is_another_one(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, "anna")
    model = install("voice", tmp_path / "installed", monkeypatch)["en_US-joe-medium.onnx"]
    with model.open("r+b") as file:
        file.seek(1_000_000)
        file.write(bytes(64))
    problems: list[RubatoError] = []
    choose = VoiceChooser(tmp_path, problems.append)
    samples, _ = Piper(choose, choose.refuse).synthesise("hello", 1.0, Stop())
    assert len(samples) and choose("").name == "anna"
    (problem,) = problems
    assert "en_US-joe-medium is damaged" in problem.happened and problem.kept == "anna is used instead"


def test_without_a_usable_voice_the_reason_is_reported(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, "anna", valid=False)
    install("voice", tmp_path / "installed", monkeypatch)["en_US-joe-medium.onnx"].unlink()
    choose = VoiceChooser(tmp_path)
    piper = Piper(choose, choose.refuse)
    with pytest.raises(RubatoError, match="The voice anna cannot be used"):
        piper.synthesise("hello", 1.0, Stop())
