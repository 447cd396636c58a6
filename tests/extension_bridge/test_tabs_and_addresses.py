"""Windows, tabs, addresses, history and bookmarks, in a real Chromium."""

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
    def test_tabs_have_number_title_and_address(self, harness: Harness) -> None:
        harness.show("news.html")
        harness.context.new_page().goto(harness.site.page("article.html"))
        first, second = harness.app.value("tabs")
        assert [first["number"], second["number"]] == [1, 2]
        assert first["title"] == harness.page.title() and second["url"] == harness.site.page("article.html")
        assert [first["active"], second["active"]] == [False, True]

    def test_closed_tab_vanishes_at_once(self, harness: Harness) -> None:
        pages = [harness.context.new_page() for _ in range(3)]
        harness.wait_until(lambda: len(titles(harness)) == 4, "four tabs")
        harness.page.wait_for_timeout(300)  # until their snapshots have been sent
        told = len(harness.app.events)
        began = time.monotonic()
        pages[1].close()
        harness.wait_until(lambda: len(titles(harness)) == 3, "it to vanish")
        first = next(event for event in harness.app.events[told:] if event["name"] == "windows")
        assert len(first["args"]["windows"][0]["tabs"]) == 3, "the first snapshot after it does not have it"
        assert time.monotonic() - began < 2

    def test_next_and_previous_wrap_around(self, harness: Harness) -> None:
        harness.context.new_page()
        harness.context.new_page()
        assert [harness.app.value("next_tab")["number"] for _ in range(3)] == [1, 2, 3]
        assert harness.app.value("previous_tab")["number"] == 2
        state = harness.app.ask("tab", number=1)["state"]
        assert state["tab"] == harness.app.value("tabs")[0]["id"]

    def test_missing_tab_is_explained(self, harness: Harness) -> None:
        answer = harness.app.ask("tab", number=9)
        assert (answer["status"], answer["error"]["code"]) == ("failed", "no_tab")
        assert answer["error"]["message"] == "There is no tab 9; there is only one."

    def test_closed_tab_is_reported_and_can_be_reopened(self, harness: Harness) -> None:
        harness.context.new_page().goto(harness.site.page("article.html"))
        closed = harness.app.value("close_tab", number=2)
        assert closed["closed"]["url"].endswith("article.html") and closed["now"]["number"] == 1
        assert len(harness.app.value("tabs")) == 1
        back = harness.app.value("reopen_tab")
        harness.wait_until(lambda: len(harness.context.pages) == 2, "it to be back")
        assert back["number"] == 2

    def test_new_tab_opens_an_address(self, harness: Harness) -> None:
        made = harness.app.value("new_tab", url=harness.site.page("form.html"))
        assert made["number"] == 2 and made["active"]
        harness.wait_until(lambda: harness.context.pages[-1].url.endswith("form.html"), "the page")

    def test_simultaneous_changes_are_reported_together(self, harness: Harness) -> None:
        told = len(harness.app.events)
        harness.worker("Promise.all(Array.from({length: 12}, () => chrome.tabs.create({active: false})))")
        harness.wait_until(lambda: len(titles(harness)) == 13, "all of them")
        snapshots = [event for event in harness.app.events[told:] if event["name"] == "windows"]
        assert len(snapshots) < 13

    def test_snapshots_are_not_repeated(self, harness: Harness) -> None:
        told = [event["args"] for event in harness.app.events if event["name"] == "windows"]
        assert all(one != other for one, other in itertools.pairwise(told))


class TestChannels:
    def test_windows_are_numbered_in_opening_order(self, harness: Harness) -> None:
        harness.show("news.html")
        harness.worker("chrome.windows.create({url: 'about:blank'})")
        harness.wait_until(lambda: len(harness.app.windows()) == 2, "a second window")
        assert [channel["number"] for channel in harness.app.value("channels")] == [1, 2]
        went = harness.app.value("channel", number=1)
        assert went["title"] == harness.page.title() and went["tabs"] == 1
        assert harness.app.value("tabs")[0]["url"].endswith("news.html"), "commands go to that window now"
        assert harness.app.ask("channel", number=3)["error"]["code"] == "no_tab"
        harness.app.value("channel", number=2)
        closed = harness.app.value("close_tab")
        assert closed["now"]["url"].endswith("news.html"), "closing its last tab closed the window"
        harness.wait_until(lambda: len(harness.app.windows()) == 1, "the window to vanish")


