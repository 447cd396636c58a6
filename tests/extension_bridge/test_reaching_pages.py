"""Which pages can be reached, frames, clicks and notifications, in a real Chromium."""

from __future__ import annotations

import pytest
from extension_harness import Harness
from web_server import Site

pytestmark = pytest.mark.xdist_group("browser")

ON_A_PAGE = ("scroll", "read", "links", "layout", "document")
ARGS = {"scroll": {"vertical": 1, "horizontal": 0}, "layout": {"columns": 24}}


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("chrome://version", "a page of the browser itself"),
        ("view-source:http://127.0.0.1/", "the source of a page"),
    ],
)
def test_restricted_pages_are_refused_with_an_explanation(
    harness: Harness, address: str, reason: str
) -> None:
    harness.reset_tabs()
    harness.app.ask("open", url=address, new=False)
    for name in ON_A_PAGE:
        answer = harness.app.ask(name, **ARGS.get(name, {}))
        assert (answer["status"], answer["error"]["code"]) == ("refused", "restricted_page"), (name, answer)
        assert reason in answer["error"]["message"] and "still work here" in answer["error"]["message"]
        assert answer["state"]["tab"] == harness.app.value("tabs")[0]["id"]
    here = harness.app.value("where_am_i")
    assert (here["tab"], here["tabs"]) == (1, 1) and "percent" not in here, here
    assert here["url"].startswith(address)
    assert harness.app.ask("open", url=harness.site.page("news.html"), new=False)["status"] == "ok"
    assert harness.app.ask("scroll", vertical=1, horizontal=0)["status"] == "ok"


def test_page_that_did_not_load_is_explained(harness: Harness) -> None:
    harness.reset_tabs()
    harness.app.ask("open", url="http://127.0.0.1:1/", new=False)
    answer = harness.app.ask("read")
    assert answer["error"]["code"] == "restricted_page" and "did not load" in answer["error"]["message"]


def test_links_in_frames_of_any_origin_are_found_in_position(harness: Harness) -> None:
    other = Site()
    try:
        page = harness.show(f"frames.html?other={other.origin}")
        page.wait_for_load_state("networkidle")
        links = harness.app.value("links")
        labels = [link["label"] for link in links]
        assert labels[:1] == ["a link of the page"] and len(set(labels)) == len(labels) > 4
        inner = next(link for link in links if "frame-inner" in link["url"])
        viewport = page.evaluate("[innerWidth, innerHeight]")
        for outer in ("same", "cross"):
            holder = page.locator(f"#{outer}")
            box = holder.content_frame.get_by_role("link").first.bounding_box()
            row = int((box["y"] + box["height"] / 2) / viewport[1] * 12)
            column = int((box["x"] + box["width"] / 2) / viewport[0] * 12)
            found = harness.app.value("move", row=row, column=column)
            assert found["kind"] == "link", (outer, found)
            assert abs(found["box"]["x"] - box["x"]) < 2 and abs(found["box"]["y"] - box["y"]) < 2
        assert harness.app.value("focus", ref=inner["ref"])["kind"] == "link"
        page.evaluate("document.getElementById('cross').remove()")
        assert harness.app.ask("scroll", vertical=1, horizontal=0)["status"] == "ok", (
            "the frame of the cursor is gone"
        )
    finally:
        other.close()


def test_click_reports_its_effect(harness: Harness) -> None:
    page = harness.show("index.html")
    article = next(link for link in harness.app.value("links") if link["label"] == "Article")
    clicked = harness.app.ask("click", ref=article["ref"])
    assert clicked["value"] == {"label": "Article", "kind": "link", "effect": "navigated"}
    assert clicked["state"]["url"].endswith("article.html")
    harness.wait_until(lambda: page.url.endswith("article.html"), "the page")
    stale = harness.app.ask("click", ref=article["ref"])
    assert stale["error"]["code"] in ("gone", "nothing_there"), "the element was on the previous page"


