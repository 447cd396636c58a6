"""Installs the native messaging host for browsers, removes it, and reports its status."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extension_bridge.browsers import (
    FLATPAK,
    KINDS,
    Kind,
    System,
    manifest_path,
    profile_folder,
    program,
    registry_key,
    sandbox,
)
from extension_bridge.identity import HOST, origin
from extension_bridge.registry import Registry, registry

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Status:
    """The state of the native host for one browser.

    Attributes:
        id: The browser's name on the command line.
        name: Its display name.
        program: Its executable; None when it is not installed, or only in a sandbox.
        sandbox: ``Snap`` or ``Flatpak`` when it is installed as one; else None.
        manifest: The path of the host manifest, whether or not it exists.
        written: Whether our manifest is installed.
        right: Whether it points to this program and this data folder.
        words: The same in words, and what to do.
    """

    id: str
    name: str
    program: str | None
    sandbox: str | None
    manifest: str
    written: bool
    right: bool
    words: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Installation:
    """The native host of one data folder.

    Args:
        data: The app's data folder.
        system: The machine; default: this one.
        reg: The registry; default: this machine's.
        python: The Python that runs the host.
    """

    def __init__(
        self,
        data: Path,
        system: System | None = None,
        reg: Registry | None = None,
        python: str = sys.executable,
    ) -> None:
        self.data = data.expanduser().absolute()
        self._system = system or System()
        self._registry = reg or registry()
        self._python = python
        windows = self._system.platform == "win32"
        self.launcher = self.data / ("rubato-native-host.bat" if windows else "rubato-native-host")

    def install(self, kind: Kind) -> Path:
        """Register the host with a browser.

        Returns:
            The path of the manifest.

        Raises:
            OSError: a folder cannot be written.
        """
        if kind.with_chrome and self._system.platform == "win32":
            self._write_manifest(next(other for other in KINDS if other.id == "chrome"))
        return self._write_manifest(kind)

    def install_in_profile(self, profile: Path) -> Path:
        """Register the host in a profile folder, for a browser started with ``--user-data-dir``; not on Windows.

        Raises:
            OSError: a folder cannot be written.
        """
        self.write_launcher()
        manifest = profile / "NativeMessagingHosts" / f"{HOST}.json"
        _write(manifest, self._manifest(), 0o644)
        return manifest

    def uninstall(self, kind: Kind) -> bool:
        """Remove what `install` wrote for a browser; leaves the manifests of other programs alone.

        Returns:
            Whether our manifest was installed.

        Raises:
            OSError: a folder cannot be written.
        """
        manifest = self.manifest(kind)
        ours = _ours(manifest)
        if ours is not None:
            manifest.unlink()
            with contextlib.suppress(OSError):
                manifest.parent.rmdir()  # fails when other hosts are registered there
        if self._system.platform == "win32":
            key = registry_key(kind)
            if self._registry.get(key) == str(manifest):
                self._registry.remove(key)
        if not any(self.status(other).written for other in KINDS):
            self.launcher.unlink(missing_ok=True)
        return ours is not None

    def refresh(self) -> None:
        """Update the launcher if the host is installed, in case this program has moved.

        Raises:
            OSError: the data folder cannot be written.
        """
        if self.launcher.exists():
            self.write_launcher()

    def manifest(self, kind: Kind) -> Path:
        return manifest_path(kind, self._system, self.data)

    def status(self, kind: Kind) -> Status:
        """Return the state of the host for a browser."""
        manifest = self.manifest(kind)
        ours = _ours(manifest)
        written = ours is not None
        if self._system.platform == "win32":
            written = written and self._registry.get(registry_key(kind)) == str(manifest)
        right = written and ours == json.loads(self._manifest()) and self._launcher_is_current()
        executable, package = program(kind, self._system), sandbox(kind, self._system)
        words = _words(kind, executable, package, written, right)
        return Status(kind.id, kind.name, executable, package, str(manifest), written, right, words)

    def has_profile(self, kind: Kind) -> bool:
        """Return whether a browser is installed or has a profile here."""
        return program(kind, self._system) is not None or profile_folder(kind, self._system).is_dir()

    def write_launcher(self) -> None:
        """Write the script that browsers start; it uses absolute paths and needs no environment.

        Raises:
            OSError: the data folder cannot be written.
        """
        if not self._launcher_is_current():
            _write(self.launcher, self._launcher_text(), 0o755)

    def _write_manifest(self, kind: Kind) -> Path:
        self.write_launcher()
        manifest = self.manifest(kind)
        _write(manifest, self._manifest(), 0o644)
        if self._system.platform == "win32":
            self._registry.set(registry_key(kind), str(manifest))
        return manifest

    def _launcher_is_current(self) -> bool:
        try:
            executable = self._system.platform == "win32" or os.access(self.launcher, os.X_OK)
            return executable and self.launcher.read_bytes() == self._launcher_text().encode()
        except OSError:
            return False

    def _manifest(self) -> str:
        manifest = {
            "name": HOST,
            "description": "Rubato Desktop",
            "path": str(self.launcher),
            "type": "stdio",
            "allowed_origins": [origin()],
        }
        return json.dumps(manifest, indent=2) + "\n"

    def _launcher_text(self) -> str:
        # -I and -S keep the environment and site-packages from changing what the host imports.
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from extension_bridge.native_host import run; run()"
        if self._system.platform == "win32":
            parts = [self._python, "-I", "-S", "-c", code, "--data", str(self.data)]
            quoted = " ".join(f'"{part}"' if part[0] != "-" else part for part in parts)
            return "@echo off\r\nchcp 65001 >nul\r\n" + quoted.replace("%", "%%") + " %*\r\n"
        quoted = shlex.join([self._python, "-I", "-S", "-c", code, "--data", str(self.data)])
        return (
            f'#!/bin/sh\n# Rubato, for browsers; generated by: rubato browser install\nexec {quoted} "$@"\n'
        )


def _words(kind: Kind, executable: str | None, package: str | None, written: bool, right: bool) -> str:
    if executable is None and package:
        tool = "flatpak" if package == FLATPAK else "snap"
        return (
            f"{kind.name} is installed as a {package}, whose sandbox cannot start other programs, so it cannot connect"
            f" to Rubato. Install it from your system's packages, not with {tool}, or run: rubato browser open"
        )
    if right:
        return f"{kind.name} is set up for Rubato" + ("" if executable else ", but is not installed")
    if executable is None and not written:
        return f"{kind.name} is not installed"
    if written:
        return f"The setup of {kind.name} for Rubato is out of date. Run: rubato browser install --browser {kind.id}"
    return f"{kind.name} is not set up for Rubato. Run: rubato browser install --browser {kind.id}"


def _ours(manifest: Path) -> dict[str, Any] | None:
    """Return the content of a manifest if it is ours; else None."""
    try:
        content = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if (
        isinstance(content, dict)
        and content.get("name") == HOST
        and content.get("allowed_origins") == [origin()]
    ):
        return content
    return None


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file atomically, so that a browser never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(text.encode())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
