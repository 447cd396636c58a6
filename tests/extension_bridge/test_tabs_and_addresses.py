"""Windows, tabs, addresses, history and bookmarks as the app's words drive them: in a real Chromium."""

from __future__ import annotations

import itertools
import time
from datetime import datetime
from pathlib import Path

import pytest
from extension_harness import Harness
from web_server import Site

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(autouse=True)
def one_tab(harness: Harness) -> None:
    harness.reset_tabs()


def titles(harness: Harness) -> list[str]:
    return [tab["title"] for window in harness.app.windows() for tab in window["tabs"]]


class TestTabs:
    def test_each_is_told_with_its_number_title_and_address(self, harness: Harness) -> None:
        harness.show("news.html")
        harness.context.new_page().goto(harness.site.page("article.html"))
        first, second = harness.app.value("tabs")
        assert [first["number"], second["number"]] == [1, 2]
        assert first["title"] == harness.page.title() and second["url"] == harness.site.page("article.html")
        assert [first["active"], second["active"]] == [False, True]

    def test_a_closed_one_vanishes_at_once(self, harness: Harness) -> None:
        pages = [harness.context.new_page() for _ in range(3)]
        harness.wait_until(lambda: len(titles(harness)) == 4, "four tabs")
        harness.page.wait_for_timeout(300)  # until nothing is left to tell of their coming
        told = len(harness.app.events)
        began = time.monotonic()
        pages[1].close()
        harness.wait_until(lambda: len(titles(harness)) == 3, "it to vanish")
        first = next(event for event in harness.app.events[told:] if event["name"] == "windows")
        assert len(first["args"]["windows"][0]["tabs"]) == 3, "the first word after it no longer names it"
        assert time.monotonic() - began < 2

    def test_the_next_and_the_one_before_go_round(self, harness: Harness) -> None:
        harness.context.new_page()
        harness.context.new_page()
        assert [harness.app.value("next_tab")["number"] for _ in range(3)] == [1, 2, 3]
        assert harness.app.value("previous_tab")["number"] == 2
        state = harness.app.ask("tab", number=1)["state"]
        assert state["tab"] == harness.app.value("tabs")[0]["id"]

    def test_one_that_is_not_there_is_told_in_words(self, harness: Harness) -> None:
        answer = harness.app.ask("tab", number=9)
        assert (answer["status"], answer["error"]["code"]) == ("failed", "no_tab")
        assert answer["error"]["message"] == "There is no tab 9; there is only one."

    def test_closing_tells_what_was_closed_and_where_one_is_now_and_it_comes_back(
        self, harness: Harness
    ) -> None:
        harness.context.new_page().goto(harness.site.page("article.html"))
        closed = harness.app.value("close_tab", number=2)
        assert closed["closed"]["url"].endswith("article.html") and closed["now"]["number"] == 1
        assert len(harness.app.value("tabs")) == 1
        back = harness.app.value("reopen_tab")
        harness.wait_until(lambda: len(harness.context.pages) == 2, "it to be back")
        assert back["number"] == 2

    def test_a_new_one_opens_at_an_address(self, harness: Harness) -> None:
        made = harness.app.value("new_tab", url=harness.site.page("form.html"))
        assert made["number"] == 2 and made["active"]
        harness.wait_until(lambda: harness.context.pages[-1].url.endswith("form.html"), "the page")

    def test_many_changes_at_once_are_told_together(self, harness: Harness) -> None:
        told = len(harness.app.events)
        harness.worker("Promise.all(Array.from({length: 12}, () => chrome.tabs.create({active: false})))")
        harness.wait_until(lambda: len(titles(harness)) == 13, "all of them")
        snapshots = [event for event in harness.app.events[told:] if event["name"] == "windows"]
        assert len(snapshots) < 13

    def test_nothing_is_told_twice(self, harness: Harness) -> None:
        told = [event["args"] for event in harness.app.events if event["name"] == "windows"]
        assert all(one != other for one, other in itertools.pairwise(told))


class TestChannels:
    def test_windows_are_numbered_as_they_were_opened(self, harness: Harness) -> None:
        harness.show("news.html")
        harness.worker("chrome.windows.create({url: 'about:blank'})")
        harness.wait_until(lambda: len(harness.app.windows()) == 2, "a second window")
        assert [channel["number"] for channel in harness.app.value("channels")] == [1, 2]
        went = harness.app.value("channel", number=1)
        assert went["title"] == harness.page.title() and went["tabs"] == 1
        assert harness.app.value("tabs")[0]["url"].endswith("news.html"), "words go to that window now"
        assert harness.app.ask("channel", number=3)["error"]["code"] == "no_tab"
        harness.app.value("channel", number=2)
        closed = harness.app.value("close_tab")
        assert closed["now"]["url"].endswith("news.html"), "its last tab took the window along"
        harness.wait_until(lambda: len(harness.app.windows()) == 1, "the window to vanish")


