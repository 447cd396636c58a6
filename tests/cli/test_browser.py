"""`rubato browser`: browsers are set up to connect to Rubato, and the set-up is undone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rubato_desktop import cli


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with a profile of Chromium."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("RUBATO_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / ".config" / "chromium").mkdir(parents=True)
    return tmp_path


def rubato(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    code = cli.main(["browser", *words, "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_install_sets_a_browser_up_and_uninstall_undoes_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = home / ".config/chromium/NativeMessagingHosts/org.rubato.desktop.json"
    code, value = rubato(capsys, "install", "--browser", "chromium")
    assert code == 0 and value["browsers"][0]["right"]
    assert Path(value["extension"], "manifest.json").is_file()
    written = json.loads(manifest.read_text())
    assert Path(written["path"]).is_absolute() and Path(written["path"]).stat().st_mode & 0o100
    assert rubato(capsys, "status", "--browser", "chromium")[0] == 0
    assert rubato(capsys, "uninstall")[1] == {"removed": ["chromium"]}
    assert not manifest.exists()
    assert rubato(capsys, "status")[0] == 1
    assert rubato(capsys, "uninstall")[1] == {"removed": []}


def browser_finding(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    cli.main(["doctor", "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    return dict(next(check for check in checks if check["name"] == "browser"))


def test_doctor_reports_the_state_of_the_browser(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = browser_finding(capsys)
    assert before["good"] and before["found"].endswith("is installed; try: rubato browser open")
    rubato(capsys, "install", "--browser", "chromium")
    assert browser_finding(capsys)["found"] == "Chromium can connect"
    (home / "data" / "rubato-native-host").unlink()
    outdated = browser_finding(capsys)
    assert (outdated["good"], outdated["todo"]) == (False, "rubato browser install --browser chromium")
    assert "out of date" in outdated["found"]


def test_manifest_of_another_program_stays(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = home / ".config/chromium/NativeMessagingHosts/com.example.other.json"
    other.parent.mkdir()
    other.write_text("{}")
    rubato(capsys, "install", "--browser", "chromium")
    rubato(capsys, "uninstall")
    assert other.read_text() == "{}"


def test_pairing_fails_if_the_program_is_not_running(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["browser", "pair"]) == 2
    assert "Rubato is not running" in capsys.readouterr().err


def test_unknown_browser_is_reported_on_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        cli.main(["browser", "install", "--browser", "lynx"])
    assert raised.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
