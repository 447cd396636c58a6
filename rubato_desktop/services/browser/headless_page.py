"""Visiting: one page in a Chromium without a window, seen through the extension's own code."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.browser.browser import Browser
from rubato_desktop.services.browser.launcher import unseen

START_S: Final = 30.0
LOAD_S: Final = 30.0
ANSWER_S: Final = 30.0
_BLANK: Final = "about:blank"


class HeadlessPage:
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
def open_page(target: str, size: tuple[int, int] = (1280, 800)) -> Iterator[HeadlessPage]:
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
            with unseen(Path(folder, "data"), Path(folder, "profile"), size, _BLANK):
                if not browser.wait(START_S):
                    raise RubatoError(
                        "The browser did not start with Rubato's extension",
                        todo="rubato doctor says what is missing",
                        code="needs_browser",
                    )
                state = browser.ask("open", url=url, new=False, deadline=LOAD_S).result(LOAD_S + 5).state
                # One that never ends to load is taken as it is by then.
                loaded.wait(LOAD_S)
                yield HeadlessPage(browser, state)
        finally:
            browser.close()