def test_right_click_offers_actions_and_runs_them(harness: Harness) -> None:
    harness.show("index.html")
    article = next(link for link in harness.app.value("links") if link["label"] == "Article")
    harness.app.value("focus", ref=article["ref"])
    menu = harness.app.value("right_click")
    assert not menu["handled"] and menu["label"] == "Article"
    ids = [action["id"] for action in menu["actions"]]
    assert ids[:3] == ["open", "open_new", "copy_address"] and {"read", "highlight"} <= set(ids)
    assert harness.app.value("act", id="copy_address")["copy"] == article["url"]
    assert harness.app.value("act", id="read")["text"]
    assert harness.app.value("act", id="highlight")["text"] == "Article"
    assert harness.app.ask("act", id="erase_everything")["error"]["code"] == "bad_arguments"
    assert harness.app.ask("act", id="open_new")["state"]["url"].endswith("article.html")


def test_own_context_menu_of_a_page_is_used(harness: Harness) -> None:
    page = harness.reset_tabs()
    page = harness.show("index.html")
    page.evaluate(
        "addEventListener('contextmenu', event => { event.preventDefault(); document.title = 'own menu'; })"
    )
    harness.app.value("read")
    assert harness.app.value("right_click")["handled"] is True
    assert page.title() == "own menu"


def test_trusted_click_without_permission_is_refused(harness: Harness) -> None:
    harness.show("index.html")
    answer = harness.app.ask("trusted_click")
    assert (answer["status"], answer["error"]["code"]) == ("refused", "needs_permission")
    assert "side panel" in answer["error"]["message"]
    assert harness.app.wait_for_event("permission")["args"] == {"debugger": False}


def test_text_is_found_on_the_page_and_in_all_tabs(harness: Harness) -> None:
    harness.reset_tabs()
    harness.show("article.html")
    word = harness.page.evaluate("document.querySelector('p').innerText.match(/[A-Za-z]{6,}/)[0]")
    found = harness.app.value("find", text=word)
    assert found["count"] >= 1 and found["index"] == 1 and word.lower() in found["excerpt"].lower()
    following = harness.app.value("find_next")
    assert following["index"] == (2 if found["count"] > 1 else 1)
    assert harness.app.value("find_next", back=True)["index"] == 1
    harness.context.new_page().goto(harness.site.page("news.html"))
    everywhere = harness.app.value("find_all", text=word)
    assert [one["count"] for one in everywhere if one["url"].endswith("article.html")] == [found["count"]]
    assert harness.app.value("find", text="words that are nowhere")["count"] == 0


def test_loaded_and_sounding_events_are_sent(harness: Harness) -> None:
    harness.reset_tabs()
    harness.app.events.clear()
    page = harness.show("video.html")
    tab = harness.app.value("tabs")[0]["id"]
    harness.wait_until(
        lambda: any(event["name"] == "loaded" for event in harness.app.events), "the page to be told"
    )
    assert harness.app.wait_for_event("loaded", tab=tab)["args"]["url"].endswith("video.html")
    page.mouse.click(400, 600)
    film = next(one for one in harness.app.value("media") if one["kind"] == "video")
    playing = harness.app.value("media_do", tab=tab, frame=film["frame"], ref=film["ref"], action="play")
    assert playing["playing"] and playing["title"] == "Lesson 4: The trill"
    harness.wait_until(
        lambda: harness.app.wait_for_event("sounding", tab=tab, playing=True), "the sound to be told"
    )
    harness.app.value("media_do", tab=tab, frame=film["frame"], ref=film["ref"], action="pause")
    harness.wait_until(lambda: harness.app.wait_for_event("sounding", tab=tab, playing=False), "its end")


def test_password_field_is_reported_even_without_focus_events(harness: Harness) -> None:
    page = harness.show("form.html")
    # As in a window without the focus, the page sees no focus events.
    page.evaluate("addEventListener('focusin', (event) => event.stopImmediatePropagation(), true)")
    password = next(field for field in harness.app.value("fields") if field["label"] == "Password")
    said = len(harness.app.events)
    assert harness.app.ask("focus", ref=password["ref"])["status"] == "ok"
    harness.wait_until(
        lambda: any(event["name"] == "secret" and event["args"]["on"] for event in harness.app.events[said:]),
        "the field to be told",
        patience=10,
    )
    harness.show("news.html")
