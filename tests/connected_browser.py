"""The fixture ``connected``, one per module: the running program connected to a real Chromium."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chromium import chromium
from playwright.sync_api import BrowserContext, Page
from program import Program
from waiting import until
from web_server import Site

from extension_bridge.install import Installation


class ConnectedBrowser:
    """The running program and a browser that is connected to it and controlled by the test.

    Attributes:
        program: The program, without a window.
        context: The browser.
        site: The web site that serves `tests/pages`.
    """

    def __init__(self, program: Program, context: BrowserContext, site: Site) -> None:
        self.program, self.context, self.site = program, context, site

    @property
    def page(self) -> Page:
        """The first tab."""
        return self.context.pages[0]

    @property
    def joined(self) -> bool:
        """Whether the program sees the browser as connected."""
        return "browser" in self.program.ask("status")["value"]["has"]

    def send(self, *words: str) -> dict[str, Any]:
        """Run a command as `rubato send` does; return its result."""
        return self.program.send(*words)

    def wait_until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until `condition` holds; Playwright processes the browser's events only while it is called."""

        def look() -> object:
            self.page.wait_for_timeout(20)
            return condition()

        until(look, what)


@pytest.fixture(scope="module")
def connected(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectedBrowser]:
    folder = tmp_path_factory.mktemp("connected")
    Installation(folder / "data").install_in_profile(folder / "profile")
    program = Program(folder / "data")
    with chromium(folder / "profile") as context:
        connected = ConnectedBrowser(program, context, site)
        until(lambda: program.ask("status")["value"]["question"], "the pairing question")
        program.ask("confirm")
        until(lambda: connected.joined, "the browser to connect")
        yield connected
    program.end(signal.SIGKILL)
