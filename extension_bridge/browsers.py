"""The supported browsers, and where each looks for native messaging hosts.

https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging#native-messaging-host-location
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from extension_bridge.identity import HOST

SNAP, FLATPAK = "Snap", "Flatpak"


@dataclass(frozen=True, slots=True)
class Kind:
    """A supported browser.

    Attributes:
        id: Its name on the command line.
        name: Its display name.
        linux: Its profile folder below ``~/.config``.
        mac: Its profile folder below ``~/Library/Application Support``.
        registry: Its key below ``HKEY_CURRENT_USER\\Software``.
        programs: Names of its executable on the PATH.
        mac_app: Name of its application bundle on macOS.
        windows_exe: Path of its executable below the program folders of Windows.
        flatpak: Its Flatpak application id.
        snap: Its Snap name; empty when there is none.
        loads_unpacked: Whether it supports ``--load-extension``.
        with_chrome: Whether some versions look for hosts under Chrome's registry key on Windows.
    """

    id: str
    name: str
    linux: str
    mac: str
    registry: str
    programs: tuple[str, ...]
    mac_app: str
    windows_exe: str
    flatpak: str
    snap: str = ""
    loads_unpacked: bool = True
    with_chrome: bool = False


KINDS = (
    Kind(
        "chrome",
        "Google Chrome",
        "google-chrome",
        "Google/Chrome",
        r"Google\Chrome",
        ("google-chrome", "google-chrome-stable"),
        "Google Chrome",
        r"Google\Chrome\Application\chrome.exe",
        "com.google.Chrome",
        loads_unpacked=False,
    ),
    Kind(
        "chromium",
        "Chromium",
        "chromium",
        "Chromium",
        r"Chromium",
        ("chromium", "chromium-browser"),
        "Chromium",
        r"Chromium\Application\chrome.exe",
        "org.chromium.Chromium",
        snap="chromium",
    ),
    Kind(
        "edge",
        "Microsoft Edge",
        "microsoft-edge",
        "Microsoft Edge",
        r"Microsoft\Edge",
        ("microsoft-edge", "microsoft-edge-stable"),
        "Microsoft Edge",
        r"Microsoft\Edge\Application\msedge.exe",
        "com.microsoft.Edge",
    ),
    Kind(
        "brave",
        "Brave",
        "BraveSoftware/Brave-Browser",
        "BraveSoftware/Brave-Browser",
        r"BraveSoftware\Brave-Browser",
        ("brave-browser", "brave-browser-stable", "brave"),
        "Brave Browser",
        r"BraveSoftware\Brave-Browser\Application\brave.exe",
        "com.brave.Browser",
        snap="brave",
        with_chrome=True,
    ),
    Kind(
        "vivaldi",
        "Vivaldi",
        "vivaldi",
        "Vivaldi",
        r"Vivaldi",
        ("vivaldi", "vivaldi-stable"),
        "Vivaldi",
        r"Vivaldi\Application\vivaldi.exe",
        "com.vivaldi.Vivaldi",
        with_chrome=True,
    ),
)


@dataclass(frozen=True, slots=True)
class System:
    """The machine, as far as paths depend on it; tests pass their own.

    Attributes:
        platform: `sys.platform`: ``linux``, ``darwin`` or ``win32``.
        home: The user's home folder.
        env: The environment variables.
        root: The root of the file system.
    """

    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    root: Path = Path("/")


def profile_folder(kind: Kind, system: System) -> Path:
    """Return a browser's folder of profiles; it need not exist."""
    if system.platform == "darwin":
        return system.home / "Library" / "Application Support" / kind.mac
    if system.platform == "win32":
        local = system.env.get("LOCALAPPDATA") or str(system.home / "AppData" / "Local")
        return Path(local, *kind.registry.split("\\"), "User Data")
    config = system.env.get("CHROME_CONFIG_HOME") or system.env.get("XDG_CONFIG_HOME")
    return Path(config or system.home / ".config", kind.linux)


def manifest_path(kind: Kind, system: System, data: Path) -> Path:
    """Return the path of the host manifest for a browser; on Windows, in our data folder (the registry points to it).

    Args:
        kind: The browser.
        system: The machine.
        data: The app's data folder.
    """
    if system.platform == "win32":
        return data / "native-messaging" / f"{kind.id}.json"
    return profile_folder(kind, system) / "NativeMessagingHosts" / f"{HOST}.json"


def registry_key(kind: Kind) -> str:
    """Return the key below ``HKEY_CURRENT_USER`` that holds the manifest's path on Windows."""
    return rf"Software\{kind.registry}\NativeMessagingHosts\{HOST}"


def program(kind: Kind, system: System) -> str | None:
    """Return the executable of an installed browser, outside of sandboxes; None when there is none."""
    if system.platform == "darwin":
        for folder in (system.root / "Applications", system.home / "Applications"):
            path = folder / f"{kind.mac_app}.app" / "Contents" / "MacOS" / kind.mac_app
            if path.exists():
                return str(path)
        return None
    if system.platform == "win32":
        for variable in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"):
            base = system.env.get(variable)
            if base and (path := Path(base, *kind.windows_exe.split("\\"))).exists():
                return str(path)
        return None
    for name in kind.programs:
        executable = shutil.which(name, path=system.env.get("PATH"))
        if executable and not _in_sandbox(executable):
            return executable
    return None


def sandbox(kind: Kind, system: System) -> str | None:
    """Return ``Snap`` or ``Flatpak`` when the browser is installed as one, and so cannot start a host; else None."""
    if system.platform != "linux":
        return None
    if kind.snap:
        paths = [shutil.which(name, path=system.env.get("PATH")) for name in kind.programs]
        if (system.root / "snap" / kind.snap).exists() or any(path and _in_sandbox(path) for path in paths):
            return SNAP
    installations = (system.root / "var" / "lib" / "flatpak", system.home / ".local" / "share" / "flatpak")
    if any((folder / "app" / kind.flatpak).exists() for folder in installations):
        return FLATPAK
    return None


def _in_sandbox(path: str) -> bool:
    """Return whether an executable on the PATH only starts a Snap or a Flatpak."""
    if path.startswith(("/snap/", "/var/lib/snapd/")) or "/flatpak/exports/" in path:
        return True
    try:
        # Ubuntu's chromium-browser is a shell script that runs the Snap.
        with Path(path).open("rb") as file:
            start = file.read(4096)
    except OSError:
        return False
    return start.startswith(b"#!") and b"/snap/bin/" in start
