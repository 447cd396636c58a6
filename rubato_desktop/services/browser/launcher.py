"""Launches an installed Chromium with the extension and a profile of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from extension_bridge.browsers import KINDS, System, program, sandbox
from extension_bridge.identity import EXTENSION
from extension_bridge.install import Installation
from rubato_desktop.errors import RubatoError

PROFILE: Final = "browser-profile"
START_S: Final = 1.5  # a browser that cannot start has ended by then
_QUIET: Final = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--password-store=basic",
    "--use-mock-keychain",
)
_HEADLESS: Final = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--mute-audio",
)


def find_browser() -> str:
    """Return the path of the first installed browser that can load an unpacked extension.

    Raises:
        RubatoError: there is none; the error explains why the installed browsers cannot be used.
    """
    system = System()
    for kind in KINDS:
        program_path = program(kind, system) if kind.loads_unpacked else None
        if program_path:
            return program_path
    reason, todo = "", "Install Chromium"
    if sandboxed := [f"{kind.name} is a {package}" for kind in KINDS if (package := sandbox(kind, system))]:
        reason = f": {sandboxed[0]}, which cannot start other programs"
        todo = "Install Chromium from your system's packages"
    elif any(program(kind, system) for kind in KINDS):
        reason = ": Google Chrome cannot load one from the command line"
        todo += f". Or load the folder {EXTENSION} in chrome://extensions, then run: rubato browser install"
    raise RubatoError(
        "No installed browser can start with Rubato's extension" + reason,
        todo=todo,
        code="needs_browser",
    )


def open_own_profile(data: Path, url: str) -> str:
    """Start a browser with a profile of its own, connected to the app of a data folder, and leave it running.

    Args:
        data: The data folder; the browser's profile is in it.
        url: The page to open.

    Returns:
        The path of the browser.

    Raises:
        RubatoError: there is no browser, or it ends at once.
        OSError: the profile cannot be written.
    """
    profile = data / PROFILE
    program_path = find_browser()
    _install_host(data, profile)
    detached: dict[str, Any] = (
        {"creationflags": 0x00000008} if sys.platform == "win32" else {"start_new_session": True}
    )
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [program_path, *_flags(profile), *_QUIET, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            **detached,
        )
        try:
            # If this profile is already open, that browser opens the address and this process exits with 0.
            status = process.wait(START_S)
        except subprocess.TimeoutExpired:
            # Nobody waits for the process; a return code stops Popen from warning about that.
            process.returncode = 0
            return program_path
        if status:
            raise _did_not_start(program_path, output)
    return program_path


@contextlib.contextmanager
def headless_browser(
    data: Path, profile: Path, size: tuple[int, int], url: str = "about:blank"
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a headless browser, connected to the app of a data folder, for the duration of a `with` block.

    Args:
        data: The data folder of the app.
        profile: The browser's profile; created if missing.
        size: Width and height of the view in CSS pixels.
        url: The page to open.

    Yields:
        The browser's process.

    Raises:
        RubatoError: there is no browser.
    """
    program_path = find_browser()
    _install_host(data, profile)
    width, height = size
    # Window decorations would take some of the height; in kiosk mode the page fills the screen.
    view = ("--kiosk", f"--screen-info={{{width}x{height}}}", f"--window-size={width},{height}")
    process = subprocess.Popen(
        [program_path, *_flags(profile), *_QUIET, *_HEADLESS, *view, url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if sys.platform != "win32":
            # A killed browser leaves child processes behind.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _did_not_start(program_path: str, output: IO[bytes]) -> RubatoError:
    output.seek(0)
    last = output.read().decode(errors="replace").strip().splitlines()[-1:]
    no_screen = sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return RubatoError(
        "There is no screen to open the browser on"
        if no_screen
        else f"{program_path} ended at once{': ' if last else ''}{' '.join(last)}",
        todo="" if no_screen else "Start it by itself to see its messages",
        code="no_screen" if no_screen else "needs_browser",
    )


def _install_host(data: Path, profile: Path) -> None:
    """Install the native host for a profile, so that its browser finds the app."""
    installation = Installation(data)
    if sys.platform == "win32":
        # On Windows, hosts are registered per browser, not per profile.
        installation.install(next(kind for kind in KINDS if kind.id == "chromium"))
    else:
        installation.install_in_profile(profile)


def _flags(profile: Path) -> tuple[str, ...]:
    loading = (f"--disable-extensions-except={EXTENSION}", f"--load-extension={EXTENSION}")
    # Chromium refuses to start as root with its sandbox.
    as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    return (*loading, *as_root, f"--user-data-dir={profile}")
