"""Every command is answered once, in order, within its deadline, whatever becomes of its tab: in a real Chromium."""

from __future__ import annotations

import queue
import socket
import time
from collections.abc import Iterator

import pytest
from waiting import until
from wired import Wired

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(autouse=True)
def one_tab(wired: Wired) -> None:
    wired.alone()


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes every call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_commands_are_carried_out_in_the_order_they_came(wired: Wired) -> None:
    page = wired.show("article.html")
    ends = [wired.app.start_asking("scroll", vertical=1, horizontal=0) for _ in range(5)]
    ends += [wired.app.start_asking("next_tab"), wired.app.start_asking("where_am_i")]
    answers = [end.get(timeout=30) for end in ends]
    assert {answer["status"] for answer in answers} == {"ok"}
    places = [answer["value"]["y"] for answer in answers[:5]]
    assert places == sorted(places) and len(set(places)) == 5
    assert answers[4]["state"]["scroll"]["y"] == page.evaluate("scrollY")


def test_what_comes_too_late_is_told_once_and_the_next_is_carried_out(wired: Wired, silent: str) -> None:
    began = time.monotonic()
    late = wired.app.start_asking("open", url=silent, new=False, deadline_ms=400)
    behind = wired.app.start_asking("tabs")
    answer = late.get(timeout=10)
    assert (answer["status"], answer["error"]["code"]) == ("timeout", "timeout")
    assert 0.35 < time.monotonic() - began < 2 and 350 < answer["elapsed_ms"] < 2000
    assert behind.get(timeout=10)["status"] == "ok"
    wired.page.wait_for_timeout(300)
    with pytest.raises(queue.Empty):
        late.get_nowait()


def test_a_command_whose_deadline_passed_while_it_waited_does_nothing(wired: Wired, silent: str) -> None:
    slow = wired.app.start_asking("open", url=silent, new=False, deadline_ms=700)
    waiting = wired.app.start_asking("new_tab", deadline_ms=200)
    assert waiting.get(timeout=10)["status"] == "timeout"
    slow.get(timeout=10)
    assert wired.app.ask("tabs")["status"] == "ok"
    assert len(wired.app.value("tabs")) == 1, "no tab was opened after its time"


def test_ping_stop_and_media_overtake(wired: Wired, silent: str) -> None:
    slow = wired.app.start_asking("open", url=silent, new=False, deadline_ms=3000)
    assert wired.app.ask("ping")["status"] == "ok"
    assert wired.app.ask("stop")["status"] == "ok"
    assert slow.empty(), "they did not wait for what came before"
    slow.get(timeout=10)


def test_a_tab_that_is_closed_ends_what_was_meant_for_it(wired: Wired, silent: str) -> None:
    other = wired.context.new_page()
    wired.sees(lambda: len(wired.app.value("tabs")) == 2, "the second tab")
    closing = wired.app.value("tabs")[1]["id"]
    going = wired.app.start_asking("open", url=silent, new=False)
    after = wired.app.start_asking("scroll", vertical=1, horizontal=0, tab=closing)
    wired.page.wait_for_timeout(200)
    began = time.monotonic()
    other.close()
    wired.sees(lambda: not going.empty(), "the answer")
    assert time.monotonic() - began < 2
    for answer in (going.get(timeout=10), after.get(timeout=10)):
        assert (answer["status"], answer["error"]["code"]) == ("failed", "tab_closed"), answer
    assert wired.app.ask("tabs")["status"] == "ok"


def test_a_page_that_hangs_holds_up_nothing_but_what_asks_it(wired: Wired) -> None:
    page = wired.show("article.html")
    page.evaluate("setTimeout(() => { const end = Date.now() + 2500; while (Date.now() < end); }, 50)")
    wired.page.context.new_page()
    time.sleep(0.2)
    hung = wired.app.value("tabs")[0]["id"]
    late = wired.app.ask("scroll", vertical=1, horizontal=0, tab=hung, deadline_ms=500)
    assert late["status"] == "timeout"
    assert wired.app.ask("tabs", deadline_ms=2000)["status"] == "ok"
    wired.sees(
        lambda: wired.app.ask("scroll", vertical=1, horizontal=0, tab=hung)["status"] == "ok", "it again"
    )


def test_a_page_that_is_left_while_it_is_asked_is_told(wired: Wired) -> None:
    page = wired.show("elements.html?count=20000")
    told = []
    for name in ("news.html", "article.html", "form.html"):
        asked = wired.app.start_asking("document")
        page.goto(wired.site.page(name))
        answer = asked.get(timeout=30)
        told.append(answer["error"]["code"] if answer["error"] else "ok")
    assert set(told) <= {"ok", "navigated", "gone"}, told
    assert wired.app.ask("document")["status"] == "ok"


def test_what_follows_a_word_finds_the_channel_and_tab_that_word_went_to(wired: Wired) -> None:
    wired.show("article.html")
    wired.worker(f"chrome.windows.create({{url: '{wired.site.page('news.html')}'}}).then(() => 0)")
    wired.sees(lambda: len(wired.app.windows()) == 2, "a second window")
    until(lambda: wired.app.windows()[1]["tabs"][0]["url"].endswith("news.html"), "its page")
    for number, name in [(1, "article.html"), (2, "news.html")] * 5:
        wired.app.start_asking("channel", number=number)
        assert wired.app.ask("where_am_i")["value"]["url"].endswith(name)
    wired.app.value("close_tab")
