"""The browsers that can have Rubato's hand, and where each looks for native hosts.

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
    """One make of browser.

    Attributes:
        id: What the command line calls it.
        name: What people call it.
        linux: Its folder below ``~/.config``.
        mac: Its folder below ``~/Library/Application Support``.
        registry: Its key below ``HKEY_CURRENT_USER\\Software``.
        programs: What it is called on the path.
        mac_app: Its application on macOS.
        windows_exe: Where it lies below the folders for programs on Windows.
        flatpak: Its application id there.
        snap: Its name there.
        loads_unpacked: Whether it still takes ``--load-extension``.
        with_chrome: Whether some of its versions look where Chrome does on Windows.
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
    """What the places depend on; given by hand in tests.

    Attributes:
        platform: ``linux``, ``darwin`` or ``win32``, as `sys.platform` has it.
        home: The person's folder.
        env: The environment.
        root: The root of the file system.
    """

    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    root: Path = Path("/")


def profile_folder(kind: Kind, system: System) -> Path:
    """Return where a browser keeps everything of its own; on Windows, where it would be."""
    if system.platform == "darwin":
        return system.home / "Library" / "Application Support" / kind.mac
    if system.platform == "win32":
        local = system.env.get("LOCALAPPDATA") or str(system.home / "AppData" / "Local")
        return Path(local, *kind.registry.split("\\"), "User Data")
    config = system.env.get("CHROME_CONFIG_HOME") or system.env.get("XDG_CONFIG_HOME")
    return Path(config or system.home / ".config", kind.linux)


def manifest_path(kind: Kind, system: System, data: Path) -> Path:
    """Return where a browser's manifest of the host lies; on Windows the registry says so, and it is ours.

    Args:
        kind: The browser.
        system: This machine.
        data: The app's data folder.
    """
    if system.platform == "win32":
        return data / "native-messaging" / f"{kind.id}.json"
    return profile_folder(kind, system) / "NativeMessagingHosts" / f"{HOST}.json"


def registry_key(kind: Kind) -> str:
    """Return the key below ``HKEY_CURRENT_USER`` that names the manifest's path on Windows."""
    return rf"Software\{kind.registry}\NativeMessagingHosts\{HOST}"


def program(kind: Kind, system: System) -> str | None:
    """Return the program of a browser that is installed here, outside of sandboxes; None when it is not."""
    if system.platform == "darwin":
        for folder in (system.root / "Applications", system.home / "Applications"):
            found = folder / f"{kind.mac_app}.app" / "Contents" / "MacOS" / kind.mac_app
            if found.exists():
                return str(found)
        return None
    if system.platform == "win32":
        for variable in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"):
            if (base := system.env.get(variable)) and (
                found := Path(base, *kind.windows_exe.split("\\"))
            ).exists():
                return str(found)
        return None
    for name in kind.programs:
        found_on_path = shutil.which(name, path=system.env.get("PATH"))
        if found_on_path and not _in_sandbox(found_on_path):
            return found_on_path
    return None


def sandbox(kind: Kind, system: System) -> str | None:
    """Return ``Snap`` or ``Flatpak`` when the browser is installed as such, where it may start no host."""
    if system.platform != "linux":
        return None
    if kind.snap:
        paths = [shutil.which(name, path=system.env.get("PATH")) for name in kind.programs]
        if (system.root / "snap" / kind.snap).exists() or any(path and _in_sandbox(path) for path in paths):
            return SNAP
    places = (system.root / "var" / "lib" / "flatpak", system.home / ".local" / "share" / "flatpak")
    if any((place / "app" / kind.flatpak).exists() for place in places):
        return FLATPAK
    return None


def _in_sandbox(path: str) -> bool:
    """Say whether a program on the path only leads into a Snap or a Flatpak."""
    if path.startswith(("/snap/", "/var/lib/snapd/")) or "/flatpak/exports/" in path:
        return True
    try:
        # Ubuntu's chromium-browser is a script that calls the Snap.
        with Path(path).open("rb") as file:
            start = file.read(4096)
    except OSError:
        return False
    return start.startswith(b"#!") and b"/snap/bin/" in start
