"""Speech recognition models are found, chosen, and checked for damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.models import FOLDER, choose_model, find_models
from rubato_desktop.services.hearing.recogniser import Whisper


def add_model(data: Path, name: str, **files: bytes) -> Path:
    folder = data / FOLDER / name
    folder.mkdir(parents=True)
    for file in ("model.bin", "config.json", "tokenizer.json"):
        (folder / file).write_bytes(files.get(file.partition(".")[0], b"{}"))
    return folder


def test_the_packaged_model_is_found(tmp_path: Path) -> None:
    [model], problems = find_models(tmp_path)
    assert model.packaged and model.name == "tiny.en" and not problems
    assert choose_model(tmp_path) == model


def test_a_larger_model_is_the_default_and_the_packaged_one_can_be_named(tmp_path: Path) -> None:
    folder = add_model(tmp_path, "large")
    with (folder / "model.bin").open("wb") as file:
        file.truncate(200_000_000)
    assert choose_model(tmp_path).name == "large"
    assert choose_model(tmp_path, "tiny.en").packaged


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"model": b""}, "model.bin is empty"),
        ({"config": b"{"}, "config.json is not valid JSON"),
        ({"config": b"[]"}, "config.json is not a JSON object"),
        ({"tokenizer": b""}, "tokenizer.json is empty"),
    ],
)
def test_a_damaged_model_is_reported_and_the_others_are_used(
    files: dict[str, bytes], reason: str, tmp_path: Path
) -> None:
    add_model(tmp_path, "broken", **files)
    [model], [problem] = find_models(tmp_path)
    assert model.packaged and reason in str(problem) and "broken" in str(problem)
    with pytest.raises(RubatoError, match="broken"):
        choose_model(tmp_path, "broken")


def test_a_model_that_cannot_be_loaded_is_reported_in_plain_words(tmp_path: Path) -> None:
    add_model(tmp_path, "broken", model=b"not a model")
    with pytest.raises(RubatoError, match="broken cannot be loaded") as caught:
        Whisper(choose_model(tmp_path, "broken")).load()
    assert caught.value.code == "bad_model" and caught.value.todo


def test_an_unknown_name_is_reported_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match=r"tiny\.en"):
        choose_model(tmp_path, "giant")


def test_an_english_model_refuses_another_language(tmp_path: Path) -> None:
    with pytest.raises(RubatoError, match="English only"):
        Whisper(choose_model(tmp_path), "de").load()
