"""Telling browsers of the native host, taking it back, and seeing whether it is as it should be."""

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
    """How it stands with one browser.

    Attributes:
        id: What the command line calls the browser.
        name: What people call it.
        program: Its program; None when it is not installed outside of a sandbox.
        sandbox: ``Snap`` or ``Flatpak`` when it is installed as such.
        manifest: Where its manifest is, or would be.
        written: Whether our manifest is there.
        right: Whether it leads to this very program and data folder.
        words: The same for people, and what to do.
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
    """The native host of one data folder, on one machine.

    Args:
        data: The app's data folder.
        system: The machine; this one when left out.
        reg: Its registry; this one's when left out.
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
        """Let a browser find the host, wherever this program was moved to.

        Returns:
            The manifest.

        Raises:
            OSError: a folder cannot be written.
        """
        if kind.with_chrome and self._system.platform == "win32":
            self._write_manifest(next(one for one in KINDS if one.id == "chrome"))
        return self._write_manifest(kind)

    def install_in_profile(self, profile: Path) -> Path:
        """Let whatever browser runs with a profile folder of its own find the host; not on Windows.

        Raises:
            OSError: a folder cannot be written.
        """
        self.write_launcher()
        manifest = profile / "NativeMessagingHosts" / f"{HOST}.json"
        _write(manifest, self._manifest(), 0o644)
        return manifest

    def uninstall(self, kind: Kind) -> bool:
        """Take back what `install` wrote for a browser; what is not ours stays.

        Returns:
            Whether there was anything of ours.

        Raises:
            OSError: a folder cannot be written.
        """
        manifest = self.manifest(kind)
        ours = _ours(manifest)
        if ours is not None:
            manifest.unlink()
            with contextlib.suppress(OSError):
                manifest.parent.rmdir()  # only when nobody else has a host there
        if self._system.platform == "win32":
            key = registry_key(kind)
            if self._registry.get(key) == str(manifest):
                self._registry.remove(key)
        if not any(self.status(other).written for other in KINDS):
            self.launcher.unlink(missing_ok=True)
        return ours is not None

    def refresh(self) -> None:
        """Let browsers that were told find this program where it is now; others are told nothing.

        Raises:
            OSError: the data folder cannot be written.
        """
        if self.launcher.exists():
            self.write_launcher()

    def manifest(self, kind: Kind) -> Path:
        return manifest_path(kind, self._system, self.data)

    def status(self, kind: Kind) -> Status:
        """Return how it stands with a browser."""
        manifest = self.manifest(kind)
        ours = _ours(manifest)
        written = ours is not None
        if self._system.platform == "win32":
            written = written and self._registry.get(registry_key(kind)) == str(manifest)
        right = written and ours == json.loads(self._manifest()) and self._launcher_is_right()
        there, caged = program(kind, self._system), sandbox(kind, self._system)
        words = _words(kind, there, caged, written, right)
        return Status(kind.id, kind.name, there, caged, str(manifest), written, right, words)

    def has_profile(self, kind: Kind) -> bool:
        """Say whether a browser was ever opened here, or is installed."""
        return program(kind, self._system) is not None or profile_folder(kind, self._system).is_dir()

    def write_launcher(self) -> None:
        """Write the program that browsers start: absolute paths, no need of a shell's environment.

        Raises:
            OSError: the data folder cannot be written.
        """
        if not self._launcher_is_right():
            _write(self.launcher, self._launch(), 0o755)

    def _write_manifest(self, kind: Kind) -> Path:
        self.write_launcher()
        manifest = self.manifest(kind)
        _write(manifest, self._manifest(), 0o644)
        if self._system.platform == "win32":
            self._registry.set(registry_key(kind), str(manifest))
        return manifest

    def _launcher_is_right(self) -> bool:
        try:
            runs = self._system.platform == "win32" or os.access(self.launcher, os.X_OK)
            return runs and self.launcher.read_bytes() == self._launch().encode()
        except OSError:
            return False

    def _manifest(self) -> str:
        said = {
            "name": HOST,
            "description": "Rubato Desktop",
            "path": str(self.launcher),
            "type": "stdio",
            "allowed_origins": [origin()],
        }
        return json.dumps(said, indent=2) + "\n"

    def _launch(self) -> str:
        # Neither the environment nor anything installed beside us can change what the host loads.
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from extension_bridge.native_host import run; run()"
        if self._system.platform == "win32":
            parts = [self._python, "-I", "-S", "-c", code, "--data", str(self.data)]
            quoted = " ".join(f'"{part}"' if part[0] != "-" else part for part in parts)
            return "@echo off\r\nchcp 65001 >nul\r\n" + quoted.replace("%", "%%") + " %*\r\n"
        quoted = shlex.join([self._python, "-I", "-S", "-c", code, "--data", str(self.data)])
        return f'#!/bin/sh\n# Browsers start Rubato by this; written by: rubato browser install\nexec {quoted} "$@"\n'


def _words(kind: Kind, there: str | None, caged: str | None, written: bool, right: bool) -> str:
    if there is None and caged:
        how = "flatpak" if caged == FLATPAK else "snap"
        return (
            f"{kind.name} is installed as a {caged}, whose walls let it start no other program: Rubato cannot join it."
            f" Install it as a package of your system instead (and not by {how}), or try: rubato browser open"
        )
    if right:
        return f"{kind.name} knows Rubato" + ("" if there else ", but is not installed here")
    if there is None and not written:
        return f"{kind.name} is not installed"
    if written:
        return f"{kind.name} looks for Rubato where it was before. Run: rubato browser install --browser {kind.id}"
    return f"{kind.name} does not know Rubato. Run: rubato browser install --browser {kind.id}"


def _ours(manifest: Path) -> dict[str, Any] | None:
    """Return what a manifest says when it is one of ours."""
    try:
        said = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if isinstance(said, dict) and said.get("name") == HOST and said.get("allowed_origins") == [origin()]:
        return said
    return None


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file beside and move it into place, so that a browser never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(text.encode())
        beside.chmod(mode)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
