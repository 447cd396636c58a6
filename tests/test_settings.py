"""The settings file: what is wrong in it is told, and nothing else is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.settings import Settings, SettingsFile, data_folder


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.toml")


def test_only_what_differs_from_the_defaults_is_written(file: SettingsFile) -> None:
    file.set("echo", False)
    file.set_device("Keystation 25", base_note=36, role="command")
    text = file.path.read_text()
    assert "echo = false" in text and "pending_time" not in text
    again = SettingsFile(file.path)
    assert again.load() == []
    assert again.values.echo is False
    assert again.device("Keystation 25").base_note == 36 and again.device("Keystation 25").role == "command"
    assert again.device("another").base_note == 48


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("pending_time", -1, "greater than 0"),
        ("theme", "blue", "'system', 'dark' or 'light'"),
        ("colour", "blue", "There is no setting 'colour'"),
    ],
)
def test_a_wrong_value_is_told_and_changes_nothing(
    name: str, value: object, said: str, file: SettingsFile
) -> None:
    with pytest.raises(RubatoError, match=said):
        file.set(name, value)
    assert file.values == Settings() and not file.path.exists()


def test_a_wrong_line_keeps_its_default_and_the_others_hold(file: SettingsFile) -> None:
    file.path.write_text('pending_time = "long"\necho = false\nshoe_size = 43\n')
    problems = [problem.happened for problem in file.load()]
    assert len(problems) == 2 and "pending_time" in problems[0] and "shoe_size" in problems[1]
    assert file.values.pending_time == 4.0 and file.values.echo is False


def test_a_file_that_is_no_toml_is_kept_aside(file: SettingsFile) -> None:
    file.path.write_text("echo = = false")
    (problem,) = file.load()
    assert "could not be read" in problem.happened and "settings.damaged.toml" in problem.kept
    assert file.path.with_name("settings.damaged.toml").read_text() == "echo = = false"
    assert file.values == Settings()


def test_the_data_folder_can_be_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RUBATO_DATA", str(tmp_path / "by variable"))
    assert data_folder() == tmp_path / "by variable"
    assert data_folder(tmp_path / "chosen") == tmp_path / "chosen"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_explains_itself(name: str) -> None:
    assert (Settings.model_fields[name].description or "").endswith(".")
