"""Every command is answered once, in order, within its deadline, whatever becomes of its tab: in a real Chromium."""

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
    """The address of a server that takes every call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_commands_are_carried_out_in_the_order_they_came(harness: Harness) -> None:
    page = harness.show("article.html")
    ends = [harness.app.start_asking("scroll", vertical=1, horizontal=0) for _ in range(5)]
    ends += [harness.app.start_asking("next_tab"), harness.app.start_asking("where_am_i")]
    answers = [end.get(timeout=30) for end in ends]
    assert {answer["status"] for answer in answers} == {"ok"}
    places = [answer["value"]["y"] for answer in answers[:5]]
    assert places == sorted(places) and len(set(places)) == 5
    assert answers[4]["state"]["scroll"]["y"] == page.evaluate("scrollY")


def test_what_comes_too_late_is_told_once_and_the_next_is_carried_out(harness: Harness, silent: str) -> None:
    began = time.monotonic()
    late = harness.app.start_asking("open", url=silent, new=False, deadline_ms=400)
    behind = harness.app.start_asking("tabs")
    answer = late.get(timeout=10)
    assert (answer["status"], answer["error"]["code"]) == ("timeout", "timeout")
    assert 0.35 < time.monotonic() - began < 2 and 350 < answer["elapsed_ms"] < 2000
    assert behind.get(timeout=10)["status"] == "ok"
    harness.page.wait_for_timeout(300)
    with pytest.raises(queue.Empty):
        late.get_nowait()


def test_a_command_whose_deadline_passed_while_it_waited_does_nothing(harness: Harness, silent: str) -> None:
    slow = harness.app.start_asking("open", url=silent, new=False, deadline_ms=700)
    waiting = harness.app.start_asking("new_tab", deadline_ms=200)
    assert waiting.get(timeout=10)["status"] == "timeout"
    slow.get(timeout=10)
    assert harness.app.ask("tabs")["status"] == "ok"
    assert len(harness.app.value("tabs")) == 1, "no tab was opened after its time"


def test_ping_stop_and_media_overtake(harness: Harness, silent: str) -> None:
    slow = harness.app.start_asking("open", url=silent, new=False, deadline_ms=3000)
    assert harness.app.ask("ping")["status"] == "ok"
    assert harness.app.ask("stop")["status"] == "ok"
    assert slow.empty(), "they did not wait for what came before"
    slow.get(timeout=10)


def test_a_tab_that_is_closed_ends_what_was_meant_for_it(harness: Harness, silent: str) -> None:
    other = harness.context.new_page()
    harness.wait_until(lambda: len(harness.app.value("tabs")) == 2, "the second tab")
    closing = harness.app.value("tabs")[1]["id"]
    going = harness.app.start_asking("open", url=silent, new=False)
    after = harness.app.start_asking("scroll", vertical=1, horizontal=0, tab=closing)
    harness.page.wait_for_timeout(200)
    began = time.monotonic()
    other.close()
    harness.wait_until(lambda: not going.empty(), "the answer")
    assert time.monotonic() - began < 2
    for answer in (going.get(timeout=10), after.get(timeout=10)):
        assert (answer["status"], answer["error"]["code"]) == ("failed", "tab_closed"), answer
    assert harness.app.ask("tabs")["status"] == "ok"


def test_a_page_that_hangs_holds_up_nothing_but_what_asks_it(harness: Harness) -> None:
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


def test_a_page_that_is_left_while_it_is_asked_is_told(harness: Harness) -> None:
    page = harness.show("elements.html?count=20000")
    told = []
    for name in ("news.html", "article.html", "form.html"):
        asked = harness.app.start_asking("document")
        page.goto(harness.site.page(name))
        answer = asked.get(timeout=30)
        told.append(answer["error"]["code"] if answer["error"] else "ok")
    assert set(told) <= {"ok", "navigated", "gone"}, told
    assert harness.app.ask("document")["status"] == "ok"


def test_what_follows_a_word_finds_the_channel_and_tab_that_word_went_to(harness: Harness) -> None:
    harness.show("article.html")
    harness.worker(f"chrome.windows.create({{url: '{harness.site.page('news.html')}'}}).then(() => 0)")
    harness.wait_until(lambda: len(harness.app.windows()) == 2, "a second window")
    until(lambda: harness.app.windows()[1]["tabs"][0]["url"].endswith("news.html"), "its page")
    for number, name in [(1, "article.html"), (2, "news.html")] * 5:
        harness.app.start_asking("channel", number=number)
        assert harness.app.ask("where_am_i")["value"]["url"].endswith(name)
    harness.app.value("close_tab")
