"""Pages like the web, served, and a real Chromium with the extension to look at them.

Two origins serve the same folder ``tests/pages``, so that frames of another origin are real.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from extended import chromium
from playwright.sync_api import BrowserContext, Page, Worker

PAGES = Path(__file__).parent / "pages"


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, with parts of them where asked (media seek), and says nothing."""

    def log_message(self, *_: Any) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        path = Path(self.translate_path(urlsplit(self.path).path))
        if not asked.startswith("bytes=") or not path.is_file():
            super().do_GET()
            return
        data = path.read_bytes()
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, end = int(first or 0), int(last or len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
        self.send_header("Content-Length", str(end - start + 1))
        self.end_headers()
        self.wfile.write(data[start : end + 1])


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in mid-transfer is nothing to report."""


@contextmanager
def served() -> Iterator[str]:
    """Serve ``tests/pages``; gives the origin, such as ``http://127.0.0.1:40001``."""
    with _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(PAGES))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Hand:
    """The extension's content scripts in a real page, asked as its worker asks them.

    Args:
        context: A browser with the extension.
        origin: Where the pages are served.
        other: The same folder under another origin.
    """

    def __init__(self, context: BrowserContext, origin: str, other: str) -> None:
        self.context = context
        self.origin = origin
        self.other = other
        self.page: Page = context.pages[0] if context.pages else context.new_page()
        workers = context.service_workers
        self.worker: Worker = workers[0] if workers else context.wait_for_event("serviceworker")

    def open(self, name: str) -> Page:
        """Open a page of ``tests/pages``, such as ``news.html?x=1``, and wait until its content scripts are there."""
        self.page.goto(f"{self.origin}/{name}")
        return self.page

    def ask(self, do: str, frame: int = 0, **args: Any) -> Any:
        """What the page answers.

        Raises:
            Refused: It answers with an error.
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

    def ask_all(self, do: str, **args: Any) -> dict[int, Any]:
        """What each frame of the page answers, by the browser's number of the frame."""
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
        """Kind and label of all that a scan found."""
        refs = [each["ref"] for each in scan["elements"]]
        labels = self.ask("names", frame, refs=refs)
        return [(each["kind"], labels[str(each["ref"])]["label"]) for each in scan["elements"]]

    def find(self, kind: str, label: str) -> dict[str, Any]:
        """The one element in view of a kind and with a label.

        Raises:
            LookupError: There is none.
        """
        scan = self.ask("scan")
        for element, name in zip(scan["elements"], self.names(scan), strict=True):
            if name == (kind, label):
                return dict(element)
        raise LookupError(f"no {kind} {label!r}")


class Refused(Exception):
    """The page refused, or failed to, with a code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@contextmanager
def hand(*flags: str, viewport: tuple[int, int] = (1280, 800)) -> Iterator[Hand]:
    """Open a browser with the extension, and serve the pages from two origins.

    Args:
        flags: More of Chromium's own switches.
        viewport: Width and height of the view, in pixels.
    """
    size = {"width": viewport[0], "height": viewport[1]}
    with TemporaryDirectory(prefix="rubato-chromium-", ignore_cleanup_errors=True) as profile:
        browser = chromium(Path(profile), flags=flags, viewport=size)
        with served() as origin, served() as other, browser as context:
            yield Hand(context, origin, other)
