"""Visiting: one page in a Chromium without a window, seen through the extension's own code."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from extension_bridge.browsers import KINDS, System, program
from extension_bridge.identity import EXTENSION
from extension_bridge.install import Installation
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.browser.browser import Browser

START_S: Final = 30.0
LOAD_S: Final = 30.0
ANSWER_S: Final = 30.0
_BLANK: Final = "about:blank"
_FLAGS: Final = (
    "--headless=new",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
)


class Visit:
    """A page that is open.

    Attributes:
        url: Its address, as the browser has it.
        title: Its title.
    """

    def __init__(self, browser: Browser, state: Mapping[str, Any]) -> None:
        self._browser = browser
        self.url: str = state.get("url", "")
        self.title: str = state.get("title", "")

    def ask(self, name: str, /, **args: Any) -> Any:
        """Ask the extension something about the page; waits for the answer and returns it.

        Raises:
            BrowserError: it failed, was refused or came too late.
        """
        reply = self._browser.ask(name, deadline=ANSWER_S, **args).result(ANSWER_S + 5)
        self.title = reply.state.get("title") or self.title
        return reply.value


def address_of(target: str) -> str:
    """Return the address of what a person named: an address, or a file.

    Raises:
        RubatoError: it is neither.
    """
    if urlsplit(target).scheme in ("http", "https", "file"):
        return target
    path = Path(target).expanduser()
    if path.is_file():
        return path.resolve().as_uri()
    raise RubatoError(
        f"{target} is neither a file nor an address",
        todo="An address begins with http:// or https://",
        code="bad_arguments",
    )


@contextlib.contextmanager
def visit(target: str, size: tuple[int, int] = (1280, 800)) -> Iterator[Visit]:
    """Open a page, wait until it has loaded, and close it when the `with` ends. Nothing of it is kept.

    Args:
        target: An address, or a file.
        size: Width and height of the view in CSS pixels.

    Raises:
        RubatoError: there is no Chromium, it does not start, or `target` is nothing to open.
        BrowserError: the page cannot be opened.
    """
    url = address_of(target)
    loaded = threading.Event()

    def happened(name: str, args: Mapping[str, Any]) -> None:
        if name == "loaded" and args["url"] != _BLANK:
            loaded.set()

    with tempfile.TemporaryDirectory(prefix="rubato-visit-", ignore_cleanup_errors=True) as folder:
        browser = Browser(Path(folder, "data"), on_event=happened, trusting=True)
        browser.start()
        try:
            with _chromium(Path(folder), size):
                if not browser.wait(START_S):
                    raise RubatoError(
                        "The browser did not start with Rubato's extension",
                        todo="rubato doctor says what is missing",
                        code="needs_browser",
                    )
                state = browser.ask("open", url=url, new=False, deadline=LOAD_S).result(LOAD_S + 5).state
                # One that never ends to load is taken as it is by then.
                loaded.wait(LOAD_S)
                yield Visit(browser, state)
        finally:
            browser.close()


@contextlib.contextmanager
def _chromium(folder: Path, size: tuple[int, int]) -> Iterator[None]:
    profile = folder / "profile"
    Installation(folder / "data").install_in_profile(profile)
    width, height = size
    # A window of its own would take some of the height for itself; in a kiosk the page has the whole screen.
    view = ("--kiosk", f"--screen-info={{{width}x{height}}}", f"--window-size={width},{height}")
    loading = (f"--disable-extensions-except={EXTENSION}", f"--load-extension={EXTENSION}")
    process = subprocess.Popen(
        [_program(), *_FLAGS, *_as_root(), *view, *loading, f"--user-data-dir={profile}", _BLANK],
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


def _as_root() -> tuple[str, ...]:
    # Chromium does not start as root with its sandbox.
    return ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()


def _program() -> str:
    for kind in KINDS:
        found = program(kind, System()) if kind.loads_unpacked else None
        if found:
            return found
    raise RubatoError(
        "There is no browser that can be started with Rubato's extension",
        todo="Install Chromium",
        code="needs_browser",
    )
