"""Starting an installed Chromium with the extension in it and a profile that is not the user's own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from extension_bridge.browsers import KINDS, System, program
from extension_bridge.identity import EXTENSION
from extension_bridge.install import Installation
from rubato_desktop.errors import RubatoError

PROFILE: Final = "browser-profile"
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
        RubatoError: there is none; Google Chrome alone does not do, and the error says so.
    """
    for kind in KINDS:
        found = program(kind, System()) if kind.loads_unpacked else None
        if found:
            return found
    chrome = any(program(kind, System()) for kind in KINDS)
    raise RubatoError(
        "There is no browser that can be started with Rubato's extension"
        + (": Google Chrome does not take one from the command line" if chrome else ""),
        todo="Install Chromium"
        + (
            f", or load the folder {EXTENSION} in chrome://extensions and run: rubato browser install"
            if chrome
            else ""
        ),
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
        RubatoError: there is none.
        OSError: the profile cannot be written, or the browser does not start.
    """
    profile = data / PROFILE
    found = installed()
    _introduce(data, profile)
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    detached = {"creationflags": 0x00000008} if sys.platform == "win32" else {"start_new_session": True}
    subprocess.Popen([found, *_flags(profile), *_QUIET, url], **quiet, **detached)  # type: ignore[call-overload]
    return found


@contextlib.contextmanager
def unseen(data: Path, profile: Path, size: tuple[int, int], url: str = "about:blank") -> Iterator[None]:
    """Run a browser without a window, joined to the bridge of a data folder, for as long as the `with` lasts.

    Args:
        data: The data folder of the bridge.
        profile: The browser's profile; made when it is not there.
        size: Width and height of the view in CSS pixels.
        url: What it shows first.

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
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


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
