"""A web server for the pages in `tests/pages`. Two servers have different origins, because their ports differ."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parent / "pages"


class Site:
    """A web site on the loopback interface.

    Attributes:
        origin: Its origin, such as ``http://127.0.0.1:8000``.
    """

    def __init__(self, folder: Path = PAGES) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def page(self, name: str) -> str:
        """Return the address of a page, such as ``news.html``."""
        return f"{self.origin}/{name}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A web site with the pages of `tests/pages`."""
    site = Site()
    yield site
    site.close()
