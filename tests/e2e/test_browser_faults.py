"""Faults in a real browser get a clear answer, and the next command works."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from connected_browser import ConnectedBrowser
from waiting import until
from web_server import Site

pytestmark = pytest.mark.xdist_group("browser")

PDF = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>> endobj
trailer <</Root 1 0 R>>
%%EOF
"""


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_closing_a_loading_tab_fails_the_command(connected: ConnectedBrowser, silent_server: str) -> None:
    other = connected.context.new_page()
    other.goto(connected.site.page("news.html"))
    until(lambda: len(connected.send("tabs")["value"]) == 2, "the second tab")
    with ThreadPoolExecutor(1) as elsewhere:
        loading = elsewhere.submit(connected.send, "visit", silent_server)
        connected.page.wait_for_timeout(500)
        other.close()
        answer = loading.result(10)
    assert (answer["status"], answer["error"]["code"]) == ("failed", "tab_closed"), answer
    assert connected.send("tabs")["status"] == "ok"


def test_leaving_a_page_while_reading_ends_every_command(connected: ConnectedBrowser) -> None:
    connected.page.goto(connected.site.page("article.html"))
    with ThreadPoolExecutor(1) as elsewhere:
        for name in ("news.html", "article.html", "search.html", "index.html"):
            reading = elsewhere.submit(lambda: [connected.send("continue") for _ in range(4)])
            connected.page.goto(connected.site.page(name))
            for answer in reading.result(30):
                told = answer["error"]["code"] if answer["error"] else "ok"
                assert told in ("ok", "navigated", "gone", "end_of_page"), answer
                assert answer["elapsed_ms"] < 5000
    assert connected.send("read")["status"] == "ok"


def test_pdf_is_explained(connected: ConnectedBrowser, tmp_path: Path) -> None:
    (tmp_path / "score.pdf").write_bytes(PDF)
    served = Site(tmp_path)
    try:
        assert connected.send("visit", served.page("score.pdf"))["status"] == "ok"
        answer = connected.send("read")
        assert (answer["status"], answer["error"]["code"]) == ("refused", "restricted_page"), answer
        assert "PDF" in answer["error"]["message"] and "still work" in answer["error"]["message"]
        here = connected.send("where_am_i")
        assert here["status"] == "ok" and here["value"]["url"].endswith("score.pdf"), here
        assert connected.send("back")["status"] == "ok"
    finally:
        served.close()


def test_unreachable_address_fails(connected: ConnectedBrowser) -> None:
    answer = connected.send("visit", "http://127.0.0.1:1/")
    assert (answer["status"], answer["error"]["code"]) == ("failed", "not_found"), answer
    assert connected.send("visit", connected.site.page("index.html"))["status"] == "ok"


def test_page_text_is_never_run(connected: ConnectedBrowser) -> None:
    connected.page.goto(connected.site.page("hostile.html"))
    answers = [connected.send("continue") for _ in range(5)]
    assert any(answer["value"] for answer in answers)

    def since() -> list[dict[str, Any]]:
        return [line for line in connected.program.journal() if line.get("id", 0) >= answers[0]["id"]]

    until(lambda: len(since()) >= 5, "the journal to be written")
    assert [(line["kind"], line["command"]) for line in since()] == [("result", "continue")] * 5
    connected.page.goto(connected.site.page("index.html"))


def test_stopped_worker_reconnects_when_the_browser_is_used(connected: ConnectedBrowser) -> None:
    devtools = connected.context.new_cdp_session(connected.page)
    devtools.send("ServiceWorker.enable")
    devtools.send("ServiceWorker.stopAllWorkers")
    until(lambda: not connected.joined, "the disconnect")
    assert connected.send("tabs")["error"]["code"] == "needs_browser"
    connected.page.goto(connected.site.page("news.html"))
    connected.wait_until(lambda: connected.joined, "it to reconnect")
    # The disconnect of the old worker may still be pending: a command sent meanwhile is refused once.
    answers: list[dict[str, Any]] = []

    def scrolls() -> bool:
        answers.append(connected.send("scroll", "1"))
        return bool(answers[-1]["status"] == "ok")

    connected.wait_until(scrolls, "it to scroll")
    assert len(answers) <= 2, [answer["error"] for answer in answers]


def test_simultaneous_commands_run_in_order(connected: ConnectedBrowser) -> None:
    connected.page.goto(connected.site.page("elements.html?count=2000"))
    with ThreadPoolExecutor(12) as many:
        answers = list(many.map(lambda _: connected.send("scroll", "1"), range(12)))
    assert [answer["status"] for answer in answers] == ["ok"] * 12, answers[0]
    # Ids are in order of arrival; each scroll must start where the one before it ended.
    positions = [answer["value"]["y"] for answer in sorted(answers, key=lambda answer: int(answer["id"]))]
    assert positions == sorted(set(positions)) and len(positions) == 12
