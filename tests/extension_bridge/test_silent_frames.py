"""Pages with parts that never load or never answer, in a real Chromium."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from extension_harness import Harness, open_harness
from playwright.sync_api import Page
from web_server import Site

pytestmark = pytest.mark.xdist_group("browser")

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Études</title>{head}</head>
<body style="margin:0"><h1>Études</h1><p>The left hand alone.</p><a href="/plain">a link of the page</a>
<div>{body}</div><div style="height:3000px"></div></body></html>"""
FRAME = '<iframe src="{src}" width="200" height="60"></iframe>'
INNER = '<!doctype html><html><body><a href="/plain">a link of a frame</a>'
ENDLESS = "<script>addEventListener('load', () => setTimeout(() => { for (;;); }, 100))</script>"


class Stalling:
    """A site whose pages have parts that never load. `other` is the same server under another host name."""

    def __init__(self) -> None:
        stalling, self._ended = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stalling.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        port = self._server.server_address[1]
        self.origin, self.other = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        frames = [self.other + "/endless"] + ["/unending", "/silent"] + ["/inner"] * 17
        never = '<img src="/silent.png"><link rel="stylesheet" href="/silent.css">'
        self.pages = {
            "/plain": PAGE.format(head="", body=""),
            "/unending-frame": PAGE.format(head="", body=FRAME.format(src="/unending")),
            "/waiting-frame": PAGE.format(head="", body=FRAME.format(src="/silent")),
            "/endless-frame": PAGE.format(head="", body=FRAME.format(src=self.other + "/endless")),
            "/never": PAGE.format(head="", body=never),
            "/never-script": PAGE.format(head="", body="").replace(
                "</body>", '<script src="/silent.js"></script><p>never seen</p></body>'
            ),
            "/twenty": PAGE.format(head="", body="".join(FRAME.format(src=src) for src in frames)),
            "/endless-page": PAGE.format(head="", body="") + ENDLESS,
            "/endless": INNER + ENDLESS,
            "/inner": INNER,
        }

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        path = to.path.partition("?")[0]
        if path.startswith("/silent"):
            self._ended.wait()
            return
        text = INNER if path == "/unending" else self.pages.get(path)
        to.send_response(404 if text is None else 200)
        to.send_header("Content-Type", "text/html; charset=utf-8")
        to.end_headers()
        to.wfile.write((text or "").encode())
        to.wfile.flush()
        if path == "/unending":
            self._ended.wait()

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def stalling() -> Iterator[Stalling]:
    stalling = Stalling()
    yield stalling
    stalling.close()


@pytest.fixture(scope="module")
def stalled(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    with open_harness(tmp_path_factory.mktemp("stalled"), site, flags=("--site-per-process",)) as harness:
        harness.wait_until(harness.app.windows, "what is open to be told")
        yield harness


def show(harness: Harness, address: str) -> Page:
    harness.page.goto(address, wait_until="commit")
    harness.page.get_by_role("link", name="a link of the page").wait_for()
    return harness.page


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("links", {}),
    ("layout", {"columns": 24}),
    ("find", {"text": "left hand"}),
    ("document", {}),
    ("read", {}),
    ("move", {"row": 0, "column": 0}),
    ("scroll", {"vertical": 1, "horizontal": 0}),
    ("scroll", {"vertical": -1, "horizontal": 0}),
    ("where_am_i", {}),
    ("media", {}),
]
STALLING = {
    "/unending-frame": 0,
    "/waiting-frame": 0,
    "/endless-frame": 1,
    "/never": 0,
    "/never-script": 0,
    "/twenty": 1,
}


@pytest.mark.parametrize("path", STALLING)
def test_commands_work_on_pages_with_stalled_parts(stalled: Harness, stalling: Stalling, path: str) -> None:
    show(stalled, stalling.origin + path)
    stalled.page.wait_for_timeout(500)  # until the endless script runs
    for name, args in COMMANDS:
        answer = stalled.app.ask(name, **args)
        assert answer["status"] == "ok", (name, answer)
    links = stalled.app.ask("links")
    labels = [link["label"] for link in links["value"]]
    assert labels[0] == "a link of the page"
    assert links["state"].get("left_out", []) == [stalling.other + "/endless"] * STALLING[path]
    if path == "/twenty":
        assert labels.count("a link of a frame") >= 17, labels
    clicked = stalled.app.ask("click", ref=links["value"][0]["ref"])
    assert clicked["status"] == "ok", clicked
    stalled.wait_until(lambda: stalled.page.url.endswith("/plain"), "the link to open")


@pytest.mark.parametrize("path", ["/waiting-frame", "/never", "/never-script"])
def test_page_counts_as_loaded_despite_a_stalled_part(
    stalled: Harness, stalling: Stalling, path: str
) -> None:
    stalled.reset_tabs()
    said = len(stalled.app.events)
    show(stalled, stalling.origin + path)

    def told() -> list[Any]:
        return [
            event
            for event in stalled.app.events[said:]
            if event["name"] == "loaded" and event["args"]["url"].endswith(path)
        ]

    stalled.wait_until(told, "the page to be told", patience=40)
    assert len(told()) == 1


@contextmanager
def hanging(harness: Harness, stalling: Stalling) -> Iterator[None]:
    """Open a tab of another site whose script never ends; close it afterwards."""
    harness.app.ask("new_tab", url=stalling.other + "/endless-page")
    time.sleep(1)  # until its script runs; the page cannot be asked
    try:
        yield
    finally:
        harness.app.ask("close_tab")


def test_hanging_page_is_named_and_others_keep_working(stalled: Harness, stalling: Stalling) -> None:
    stalled.reset_tabs()
    show(stalled, stalling.origin + "/plain")
    with hanging(stalled, stalling):
        answer = stalled.app.ask("links")
        assert (answer["status"], answer["error"]["code"]) == ("timeout", "timeout"), answer
        said = answer["error"]["message"]
        assert "Études" in said and "does not answer" in said and "close" in said.lower(), said
        first = stalled.app.value("tabs")[0]["id"]
        assert [link["label"] for link in stalled.app.value("links", tab=first)] == ["a link of the page"]
        assert stalled.app.ask("media")["status"] == "ok"
        found = stalled.app.ask("find_all", text="left hand")
        assert found["status"] == "ok" and [each["tab"] for each in found["value"]] == [first]
        assert stalled.app.ask("previous_tab")["status"] == "ok"
        assert stalled.app.ask("next_tab")["status"] == "ok"
    assert len(stalled.app.value("tabs")) == 1
