"""The fixture ``harness``, one per module: Chromium with the extension, connected to a `ScriptedApp`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import chromium
from playwright.sync_api import BrowserContext, Error, Page
from scripted_app import Message, ScriptedApp
from waiting import until
from web_server import Site


class Harness:
    """Chromium with the extension, and a test in place of the program.

    Attributes:
        app: The program's end of the connection.
        context: The browser.
        site: The web site that serves `tests/pages`.
    """

    def __init__(self, app: ScriptedApp, context: BrowserContext, site: Site | None) -> None:
        self.app, self.context, self._site = app, context, site

    @property
    def page(self) -> Page:
        return self.context.pages[0]

    @property
    def site(self) -> Site:
        assert self._site is not None
        return self._site

    def show(self, name: str) -> Page:
        """Open a page of `tests/pages` in the first tab and bring it to the front."""
        self.page.goto(self.site.page(name))
        self.page.bring_to_front()
        return self.page

    def wait_until(self, condition: Callable[[], object], what: str, patience: float = 60.0) -> None:
        """Wait until `condition` holds; Playwright processes the browser's events only while it is called."""

        def look() -> object:
            self.page.wait_for_timeout(10)
            return condition()

        until(look, what, patience=patience)

    def reset_tabs(self) -> Page:
        """Close all tabs except the first, and open a blank page in it."""

        def one() -> bool:
            if self.page.url != "about:blank":
                with contextlib.suppress(Error):  # another navigation may still be in progress
                    self.page.goto("about:blank")
            for page in self.context.pages[1:]:  # Playwright may report a new page late
                page.close()
            return [len(window["tabs"]) for window in self.app.windows()] == [1]

        self.wait_until(one, "one tab")
        return self.page

    def worker(self, script: str) -> Any:
        """Evaluate JavaScript in the extension's service worker."""
        self.wait_until(lambda: self.context.service_workers, "the worker")
        return self.context.service_workers[-1].evaluate(script)

    def stop_worker(self) -> None:
        """Stop the service worker, as the browser does when it is idle."""
        devtools = self.context.new_cdp_session(self.page)
        devtools.send("ServiceWorker.enable")
        devtools.send("ServiceWorker.stopAllWorkers")
        devtools.detach()

    @property
    def badge(self) -> tuple[str, str]:
        """Badge text and title of the toolbar icon."""
        text, title = self.worker("Promise.all([chrome.action.getBadgeText({}), chrome.action.getTitle({})])")
        return text, title


@contextlib.contextmanager
def open_harness(
    folder: Path, site: Site | None = None, greet: Message | None = None, **options: Any
) -> Iterator[Harness]:
    """Run a browser whose extension has sent hello; closed when the `with` block ends."""
    with ScriptedApp(folder, greet) as app:
        app.install(folder / "profile")
        with chromium(folder / "profile", **options) as context:
            harness = Harness(app, context, site)
            harness.wait_until(lambda: app.hellos, "the extension to say hello")
            yield harness


@pytest.fixture(scope="module")
def harness(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    """A browser for the tests of one module, connected."""
    with open_harness(tmp_path_factory.mktemp("harness"), site) as harness:
        until(harness.app.windows, "the list of windows")
        yield harness