class TestAddresses:
    def test_open_back_and_forward_navigate(self, harness: Harness) -> None:
        for name in ("news.html", "article.html"):
            went = harness.app.ask("open", url=harness.site.page(name), new=False)
            assert went["value"]["url"].endswith(name) and went["state"]["url"].endswith(name)
        assert harness.app.value("back")["url"].endswith("news.html")
        assert harness.app.value("forward")["url"].endswith("article.html")
        answer = harness.app.ask("forward")
        assert (answer["status"], answer["error"]["code"]) == ("failed", "no_history")

    def test_leaving_a_loading_page_is_no_failure(self, harness: Harness) -> None:
        for name in ("chrome://version", "news.html", "frames.html", "video.html") * 4:
            address = name if ":" in name else harness.site.page(name)
            answer = harness.app.ask("open", url=address, new=False)
            assert answer["status"] == "ok" and answer["value"]["url"].startswith(address), answer
        assert [harness.app.ask("reload")["status"] for _ in range(4)] == ["ok"] * 4

    def test_fragments_count_as_navigation(self, harness: Harness) -> None:
        harness.show("article.html")
        assert harness.app.value("open", url=harness.site.page("article.html#end"), new=False)[
            "url"
        ].endswith("#end")
        assert harness.app.value("back")["url"].endswith("article.html")

    def test_reload_reloads(self, harness: Harness) -> None:
        page = harness.show("news.html")
        page.evaluate("globalThis.old = true")
        assert harness.app.value("reload")["url"].endswith("news.html")
        harness.wait_until(lambda: page.evaluate("globalThis.old === undefined"), "the page anew")

    def test_opening_in_a_new_tab_keeps_the_page(self, harness: Harness) -> None:
        harness.show("news.html")
        assert harness.app.value("open", url=harness.site.page("form.html"), new=True)["number"] == 2
        assert harness.page.url.endswith("news.html")

    def test_javascript_address_is_refused(self, harness: Harness) -> None:
        page = harness.show("news.html")
        answer = harness.app.ask("open", url="javascript:document.title='taken'", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("refused", "bad_arguments")
        assert page.title() != "taken"

    def test_bare_number_is_refused(self, harness: Harness) -> None:
        answer = harness.app.ask("open", url="1", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("refused", "bad_arguments"), answer

    def test_unreachable_address_and_download_fail(self, tmp_path: Path, harness: Harness) -> None:
        answer = harness.app.ask("open", url="http://127.0.0.1:1/", new=False)
        assert (answer["status"], answer["error"]["code"]) == ("failed", "not_found"), answer
        (tmp_path / "thing.zip").write_bytes(b"PK\x05\x06" + bytes(18))
        served = Site(tmp_path)
        try:
            answer = harness.app.ask("open", url=served.page("thing.zip"), new=False)
        finally:
            served.close()
        assert answer["error"]["code"] == "not_found" and "download" in answer["error"]["message"]

    def test_go_reuses_open_tabs(self, harness: Harness) -> None:
        harness.show("news.html")
        harness.context.new_page().goto(harness.site.page("article.html"))
        first, second = harness.app.value("tabs")
        assert harness.app.value("go", url=first["url"])["id"] == first["id"], "the tab that has it open"
        moved_on = harness.app.value("go", tab=second["id"], url=harness.site.page("form.html"))
        assert moved_on["id"] == second["id"], "the given tab, which is still on that site"
        elsewhere = harness.app.value("go", tab=second["id"], url="data:text/plain,elsewhere")
        assert elsewhere["number"] == 3, "another site: a new tab"


class TestMemory:
    def test_history_and_visits_are_searched(self, harness: Harness) -> None:
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

    def test_bookmark_is_added_and_removed(self, harness: Harness) -> None:
        harness.show("article.html")
        made = harness.app.value("bookmark", title="Slow air")
        assert made["title"] == "Slow air" and made["url"].endswith("article.html")
        assert harness.app.value("bookmarks", text="slow") == [made]
        assert made in harness.app.value("bookmarks")
        harness.app.value("unbookmark", id=made["id"])
        assert harness.app.value("bookmarks", text="slow") == []
        assert harness.app.ask("unbookmark", id=made["id"])["error"]["code"] == "not_found"


def test_private_windows_are_never_reported(harness: Harness) -> None:
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
