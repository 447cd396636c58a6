"""Windows, tabs, addresses, history and bookmarks as the app's words drive them: in a real Chromium."""

from __future__ import annotations

import itertools
import time
from datetime import datetime
from pathlib import Path

import pytest
from served import Site
from wired import Wired

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(autouse=True)
def one_tab(wired: Wired) -> None:
    wired.alone()


def titles(wired: Wired) -> list[str]:
    return [tab["title"] for window in wired.app.windows() for tab in window["tabs"]]


class TestTabs:
    def test_each_is_told_with_its_number_title_and_address(self, wired: Wired) -> None:
        wired.show("news.html")
        wired.context.new_page().goto(wired.site.page("article.html"))
        first, second = wired.app.value("tabs")
        assert [first["number"], second["number"]] == [1, 2]
        assert first["title"] == wired.page.title() and second["url"] == wired.site.page("article.html")
        assert [first["active"], second["active"]] == [False, True]

    def test_a_closed_one_vanishes_at_once(self, wired: Wired) -> None:
        pages = [wired.context.new_page() for _ in range(3)]
        wired.sees(lambda: len(titles(wired)) == 4, "four tabs")
        wired.page.wait_for_timeout(300)  # until nothing is left to tell of their coming
        told = len(wired.app.events)
        began = time.monotonic()
        pages[1].close()
        wired.sees(lambda: len(titles(wired)) == 3, "it to vanish")
        first = next(event for event in wired.app.events[told:] if event["name"] == "windows")
        assert len(first["args"]["windows"][0]["tabs"]) == 3, "the first word after it no longer names it"
        assert time.monotonic() - began < 2

    def test_the_next_and_the_one_before_go_round(self, wired: Wired) -> None:
        wired.context.new_page()
        wired.context.new_page()
        assert [wired.app.value("next_tab")["number"] for _ in range(3)] == [1, 2, 3]
        assert wired.app.value("previous_tab")["number"] == 2
        state = wired.app.ask("tab", number=1)["state"]
        assert state["tab"] == wired.app.value("tabs")[0]["id"]

    def test_one_that_is_not_there_is_told_in_words(self, wired: Wired) -> None:
        answer = wired.app.ask("tab", number=9)
        assert (answer["status"], answer["error"]["code"]) == ("failed", "no_tab")
        assert answer["error"]["message"] == "There is no tab 9; the last one is 1."

    def test_closing_tells_what_was_closed_and_where_one_is_now_and_it_comes_back(self, wired: Wired) -> None:
        wired.context.new_page().goto(wired.site.page("article.html"))
        closed = wired.app.value("close_tab", number=2)
        assert closed["closed"]["url"].endswith("article.html") and closed["now"]["number"] == 1
        assert len(wired.app.value("tabs")) == 1
        back = wired.app.value("reopen_tab")
        wired.sees(lambda: len(wired.context.pages) == 2, "it to be back")
        assert back["number"] == 2

    def test_a_new_one_opens_at_an_address(self, wired: Wired) -> None:
        made = wired.app.value("new_tab", url=wired.site.page("form.html"))
        assert made["number"] == 2 and made["active"]
        wired.sees(lambda: wired.context.pages[-1].url.endswith("form.html"), "the page")

    def test_many_changes_at_once_are_told_together(self, wired: Wired) -> None:
        told = len(wired.app.events)
        wired.worker("Promise.all(Array.from({length: 12}, () => chrome.tabs.create({active: false})))")
        wired.sees(lambda: len(titles(wired)) == 13, "all of them")
        snapshots = [event for event in wired.app.events[told:] if event["name"] == "windows"]
        assert len(snapshots) < 13

    def test_nothing_is_told_twice(self, wired: Wired) -> None:
        told = [event["args"] for event in wired.app.events if event["name"] == "windows"]
        assert all(one != other for one, other in itertools.pairwise(told))


class TestChannels:
    def test_windows_are_numbered_as_they_were_opened(self, wired: Wired) -> None:
        wired.show("news.html")
        wired.worker("chrome.windows.create({url: 'about:blank'})")
        wired.sees(lambda: len(wired.app.windows()) == 2, "a second window")
        assert [channel["number"] for channel in wired.app.value("channels")] == [1, 2]
        went = wired.app.value("channel", number=1)
        assert went["title"] == wired.page.title() and went["tabs"] == 1
        assert wired.app.value("tabs")[0]["url"].endswith("news.html"), "words go to that window now"
        assert wired.app.ask("channel", number=3)["error"]["code"] == "no_tab"
        wired.app.value("channel", number=2)
        closed = wired.app.value("close_tab")
        assert closed["now"]["url"].endswith("news.html"), "its last tab took the window along"
        wired.sees(lambda: len(wired.app.windows()) == 1, "the window to vanish")


