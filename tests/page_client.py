"""Requests to the extension's content scripts in a real Chromium that shows pages of `tests/pages`.

Two origins serve the same folder, so that frames of another origin are real.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chromium import chromium
from playwright.sync_api import BrowserContext, Page, Worker
from web_server import Site


class PageClient:
    """Sends requests to the extension's content scripts as its service worker does.

    Args:
        context: A browser with the extension.
        origin: Origin that serves `tests/pages`.
        other: Another origin that serves the same folder.
    """

    def __init__(self, context: BrowserContext, origin: str, other: str) -> None:
        self.context = context
        self.origin = origin
        self.other = other
        self.page: Page = context.pages[0] if context.pages else context.new_page()
        workers = context.service_workers
        self.worker: Worker = workers[0] if workers else context.wait_for_event("serviceworker")

    def open(self, name: str) -> Page:
        """Open a page of ``tests/pages``, such as ``news.html?x=1``, and wait until its content scripts have loaded."""
        self.page.goto(f"{self.origin}/{name}")
        return self.page

    def ask(self, do: str, frame: int = 0, **args: Any) -> Any:
        """Send a request to a frame of the page and return its value.

        Args:
            do: Name of the request.
            frame: The browser's frame id; 0 is the top frame.
            args: Arguments of the request.

        Raises:
            Refused: The page answered with an error.
        """
        answer = self.worker.evaluate(
            """async ([message, frameId]) => {
                const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
                return chrome.tabs.sendMessage(tab.id, message, { frameId });
            }""",
            [{"do": do, "args": args}, frame],
        )
        if "error" in answer:
            raise Refused(**answer["error"])
        return answer["ok"]

    def evaluate(self, function: str, *arguments: Any) -> Any:
        """Run a JavaScript function in the content scripts' isolated world and return its result."""
        results = self.worker.evaluate(
            """async (args) => {
                const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
                const func = FUNCTION;
                return chrome.scripting.executeScript({ target: { tabId: tab.id }, func, args });
            }""".replace("FUNCTION", function),
            list(arguments),
        )
        return results[0]["result"]

    def timed(self, do: str, **args: Any) -> float:
        """Return the time in ms that the page takes to answer a request."""
        return float(
            self.evaluate(
                """async (asked) => {
                    const began = rubato.now();
                    await rubato.answer(asked);
                    return rubato.now() - began;
                }""",
                {"do": do, "args": args},
            )
        )

    def ask_all(self, do: str, **args: Any) -> dict[int, Any]:
        """Send a request to every frame; return the values by frame id, without the frames that failed."""
        results = self.worker.evaluate(
            """async (message) => {
                const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
                const target = { tabId: tab.id, allFrames: true };
                const func = (asked) => globalThis.rubato?.answer(asked);
                return chrome.scripting.executeScript({ target, func, args: [message] });
            }""",
            {"do": do, "args": args},
        )
        return {
            each["frameId"]: each["result"]["ok"]
            for each in results
            if each.get("result") and "ok" in each["result"]
        }

    def names(self, scan: dict[str, Any], frame: int = 0) -> list[tuple[str, str]]:
        """Return the kind and the label of each element of a scan."""
        refs = [each["ref"] for each in scan["elements"]]
        labels = self.ask("names", frame, refs=refs)
        return [(each["kind"], labels[str(each["ref"])]["label"]) for each in scan["elements"]]

    def find(self, kind: str, label: str) -> dict[str, Any]:
        """Return the element in view with this kind and label.

        Raises:
            LookupError: There is no such element.
        """
        scan = self.ask("scan")
        for element, name in zip(scan["elements"], self.names(scan), strict=True):
            if name == (kind, label):
                return dict(element)
        raise LookupError(f"no {kind} {label!r}")


class Refused(Exception):
    """The page answered with an error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@contextmanager
def open_pages(*flags: str, viewport: tuple[int, int] = (1280, 800)) -> Iterator[PageClient]:
    """Open a browser with the extension, and serve the pages from two origins.

    Args:
        flags: Further command-line switches of Chromium.
        viewport: Width and height of the viewport, px.
    """
    size = {"width": viewport[0], "height": viewport[1]}
    with TemporaryDirectory(prefix="rubato-chromium-", ignore_cleanup_errors=True) as profile:
        browser = chromium(Path(profile), flags=flags, viewport=size)
        with closing(Site()) as site, closing(Site()) as other, browser as context:
            yield PageClient(context, site.origin, other.origin)
