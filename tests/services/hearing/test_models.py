"""The models that hear: found, chosen, damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.models import FOLDER, choose_model, find_models
from rubato_desktop.services.hearing.recogniser import Whisper


def put(data: Path, name: str, **files: bytes) -> Path:
    folder = data / FOLDER / name
    folder.mkdir(parents=True)
    for file in ("model.bin", "config.json", "tokenizer.json"):
        (folder / file).write_bytes(files.get(file.partition(".")[0], b"{}"))
    return folder


def test_the_packaged_model_is_there(tmp_path: Path) -> None:
    [model], problems = find_models(tmp_path)
    assert model.packaged and model.name == "tiny.en" and not problems
    assert choose_model(tmp_path) == model


def test_a_larger_model_in_the_folder_is_used_and_the_packaged_one_by_its_name(tmp_path: Path) -> None:
    folder = put(tmp_path, "large")
    with (folder / "model.bin").open("wb") as file:
        file.truncate(200_000_000)
    assert choose_model(tmp_path).name == "large"
    assert choose_model(tmp_path, "tiny.en").packaged


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"model": b""}, "model.bin is empty"),
        ({"config": b"{"}, "config.json is not valid JSON"),
        ({"config": b"[]"}, "holds no settings"),
        ({"tokenizer": b""}, "tokenizer.json is empty"),
    ],
)
def test_a_damaged_model_is_told_and_the_others_are_used(
    files: dict[str, bytes], told: str, tmp_path: Path
) -> None:
    put(tmp_path, "broken", **files)
    [model], [problem] = find_models(tmp_path)
    assert model.packaged and told in str(problem) and "broken" in str(problem)
    with pytest.raises(RubatoError, match="broken"):
        choose_model(tmp_path, "broken")


def test_a_model_that_does_not_load_is_told_in_words(tmp_path: Path) -> None:
    put(tmp_path, "broken", model=b"nothing that can be loaded")
    with pytest.raises(RubatoError, match="broken cannot be loaded") as told:
        Whisper(choose_model(tmp_path, "broken")).load()
    assert told.value.code == "bad_model" and told.value.todo


def test_a_model_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match=r"tiny\.en"):
        choose_model(tmp_path, "giant")


def test_a_model_of_english_only_says_so(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match="English only"):
        Whisper(choose_model(tmp_path), "de").load()
