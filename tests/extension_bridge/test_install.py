"""Installing the native host: manifests, registry and launcher on each system, and their removal."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from extension_bridge.browsers import KINDS, Kind, System, manifest_path, registry_key
from extension_bridge.identity import HOST, origin
from extension_bridge.install import Installation

BY_ID = {kind.id: kind for kind in KINDS}


class MemoryRegistry:
    """A registry in memory."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def set(self, key: str, text: str) -> None:
        self.values[key] = text

    def remove(self, key: str) -> None:
        self.values.pop(key, None)


def system(platform: str, tmp_path: Path, **env: str) -> System:
    return System(platform=platform, home=tmp_path / "home", env={"PATH": "", **env}, root=tmp_path / "root")


def program_at(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def linux(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "data", system("linux", tmp_path))


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "platform, browser, folder",
    [
        ("linux", "chrome", ".config/google-chrome/NativeMessagingHosts"),
        ("linux", "chromium", ".config/chromium/NativeMessagingHosts"),
        ("linux", "edge", ".config/microsoft-edge/NativeMessagingHosts"),
        ("linux", "brave", ".config/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
        ("linux", "vivaldi", ".config/vivaldi/NativeMessagingHosts"),
        ("darwin", "chrome", "Library/Application Support/Google/Chrome/NativeMessagingHosts"),
        ("darwin", "chromium", "Library/Application Support/Chromium/NativeMessagingHosts"),
        ("darwin", "edge", "Library/Application Support/Microsoft Edge/NativeMessagingHosts"),
        ("darwin", "brave", "Library/Application Support/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
        ("darwin", "vivaldi", "Library/Application Support/Vivaldi/NativeMessagingHosts"),
    ],
)
def test_manifest_is_written_where_each_browser_looks(
    platform: str, browser: str, folder: str, tmp_path: Path
) -> None:
    installation = Installation(tmp_path / "data", system(platform, tmp_path))
    manifest = installation.install(BY_ID[browser])
    assert manifest == tmp_path / "home" / folder / f"{HOST}.json"
    content = json.loads(manifest.read_bytes())
    assert content == {
        "name": HOST,
        "description": "Rubato Desktop",
        "path": str(tmp_path / "data" / "rubato-native-host"),
        "type": "stdio",
        "allowed_origins": [origin()],
    }
    assert os.access(content["path"], os.X_OK)
    assert installation.status(BY_ID[browser]).right


def test_xdg_config_home_is_respected(tmp_path: Path) -> None:
    where = manifest_path(BY_ID["chromium"], system("linux", tmp_path, XDG_CONFIG_HOME="/c"), tmp_path)
    assert where == Path("/c/chromium/NativeMessagingHosts") / f"{HOST}.json"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_registry_points_to_the_manifest_on_windows(kind: Kind, tmp_path: Path) -> None:
    keys = MemoryRegistry()
    installation = Installation(
        tmp_path / "dä ta", system("win32", tmp_path), keys, python=r"C:\Py 3\python.exe"
    )
    manifest = installation.install(kind)
    assert keys.values[registry_key(kind)] == str(manifest)
    assert registry_key(kind) == rf"Software\{kind.registry}\NativeMessagingHosts\{HOST}"
    launcher = Path(json.loads(manifest.read_bytes())["path"])
    assert launcher.suffix == ".bat"
    line = launcher.read_text(encoding="utf-8").splitlines()[-1]
    assert line.startswith('"C:\\Py 3\\python.exe" -I -S -c "') and line.endswith(" %*")
    assert installation.status(kind).right
    keys.set("Software\\Somebody", "else")
    assert installation.uninstall(kind)
    for other in KINDS:
        installation.uninstall(other)
    assert keys.values == {"Software\\Somebody": "else"} and not launcher.exists()


def test_registry_key_of_another_program_is_left_alone(tmp_path: Path) -> None:
    keys, kind = MemoryRegistry(), BY_ID["chrome"]
    installation = Installation(tmp_path / "data", system("win32", tmp_path), keys)
    installation.install(kind)
    keys.set(registry_key(kind), r"C:\somewhere\else.json")
    assert not installation.status(kind).written
    installation.uninstall(kind)
    assert keys.values == {registry_key(kind): r"C:\somewhere\else.json"}


def test_uninstall_removes_only_our_files(linux: Installation, tmp_path: Path) -> None:
    home = tmp_path / "home"
    neighbour = home / ".config/chromium/NativeMessagingHosts/org.neighbour.json"
    program_at(neighbour, "{}")
    for kind in KINDS:
        linux.install(kind)
    assert all(linux.uninstall(kind) for kind in KINDS)
    assert files(home) == [str(neighbour.relative_to(home))]
    assert not linux.launcher.exists()
    assert not any(linux.uninstall(kind) for kind in KINDS)


def test_foreign_manifest_with_our_name_is_left_alone(linux: Installation) -> None:
    manifest = program_at(linux.manifest(BY_ID["chrome"]), json.dumps({"name": HOST, "path": "/x"}))
    assert not linux.uninstall(BY_ID["chrome"])
    assert manifest.exists() and not linux.status(BY_ID["chrome"]).written


def test_uninstalling_one_browser_keeps_the_others_working(linux: Installation) -> None:
    linux.install(BY_ID["chrome"])
    linux.install(BY_ID["edge"])
    linux.uninstall(BY_ID["chrome"])
    assert linux.status(BY_ID["edge"]).right


def test_moved_program_is_detected_and_repaired(linux: Installation, tmp_path: Path) -> None:
    kind = BY_ID["chromium"]
    linux.install(kind)
    moved = Installation(tmp_path / "data", system("linux", tmp_path), python="/new/python")
    assert (moved.status(kind).written, moved.status(kind).right) == (True, False)
    moved.refresh()
    assert moved.status(kind).right and "/new/python" in moved.launcher.read_text()
    elsewhere = Installation(tmp_path / "other", system("linux", tmp_path))
    assert not elsewhere.status(kind).right
    assert "rubato browser install --browser chromium" in elsewhere.status(kind).words
    elsewhere.install(kind)
    assert elsewhere.status(kind).right and not moved.status(kind).right


def test_refresh_installs_nothing_new(linux: Installation, tmp_path: Path) -> None:
    linux.refresh()
    assert files(tmp_path) == []


def test_launcher_that_is_not_executable_is_detected(linux: Installation) -> None:
    linux.install(BY_ID["edge"])
    linux.launcher.chmod(0o644)
    assert not linux.status(BY_ID["edge"]).right
    linux.install(BY_ID["edge"])
    assert linux.status(BY_ID["edge"]).right


def test_host_can_be_installed_for_one_profile(linux: Installation, tmp_path: Path) -> None:
    manifest = linux.install_in_profile(tmp_path / "profile")
    assert manifest == tmp_path / "profile" / "NativeMessagingHosts" / f"{HOST}.json"
    assert not linux.status(BY_ID["chromium"]).written


def test_installed_and_missing_browsers_are_reported(tmp_path: Path) -> None:
    executable = program_at(tmp_path / "bin" / "chromium")
    here = Installation(tmp_path / "data", system("linux", tmp_path, PATH=str(tmp_path / "bin")))
    status = here.status(BY_ID["chromium"])
    assert status.program == str(executable) and status.words.startswith("Chromium is not set up for Rubato")
    assert here.status(BY_ID["brave"]).words == "Brave is not installed"


@pytest.mark.parametrize("folder", ["root/snap/chromium", "root/var/lib/flatpak/app/org.chromium.Chromium"])
def test_sandboxed_browser_is_explained(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True)
    status = Installation(tmp_path / "data", system("linux", tmp_path)).status(BY_ID["chromium"])
    assert status.sandbox == ("Snap" if "snap" in folder else "Flatpak") and status.program is None
    assert status.sandbox in status.words and "rubato browser open" in status.words


def test_script_that_runs_the_snap_counts_as_sandboxed(tmp_path: Path) -> None:
    program_at(tmp_path / "bin" / "chromium-browser", '#!/bin/sh\nexec /snap/bin/chromium "$@"\n')
    status = Installation(tmp_path / "data", system("linux", tmp_path, PATH=str(tmp_path / "bin"))).status(
        BY_ID["chromium"]
    )
    assert (status.program, status.sandbox) == (None, "Snap")


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_browsers_are_found_in_the_program_folders_of_each_system(platform: str, tmp_path: Path) -> None:
    edge = BY_ID["edge"]
    if platform == "darwin":
        executable = tmp_path / "root/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"
        here = system(platform, tmp_path)
    else:
        executable = tmp_path / "Program Files/Microsoft/Edge/Application/msedge.exe"
        here = system(platform, tmp_path, ProgramFiles=str(tmp_path / "Program Files"))
    program_at(executable)
    assert Installation(tmp_path / "data", here, MemoryRegistry()).status(edge).program == str(executable)


def test_status_converts_to_json(linux: Installation) -> None:
    content: dict[str, Any] = linux.status(BY_ID["chrome"]).as_json()
    assert json.loads(json.dumps(content)) == content
    assert {"id", "name", "program", "sandbox", "manifest", "written", "right", "words"} == set(content)


def test_launcher_is_valid_shell(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "a b'c$d", system("linux", tmp_path))
    installation.write_launcher()
    assert subprocess.run(["sh", "-n", installation.launcher]).returncode == 0