class TestAddresses:
    def test_going_answers_when_the_page_has_changed_and_back_and_forward_lead_where_they_should(
        self, harness: Harness
    ) -> None:
        for name in ("news.html", "article.html"):
            went = harness.app.ask("open", url=harness.site.page(name), new=False)
            assert went["value"]["url"].endswith(name) and went["state"]["url"].endswith(name)
        assert harness.app.value("back")["url"].endswith("news.html")
        assert harness.app.value("forward")["url"].endswith("article.html")
        answer = harness.app.ask("forward")
        assert (answer["status"], answer["error"]["code"]) == ("failed", "no_history")

    def test_a_page_that_is_left_before_it_is_whole_fails_nothing(self, harness: Harness) -> None:
        for name in ("chrome://version", "news.html", "frames.html", "video.html") * 4:
            address = name if ":" in name else harness.site.page(name)
            answer = harness.app.ask("open", url=address, new=False)
            assert answer["status"] == "ok" and answer["value"]["url"].startswith(address), answer
        assert [harness.app.ask("reload")["status"] for _ in range(4)] == ["ok"] * 4

    def test_places_within_a_page_count_as_pages(self, harness: Harness) -> None:
        harness.show("article.html")
        assert harness.app.value("open", url=harness.site.page("article.html#end"), new=False)[
            "url"
        ].endswith("#end")
        assert harness.app.value("back")["url"].endswith("article.html")

    def test_reloading_brings_the_page_anew(self, harness: Harness) -> None:
        page = harness.show("news.html")
        page.evaluate("globalThis.old = true")
        assert harness.app.value("reload")["url"].endswith("news.html")
        harness.wait_until(lambda: page.evaluate("globalThis.old === undefined"), "the page anew")

    def test_what_opens_beside_leaves_the_page_where_it_is(self, harness: Harness) -> None:
        harness.show("news.html")
        assert harness.app.value("open", url=harness.site.page("form.html"), new=True)["number"] == 2
        assert harness.page.url.endswith("news.html")

    def test_an_address_that_runs_a_script_is_never_opened(self, harness: Harness) -> None:
        page = harness.show("news.html")
        answer = harness.app.ask("open", url="javascript:document.title='taken'", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("refused", "bad_arguments")
        assert page.title() != "taken"

    def test_a_number_is_no_address(self, harness: Harness) -> None:
        answer = harness.app.ask("open", url="1", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("refused", "bad_arguments"), answer

    def test_what_cannot_be_reached_fails_in_words_and_a_download_is_no_page(
        self, tmp_path: Path, harness: Harness
    ) -> None:
        answer = harness.app.ask("open", url="http://127.0.0.1:1/", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("failed", "not_found"), answer
        (tmp_path / "thing.zip").write_bytes(b"PK\x05\x06" + bytes(18))
        served = Site(tmp_path)
        try:
            answer = harness.app.ask("open", url=served.page("thing.zip"), new=False)
        finally:
            served.close()
        assert answer["error"]["code"] == "not_found" and "download" in answer["error"]["message"]

    def test_a_named_page_is_called_up_where_it_is_open_and_opened_where_it_is_not(
        self, harness: Harness
    ) -> None:
        harness.show("news.html")
        harness.context.new_page().goto(harness.site.page("article.html"))
        first, second = harness.app.value("tabs")
        assert harness.app.value("go", url=first["url"])["id"] == first["id"], "the tab that shows it"
        moved_on = harness.app.value("go", tab=second["id"], url=harness.site.page("form.html"))
        assert moved_on["id"] == second["id"], "the tab that was named, which is still on that site"
        elsewhere = harness.app.value("go", tab=second["id"], url="data:text/plain,elsewhere")
        assert elsewhere["number"] == 3, "its site is another: a new tab"


class TestMemory:
    def test_history_is_searched_with_its_visits(self, harness: Harness) -> None:
        harness.show("search.html")
        harness.show("news.html")
        harness.show("search.html")
        harness.wait_until(lambda: harness.app.value("history", text="search"), "the history to be written")
        (found,) = [one for one in harness.app.value("history", text="search") if "search.html" in one["url"]]
        assert found["visits"] >= 2 and datetime.fromisoformat(found["time"]).utcoffset() is not None
        visits = harness.app.value("visits", url=found["url"])
        assert len(visits) >= 2 and visits[0]["time"] >= visits[-1]["time"]
        assert len(harness.app.value("history", limit=1)) == 1
        assert harness.app.value("history", text="nothing like that") == []

    def test_a_bookmark_is_kept_under_its_title_and_taken_away_again(self, harness: Harness) -> None:
        harness.show("article.html")
        made = harness.app.value("bookmark", title="Slow air")
        assert made["title"] == "Slow air" and made["url"].endswith("article.html")
        assert harness.app.value("bookmarks", text="slow") == [made]
        assert made in harness.app.value("bookmarks")
        harness.app.value("unbookmark", id=made["id"])
        assert harness.app.value("bookmarks", text="slow") == []
        assert harness.app.ask("unbookmark", id=made["id"])["error"]["code"] == "not_found"


def test_private_windows_are_never_told(harness: Harness) -> None:
    harness.worker("chrome.windows.create({incognito: true, url: 'about:blank'}).then(() => 0)")
    harness.wait_until(lambda: len(harness.context.pages) == 2, "the private window")
    private = harness.context.pages[1]
    private.goto(harness.site.page("form.html?private"))
    harness.show("news.html")
    harness.wait_until(
        lambda: "News" in str(titles(harness)) or "news.html" in str(harness.app.windows()), "the other page"
    )
    assert "?private" not in str(harness.app.events)
    assert [channel["tabs"] for channel in harness.app.value("channels")] == [1]
    assert harness.app.ask("scroll", vertical=1, horizontal=0)["state"]["url"].endswith("news.html")
    private.close()
