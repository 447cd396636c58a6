"""Commands are answered once, in order and within their deadlines, in a real Chromium."""

from __future__ import annotations

import queue
import socket
import time
from collections.abc import Iterator

import pytest
from extension_harness import Harness
from waiting import until

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(autouse=True)
def one_tab(harness: Harness) -> None:
    harness.reset_tabs()


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_commands_run_in_order_of_arrival(harness: Harness) -> None:
    page = harness.show("article.html")
    ends = [harness.app.start_request("scroll", vertical=1, horizontal=0) for _ in range(5)]
    ends += [harness.app.start_request("next_tab"), harness.app.start_request("where_am_i")]
    answers = [end.get(timeout=30) for end in ends]
    assert {answer["status"] for answer in answers} == {"ok"}
    positions = [answer["value"]["y"] for answer in answers[:5]]
    assert positions == sorted(positions) and len(set(positions)) == 5
    assert answers[4]["state"]["scroll"]["y"] == page.evaluate("scrollY")


def test_timeout_is_reported_once_and_the_next_command_runs(harness: Harness, silent: str) -> None:
    began = time.monotonic()
    late = harness.app.start_request("open", url=silent, new=False, deadline_ms=400)
    behind = harness.app.start_request("tabs")
    answer = late.get(timeout=10)
    assert (answer["status"], answer["error"]["code"]) == ("timeout", "timeout")
    assert 0.35 < time.monotonic() - began < 2 and 350 < answer["elapsed_ms"] < 2000
    assert behind.get(timeout=10)["status"] == "ok"
    harness.page.wait_for_timeout(300)
    with pytest.raises(queue.Empty):
        late.get_nowait()


def test_command_that_timed_out_in_the_queue_does_nothing(harness: Harness, silent: str) -> None:
    slow = harness.app.start_request("open", url=silent, new=False, deadline_ms=700)
    waiting = harness.app.start_request("new_tab", deadline_ms=200)
    assert waiting.get(timeout=10)["status"] == "timeout"
    slow.get(timeout=10)
    assert harness.app.ask("tabs")["status"] == "ok"
    assert len(harness.app.value("tabs")) == 1, "no tab was opened after the timeout"


def test_ping_and_stop_overtake(harness: Harness, silent: str) -> None:
    slow = harness.app.start_request("open", url=silent, new=False, deadline_ms=3000)
    assert harness.app.ask("ping")["status"] == "ok"
    assert harness.app.ask("stop")["status"] == "ok"
    assert slow.empty(), "they did not wait for the command before them"
    slow.get(timeout=10)


def test_closing_a_tab_fails_its_commands(harness: Harness, silent: str) -> None:
    other = harness.context.new_page()
    harness.wait_until(lambda: len(harness.app.value("tabs")) == 2, "the second tab")
    closing = harness.app.value("tabs")[1]["id"]
    going = harness.app.start_request("open", url=silent, new=False)
    after = harness.app.start_request("scroll", vertical=1, horizontal=0, tab=closing)
    harness.page.wait_for_timeout(200)
    began = time.monotonic()
    other.close()
    harness.wait_until(lambda: not going.empty(), "the answer")
    assert time.monotonic() - began < 2
    for answer in (going.get(timeout=10), after.get(timeout=10)):
        assert (answer["status"], answer["error"]["code"]) == ("failed", "tab_closed"), answer
    assert harness.app.ask("tabs")["status"] == "ok"


def test_hanging_page_blocks_only_its_own_commands(harness: Harness) -> None:
    page = harness.show("article.html")
    page.evaluate("setTimeout(() => { const end = Date.now() + 2500; while (Date.now() < end); }, 50)")
    harness.page.context.new_page()
    time.sleep(0.2)
    hung = harness.app.value("tabs")[0]["id"]
    late = harness.app.ask("scroll", vertical=1, horizontal=0, tab=hung, deadline_ms=500)
    assert late["status"] == "timeout"
    assert harness.app.ask("tabs", deadline_ms=2000)["status"] == "ok"
    harness.wait_until(
        lambda: harness.app.ask("scroll", vertical=1, horizontal=0, tab=hung)["status"] == "ok", "it again"
    )


def test_leaving_a_page_fails_its_pending_commands(harness: Harness) -> None:
    page = harness.show("elements.html?count=20000")
    codes = []
    for name in ("news.html", "article.html", "form.html"):
        pending = harness.app.start_request("document")
        page.goto(harness.site.page(name))
        answer = pending.get(timeout=30)
        codes.append(answer["error"]["code"] if answer["error"] else "ok")
    assert set(codes) <= {"ok", "navigated", "gone"}, codes
    assert harness.app.ask("document")["status"] == "ok"


def test_commands_after_a_channel_switch_go_to_that_channel(harness: Harness) -> None:
    harness.show("article.html")
    harness.worker(f"chrome.windows.create({{url: '{harness.site.page('news.html')}'}}).then(() => 0)")
    harness.wait_until(lambda: len(harness.app.windows()) == 2, "a second window")
    until(lambda: harness.app.windows()[1]["tabs"][0]["url"].endswith("news.html"), "its page")
    for number, name in [(1, "article.html"), (2, "news.html")] * 5:
        harness.app.start_request("channel", number=number)
        assert harness.app.ask("where_am_i")["value"]["url"].endswith(name)
    harness.app.value("close_tab")
