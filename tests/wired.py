"""A real Chromium with the extension, joined to an app that the test plays."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from extended import chromium
from playwright.sync_api import BrowserContext, Error, Page
from scripted_app import Message, ScriptedApp
from served import Site
from waiting import until


class Wired:
    """The browser as a test sees it, and the app as the extension sees it.

    Attributes:
        app, context, site: The app's end, the browser, the pages to show.
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
        """Show a page in the first tab."""
        self.page.goto(self.site.page(name))
        self.page.bring_to_front()
        return self.page

    def sees(self, holds: Callable[[], object], what: str, patience: float = 60.0) -> None:
        """Wait until something holds; Playwright learns of the browser only while it is asked."""

        def look() -> object:
            self.page.wait_for_timeout(10)
            return holds()

        until(look, what, patience=patience)

    def alone(self) -> Page:
        """Close all tabs but the first, and show nothing in that."""

        def one() -> bool:
            if self.page.url != "about:blank":
                with contextlib.suppress(Error):  # another navigation may still be on its way
                    self.page.goto("about:blank")
            for page in self.context.pages[1:]:  # Playwright may learn of one late
                page.close()
            return [len(window["tabs"]) for window in self.app.windows()] == [1]

        self.sees(one, "one tab")
        return self.page

    def worker(self, script: str) -> Any:
        """Evaluate something in the extension's worker."""
        self.sees(lambda: self.context.service_workers, "the worker")
        return self.context.service_workers[-1].evaluate(script)

    def stop_worker(self) -> None:
        """Put the worker to sleep, as the browser does when it has nothing to do."""
        devtools = self.context.new_cdp_session(self.page)
        devtools.send("ServiceWorker.enable")
        devtools.send("ServiceWorker.stopAllWorkers")
        devtools.detach()

    @property
    def face(self) -> tuple[str, str]:
        """Text and title of the icon in the toolbar."""
        text, title = self.worker("Promise.all([chrome.action.getBadgeText({}), chrome.action.getTitle({})])")
        return text, title


@contextlib.contextmanager
def wire(
    folder: Path, site: Site | None = None, greet: Message | None = None, **options: Any
) -> Iterator[Wired]:
    """Run a browser whose extension has said hello while the `with` lasts."""
    with ScriptedApp(folder, greet) as app:
        app.install(folder / "profile")
        with chromium(folder / "profile", **options) as context:
            wired = Wired(app, context, site)
            wired.sees(lambda: app.hellos, "the extension to say hello")
            yield wired


@pytest.fixture(scope="module")
def wired(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    """A browser for the tests of one module, joined."""
    with wire(tmp_path_factory.mktemp("wired"), site) as wired:
        until(wired.app.windows, "what is open to be told")
        yield wired
