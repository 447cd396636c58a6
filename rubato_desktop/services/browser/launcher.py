"""Starting an installed Chromium with the extension in it and a profile that is not the user's own."""

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
START_S: Final = 1.5
_QUIET: Final = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--password-store=basic",
    "--use-mock-keychain",
)
_UNSEEN: Final = (
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--mute-audio",
)


def installed() -> str:
    """Return the first browser that can be started with an extension that comes from no store.

    Raises:
        RubatoError: there is none; what is here instead, and why it does not do, is said.
    """
    system = System()
    for kind in KINDS:
        found = program(kind, system) if kind.loads_unpacked else None
        if found:
            return found
    why, todo = "", "Install Chromium"
    if caged := [f"{kind.name} is a {walls}" for kind in KINDS if (walls := sandbox(kind, system))]:
        why = f": {caged[0]}, which may start no other program"
        todo = "Install Chromium as a package of your system"
    elif any(program(kind, system) for kind in KINDS):
        why = ": Google Chrome does not take one from the command line"
        todo += f", or load the folder {EXTENSION} in chrome://extensions and run: rubato browser install"
    raise RubatoError(
        "There is no browser that can be started with Rubato's extension" + why,
        todo=todo,
        code="needs_browser",
    )


def open_beside(data: Path, url: str) -> str:
    """Start a browser beside the user's own, joined to the program of a data folder, and leave it running.

    Args:
        data: The data folder; the browser's profile is in it.
        url: What it shows first.

    Returns:
        The browser's program.

    Raises:
        RubatoError: there is none, or it ends at once.
        OSError: the profile cannot be written.
    """
    profile = data / PROFILE
    found = installed()
    _introduce(data, profile)
    detached: dict[str, Any] = (
        {"creationflags": 0x00000008} if sys.platform == "win32" else {"start_new_session": True}
    )
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [found, *_flags(profile), *_QUIET, url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            **detached,
        )
        try:
            # One that runs on this profile already takes the address and ends the new one calmly.
            status = process.wait(START_S)
        except subprocess.TimeoutExpired:
            # It goes on by itself, and is nobody's to wait for.
            process.returncode = 0
            return found
        if status:
            raise _did_not_start(found, said)
    return found


@contextlib.contextmanager
def unseen(
    data: Path, profile: Path, size: tuple[int, int], url: str = "about:blank"
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a browser without a window, joined to the bridge of a data folder, for as long as the `with` lasts.

    Args:
        data: The data folder of the bridge.
        profile: The browser's profile; made when it is not there.
        size: Width and height of the view in CSS pixels.
        url: What it shows first.

    Yields:
        The browser's process.

    Raises:
        RubatoError: there is none.
    """
    found = installed()
    _introduce(data, profile)
    width, height = size
    # A window of its own would take some of the height for itself; in a kiosk the page has the whole screen.
    view = ("--kiosk", f"--screen-info={{{width}x{height}}}", f"--window-size={width},{height}")
    process = subprocess.Popen(
        [found, *_flags(profile), *_QUIET, *_UNSEEN, *view, url],
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
            # What a browser that was killed leaves behind.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)


def _did_not_start(found: str, said: IO[bytes]) -> RubatoError:
    said.seek(0)
    last = said.read().decode(errors="replace").strip().splitlines()[-1:]
    no_screen = sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return RubatoError(
        "There is no screen to open a browser on"
        if no_screen
        else f"{found} ended at once: {' '.join(last)}",
        todo="" if no_screen else "Start it once by itself, and see what it says",
        code="no_screen" if no_screen else "needs_browser",
    )


def _introduce(data: Path, profile: Path) -> None:
    """Let a browser with that profile find the program."""
    installation = Installation(data)
    if sys.platform == "win32":
        # There a profile of its own looks where every Chromium does.
        installation.install(next(kind for kind in KINDS if kind.id == "chromium"))
    else:
        installation.install_in_profile(profile)


def _flags(profile: Path) -> tuple[str, ...]:
    loading = (f"--disable-extensions-except={EXTENSION}", f"--load-extension={EXTENSION}")
    # Chromium does not start as root with its sandbox.
    as_root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    return (*loading, *as_root, f"--user-data-dir={profile}")
