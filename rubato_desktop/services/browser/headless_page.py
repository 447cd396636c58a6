"""A page opened in headless Chromium and read through the extension."""

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
from rubato_desktop.services.browser.launcher import headless_browser

START_TIMEOUT_S: Final = 30.0
LOAD_TIMEOUT_S: Final = 30.0
ANSWER_TIMEOUT_S: Final = 30.0
_BLANK: Final = "about:blank"


class HeadlessPage:
    """An open page.

    Attributes:
        url: Its address, as the browser has it.
        title: Its title.
    """

    def __init__(self, browser: Browser, state: Mapping[str, Any]) -> None:
        self._browser = browser
        self.url: str = state.get("url", "")
        self.title: str = state.get("title", "")

    def ask(self, name: str, /, **args: Any) -> Any:
        """Send a command about the page to the extension and return its answer; blocks.

        Raises:
            BrowserError: the command failed, was refused or timed out.
        """
        reply = self._browser.ask(name, deadline=ANSWER_TIMEOUT_S, **args).result(ANSWER_TIMEOUT_S + 5)
        self.title = reply.state.get("title") or self.title
        return reply.value


def address_of(target: str) -> str:
    """Return the address of a target given by the user: an address or a file.

    Raises:
        RubatoError: the target is neither.
    """
    if urlsplit(target).scheme in ("http", "https", "file"):
        return target
    path = Path(target).expanduser()
    if path.is_file():
        return path.resolve().as_uri()
    raise RubatoError(
        f"{target} is neither a file nor an address",
        todo="An address starts with http:// or https://",
        code="bad_arguments",
    )


@contextlib.contextmanager
def open_page(target: str, size: tuple[int, int] = (1280, 800)) -> Iterator[HeadlessPage]:
    """Open a page, wait until it has loaded, and close it when the `with` block ends; leaves nothing behind.

    Args:
        target: An address, or a file.
        size: Width and height of the view in CSS pixels.

    Raises:
        RubatoError: there is no Chromium, it does not start, or `target` is neither a file nor an address.
        BrowserError: the page cannot be opened.
    """
    url = address_of(target)
    loaded = threading.Event()

    def on_event(name: str, args: Mapping[str, Any]) -> None:
        if name == "loaded" and args["url"] != _BLANK:
            loaded.set()

    with tempfile.TemporaryDirectory(prefix="rubato-visit-", ignore_cleanup_errors=True) as folder:
        browser = Browser(Path(folder, "data"), on_event=on_event, trust_all=True)
        browser.start()
        try:
            with headless_browser(Path(folder, "data"), Path(folder, "profile"), size, _BLANK):
                if not browser.wait(START_TIMEOUT_S):
                    raise RubatoError(
                        "The browser did not start with Rubato's extension",
                        todo="To see what is missing, run: rubato doctor",
                        code="needs_browser",
                    )
                state = (
                    browser.ask("open", url=url, new=False, deadline=LOAD_TIMEOUT_S)
                    .result(LOAD_TIMEOUT_S + 5)
                    .state
                )
                # A page that never finishes loading is used as it is by then.
                loaded.wait(LOAD_TIMEOUT_S)
                yield HeadlessPage(browser, state)
        finally:
            browser.close()
