"""The settings file: problems in it are reported, and no other setting is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.settings import Settings, SettingsFile, data_folder


@pytest.fixture
def file(tmp_path: Path) -> SettingsFile:
    return SettingsFile(tmp_path / "settings.toml")


def test_only_values_that_differ_from_the_defaults_are_written(file: SettingsFile) -> None:
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
    ("name", "value", "message"),
    [
        ("pending_time", -1, "^pending_time must be greater than 0$"),
        ("echo_volume", 2, "^echo_volume must be at most 1$"),
        ("echo_instrument", 1.5, "^echo_instrument must be a whole number$"),
        ("echo", "loud", "^echo must be true or false$"),
        ("hearing_language", "Elvish", "^hearing_language has an invalid value$"),
        ("theme", "blue", "^theme must be 'system', 'dark' or 'light'$"),
        ("colour", "blue", "There is no setting 'colour'"),
    ],
)
def test_an_invalid_value_is_refused(name: str, value: object, message: str, file: SettingsFile) -> None:
    with pytest.raises(RubatoError, match=message):
        file.set(name, value)
    assert file.values == Settings() and not file.path.exists()


def test_a_setting_with_an_invalid_value_keeps_its_default_and_the_others_are_read(
    file: SettingsFile,
) -> None:
    file.path.write_text('pending_time = "long"\necho = false\nshoe_size = 43\n')
    problems = [problem.happened for problem in file.load()]
    assert len(problems) == 2 and "pending_time" in problems[0] and "shoe_size" in problems[1]
    assert file.values.pending_time == 4.0 and file.values.echo is False


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"sound = true\necho = = false", "line 2 is not valid TOML"),
        (b"echo = [", "it ends in the middle of a value"),
        (b"voice = '\xff'", "it is not UTF-8 text"),
        (b"languages = " + b"[" * 5000, "it is nested too deeply"),
    ],
)
def test_a_file_that_is_not_toml_is_renamed(content: bytes, why: str, file: SettingsFile) -> None:
    file.path.write_bytes(content)
    (problem,) = file.load()
    assert problem.happened == f"The settings could not be read: {why}"
    assert "settings.damaged.toml" in problem.kept
    assert file.path.with_name("settings.damaged.toml").read_bytes() == content
    assert file.values == Settings()


def test_the_data_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RUBATO_DATA", str(tmp_path / "by variable"))
    assert data_folder() == tmp_path / "by variable"
    assert data_folder(tmp_path / "chosen") == tmp_path / "chosen"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_description(name: str) -> None:
    assert (Settings.model_fields[name].description or "").endswith(".")
