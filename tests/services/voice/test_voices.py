"""The voices that are there, and those that are damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from installed_models import install

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.voice.choosing import Choosing
from rubato_desktop.services.voice.synthesis import Piper, Stop
from rubato_desktop.services.voice.voices import choose_voice, find_voices

PACKAGED = "en_US-joe-medium"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "voices"
    made.mkdir()
    return made


def add(folder: Path, name: str, *, whole: bool = True) -> Path:
    """Put a voice into the folder: the packaged one under another name, or one without a model worth the name."""
    source = choose_voice(folder / "nothing").model
    model = folder / f"{name}.onnx"
    if whole:
        model.symlink_to(source)
    else:
        model.write_bytes(b"no model")
    shutil.copy(f"{source}.json", f"{model}.json")
    return model


def test_the_voice_that_comes_with_the_program_is_there(tmp_path: Path) -> None:
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


def test_a_voice_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match=f"no voice 'anna'.*{PACKAGED}"):
        choose_voice(tmp_path, "anna")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda model, beside: beside.unlink(), "No such file"),
        (lambda model, beside: model.unlink(), "No such file"),
        (lambda model, beside: model.write_bytes(b""), "empty"),
        (lambda model, beside: beside.write_text("{"), "anna.onnx.json"),
        (lambda model, beside: beside.write_text("[]"), "anna.onnx.json"),
        (lambda model, beside: beside.write_bytes(b"\xff\xfe"), "anna.onnx.json"),
        (lambda model, beside: beside.write_text("{}"), "has no audio"),
        (
            lambda model, beside: beside.write_text(json.dumps({"audio": {"sample_rate": -1}})),
            "has no",
        ),
    ],
)
def test_a_damaged_voice_is_told_in_words_and_the_others_speak(
    tmp_path: Path, folder: Path, damage: object, told: str
) -> None:
    model = add(folder, "anna", whole=False)
    assert callable(damage)
    damage(model, model.with_name("anna.onnx.json"))
    voices, (problem,) = find_voices(tmp_path)
    assert [voice.name for voice in voices] == [PACKAGED]
    assert told in problem.happened and "anna" in problem.happened and problem.todo
    assert choose_voice(tmp_path).name == PACKAGED
    with pytest.raises(RubatoError, match="The voice anna cannot be used"):
        choose_voice(tmp_path, "anna")


def test_a_model_that_is_none_is_told_when_it_should_speak(tmp_path: Path, folder: Path) -> None:
    add(folder, "anna", whole=False)
    piper = Piper(lambda _: choose_voice(tmp_path, "anna"))
    with pytest.raises(RubatoError, match=r"The voice anna cannot be used: anna\.onnx is no model"):
        piper.synthesise("hello", 1.0, Stop())


@pytest.mark.parametrize("damaged", [True, False])
def test_in_place_of_a_voice_that_cannot_speak_another_does_and_that_is_told_once(
    tmp_path: Path, folder: Path, damaged: bool
) -> None:
    if damaged:
        add(folder, "anna", whole=False)
    told: list[RubatoError] = []
    choosing = Choosing(tmp_path, told.append)
    piper = Piper(lambda _: choosing("anna"), choosing.refuse)
    for _ in range(2):
        samples, _ = piper.synthesise("hello", 1.0, Stop())
        assert len(samples)
    assert choosing("anna").name == PACKAGED
    (problem,) = told
    assert "anna" in problem.happened
    assert problem.kept == f"{PACKAGED} speaks in its place"
    assert problem.todo


def test_a_damaged_packaged_voice_gives_way_to_another(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, "anna")
    model = install("voice", tmp_path / "installed", monkeypatch)["en_US-joe-medium.onnx"]
    with model.open("r+b") as file:
        file.seek(1_000_000)
        file.write(bytes(64))
    told: list[RubatoError] = []
    choosing = Choosing(tmp_path, told.append)
    samples, _ = Piper(choosing, choosing.refuse).synthesise("hello", 1.0, Stop())
    assert len(samples) and choosing("").name == "anna"
    (problem,) = told
    assert "en_US-joe-medium is damaged" in problem.happened and problem.kept == "anna speaks in its place"


def test_where_no_voice_can_speak_it_is_told_why(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, "anna", whole=False)
    install("voice", tmp_path / "installed", monkeypatch)["en_US-joe-medium.onnx"].unlink()
    choosing = Choosing(tmp_path)
    piper = Piper(choosing, choosing.refuse)
    with pytest.raises(RubatoError, match="The voice anna cannot be used"):
        piper.synthesise("hello", 1.0, Stop())