class TestAddresses:
    def test_going_answers_when_the_page_has_changed_and_back_and_forward_lead_where_they_should(
        self, wired: Wired
    ) -> None:
        for name in ("news.html", "article.html"):
            went = wired.app.ask("open", url=wired.site.page(name), new=False)
            assert went["value"]["url"].endswith(name) and went["state"]["url"].endswith(name)
        assert wired.app.value("back")["url"].endswith("news.html")
        assert wired.app.value("forward")["url"].endswith("article.html")
        answer = wired.app.ask("forward")
        assert (answer["status"], answer["error"]["code"]) == ("failed", "no_history")

    def test_a_page_that_is_left_before_it_is_whole_fails_nothing(self, wired: Wired) -> None:
        for name in ("chrome://version", "news.html", "frames.html", "video.html") * 4:
            address = name if ":" in name else wired.site.page(name)
            answer = wired.app.ask("open", url=address, new=False)
            assert answer["status"] == "ok" and answer["value"]["url"].startswith(address), answer
        assert [wired.app.ask("reload")["status"] for _ in range(4)] == ["ok"] * 4

    def test_places_within_a_page_count_as_pages(self, wired: Wired) -> None:
        wired.show("article.html")
        assert wired.app.value("open", url=wired.site.page("article.html#end"), new=False)["url"].endswith(
            "#end"
        )
        assert wired.app.value("back")["url"].endswith("article.html")

    def test_reloading_brings_the_page_anew(self, wired: Wired) -> None:
        page = wired.show("news.html")
        page.evaluate("globalThis.old = true")
        assert wired.app.value("reload")["url"].endswith("news.html")
        wired.sees(lambda: page.evaluate("globalThis.old === undefined"), "the page anew")

    def test_what_opens_beside_leaves_the_page_where_it_is(self, wired: Wired) -> None:
        wired.show("news.html")
        assert wired.app.value("open", url=wired.site.page("form.html"), new=True)["number"] == 2
        assert wired.page.url.endswith("news.html")

    def test_an_address_that_runs_a_script_is_never_opened(self, wired: Wired) -> None:
        page = wired.show("news.html")
        answer = wired.app.ask("open", url="javascript:document.title='taken'", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("refused", "bad_arguments")
        assert page.title() != "taken"

    def test_a_number_is_no_address(self, wired: Wired) -> None:
        answer = wired.app.ask("open", url="1", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("refused", "bad_arguments"), answer

    def test_what_cannot_be_reached_fails_in_words_and_a_download_is_no_page(
        self, tmp_path: Path, wired: Wired
    ) -> None:
        answer = wired.app.ask("open", url="http://127.0.0.1:1/", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("failed", "not_found"), answer
        (tmp_path / "thing.zip").write_bytes(b"PK\x05\x06" + bytes(18))
        served = Site(tmp_path)
        try:
            answer = wired.app.ask("open", url=served.page("thing.zip"), new=False)
        finally:
            served.close()
        assert answer["error"]["code"] == "not_found" and "download" in answer["error"]["message"]

    def test_a_named_page_is_called_up_where_it_is_open_and_opened_where_it_is_not(
        self, wired: Wired
    ) -> None:
        wired.show("news.html")
        wired.context.new_page().goto(wired.site.page("article.html"))
        first, second = wired.app.value("tabs")
        assert wired.app.value("go", url=first["url"])["id"] == first["id"], "the tab that shows it"
        moved_on = wired.app.value("go", tab=second["id"], url=wired.site.page("form.html"))
        assert moved_on["id"] == second["id"], "the tab that was named, which is still on that site"
        elsewhere = wired.app.value("go", tab=second["id"], url="data:text/plain,elsewhere")
        assert elsewhere["number"] == 3, "its site is another: a new tab"


class TestMemory:
    def test_history_is_searched_with_its_visits(self, wired: Wired) -> None:
        wired.show("search.html")
        wired.show("news.html")
        wired.show("search.html")
        wired.sees(lambda: wired.app.value("history", text="search"), "the history to be written")
        (found,) = [one for one in wired.app.value("history", text="search") if "search.html" in one["url"]]
        assert found["visits"] >= 2 and datetime.fromisoformat(found["time"]).utcoffset() is not None
        visits = wired.app.value("visits", url=found["url"])
        assert len(visits) >= 2 and visits[0]["time"] >= visits[-1]["time"]
        assert len(wired.app.value("history", limit=1)) == 1
        assert wired.app.value("history", text="nothing like that") == []

    def test_a_bookmark_is_kept_under_its_title_and_taken_away_again(self, wired: Wired) -> None:
        wired.show("article.html")
        made = wired.app.value("bookmark", title="Slow air")
        assert made["title"] == "Slow air" and made["url"].endswith("article.html")
        assert wired.app.value("bookmarks", text="slow") == [made]
        assert made in wired.app.value("bookmarks")
        wired.app.value("unbookmark", id=made["id"])
        assert wired.app.value("bookmarks", text="slow") == []
        assert wired.app.ask("unbookmark", id=made["id"])["error"]["code"] == "not_found"


def test_private_windows_are_never_told(wired: Wired) -> None:
    wired.worker("chrome.windows.create({incognito: true, url: 'about:blank'}).then(() => 0)")
    wired.sees(lambda: len(wired.context.pages) == 2, "the private window")
    private = wired.context.pages[1]
    private.goto(wired.site.page("form.html?private"))
    wired.show("news.html")
    wired.sees(
        lambda: "News" in str(titles(wired)) or "news.html" in str(wired.app.windows()), "the other page"
    )
    assert "?private" not in str(wired.app.events)
    assert [channel["tabs"] for channel in wired.app.value("channels")] == [1]
    assert wired.app.ask("scroll", vertical=1, horizontal=0)["state"]["url"].endswith("news.html")
    private.close()
