"""Which pages can be reached, which cannot, and what is said then; frames; what pages tell by themselves."""

from __future__ import annotations

import pytest
from served import Site
from wired import Wired

pytestmark = pytest.mark.xdist_group("browser")

ON_A_PAGE = ("scroll", "read", "links", "layout", "document")
ARGS = {"scroll": {"vertical": 1, "horizontal": 0}, "layout": {"columns": 24}}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("chrome://version", "a page of the browser itself"),
        ("view-source:http://127.0.0.1/", "the source of a page"),
    ],
)
def test_what_no_extension_may_touch_is_refused_in_words(wired: Wired, address: str, said: str) -> None:
    wired.alone()
    wired.app.ask("open", url=address, new=False)
    for name in ON_A_PAGE:
        answer = wired.app.ask(name, **ARGS.get(name, {}))
        assert (answer["status"], answer["error"]["code"]) == ("refused", "restricted_page"), (name, answer)
        assert said in answer["error"]["message"] and "still work here" in answer["error"]["message"]
        assert answer["state"]["tab"] == wired.app.value("tabs")[0]["id"]
    here = wired.app.value("where_am_i")
    assert (here["tab"], here["tabs"]) == (1, 1) and "percent" not in here, here
    assert here["url"].startswith(address)
    assert wired.app.ask("open", url=wired.site.page("news.html"), new=False)["status"] == "ok"
    assert wired.app.ask("scroll", vertical=1, horizontal=0)["status"] == "ok"


def test_a_page_that_did_not_load_says_so(wired: Wired) -> None:
    wired.alone()
    wired.app.ask("open", url="http://127.0.0.1:1/", new=False)
    answer = wired.app.ask("read")
    assert answer["error"]["code"] == "restricted_page" and "did not load" in answer["error"]["message"]


def test_frames_of_any_origin_count_where_they_lie(wired: Wired) -> None:
    other = Site()
    try:
        page = wired.show(f"frames.html?other={other.origin}")
        page.wait_for_load_state("networkidle")
        links = wired.app.value("links")
        labels = [link["label"] for link in links]
        assert labels[:1] == ["a link of the page"] and len(set(labels)) == len(labels) > 4
        inner = next(link for link in links if "frame-inner" in link["url"])
        viewport = page.evaluate("[innerWidth, innerHeight]")
        for outer in ("same", "cross"):
            holder = page.locator(f"#{outer}")
            box = holder.content_frame.get_by_role("link").first.bounding_box()
            row = int((box["y"] + box["height"] / 2) / viewport[1] * 12)
            column = int((box["x"] + box["width"] / 2) / viewport[0] * 12)
            found = wired.app.value("move", row=row, column=column)
            assert found["kind"] == "link", (outer, found)
            assert abs(found["box"]["x"] - box["x"]) < 2 and abs(found["box"]["y"] - box["y"]) < 2
        assert wired.app.value("focus", ref=inner["ref"])["kind"] == "link"
        page.evaluate("document.getElementById('cross').remove()")
        assert wired.app.ask("scroll", vertical=1, horizontal=0)["status"] == "ok", (
            "the frame of the cursor is gone"
        )
    finally:
        other.close()


def test_clicking_says_what_came_of_it(wired: Wired) -> None:
    page = wired.show("index.html")
    article = next(link for link in wired.app.value("links") if link["label"] == "Article")
    clicked = wired.app.ask("click", ref=article["ref"])
    assert clicked["value"] == {"label": "Article", "kind": "link", "effect": "navigated"}
    assert clicked["state"]["url"].endswith("article.html")
    wired.sees(lambda: page.url.endswith("article.html"), "the page")
    stale = wired.app.ask("click", ref=article["ref"])
    assert stale["error"]["code"] in ("gone", "nothing_there"), "that element was of the page before"


def test_our_own_menu_comes_where_the_page_has_none_and_is_carried_out(wired: Wired) -> None:
    wired.show("index.html")
    article = next(link for link in wired.app.value("links") if link["label"] == "Article")
    wired.app.value("focus", ref=article["ref"])
    menu = wired.app.value("right_click")
    assert not menu["handled"] and menu["label"] == "Article"
    ids = [action["id"] for action in menu["actions"]]
    assert ids[:3] == ["open", "open_new", "copy_address"] and {"read", "highlight"} <= set(ids)
    assert wired.app.value("act", id="copy_address")["copy"] == article["url"]
    assert wired.app.value("act", id="read")["text"]
    assert wired.app.value("act", id="highlight")["text"] == "Article"
    assert wired.app.ask("act", id="erase_everything")["error"]["code"] == "bad_arguments"
    assert wired.app.ask("act", id="open_new")["state"]["url"].endswith("article.html")


def test_a_page_with_a_menu_of_its_own_keeps_it(wired: Wired) -> None:
    page = wired.alone()
    page = wired.show("index.html")
    page.evaluate(
        "addEventListener('contextmenu', event => { event.preventDefault(); document.title = 'own menu'; })"
    )
    wired.app.value("read")
    assert wired.app.value("right_click")["handled"] is True
    assert page.title() == "own menu"


def test_a_click_like_a_hands_needs_a_permission_and_says_where_to_give_it(wired: Wired) -> None:
    wired.show("index.html")
    answer = wired.app.ask("trusted_click")
    assert (answer["status"], answer["error"]["code"]) == ("refused", "needs_permission")
    assert "side panel" in answer["error"]["message"]
    assert wired.app.until_told("permission")["args"] == {"debugger": False}


def test_words_are_found_on_the_page_and_in_all_that_is_open(wired: Wired) -> None:
    wired.alone()
    wired.show("article.html")
    word = wired.page.evaluate("document.querySelector('p').innerText.match(/[A-Za-z]{6,}/)[0]")
    found = wired.app.value("find", text=word)
    assert found["count"] >= 1 and found["index"] == 1 and word.lower() in found["excerpt"].lower()
    following = wired.app.value("find_next")
    assert following["index"] == (2 if found["count"] > 1 else 1)
    assert wired.app.value("find_next", back=True)["index"] == 1
    wired.context.new_page().goto(wired.site.page("news.html"))
    everywhere = wired.app.value("find_all", text=word)
    assert [one["count"] for one in everywhere if one["url"].endswith("article.html")] == [found["count"]]
    assert wired.app.value("find", text="words that are nowhere")["count"] == 0


def test_a_loaded_page_and_a_sounding_one_are_told(wired: Wired) -> None:
    wired.alone()
    wired.app.events.clear()
    page = wired.show("video.html")
    tab = wired.app.value("tabs")[0]["id"]
    wired.sees(lambda: any(event["name"] == "loaded" for event in wired.app.events), "the page to be told")
    assert wired.app.until_told("loaded", tab=tab)["args"]["url"].endswith("video.html")
    page.mouse.click(400, 600)
    film = next(one for one in wired.app.value("media") if one["kind"] == "video")
    playing = wired.app.value("media_do", tab=tab, frame=film["frame"], ref=film["ref"], action="play")
    assert playing["playing"] and playing["title"] == "Lesson 4: The trill"
    wired.sees(lambda: wired.app.until_told("sounding", tab=tab, playing=True), "the sound to be told")
    wired.app.value("media_do", tab=tab, frame=film["frame"], ref=film["ref"], action="pause")
    wired.sees(lambda: wired.app.until_told("sounding", tab=tab, playing=False), "its end")


def test_a_password_field_that_a_word_goes_into_is_told_also_where_no_event_says_so(wired: Wired) -> None:
    page = wired.show("form.html")
    # As in a window without the focus, nothing is heard of where the focus goes.
    page.evaluate("addEventListener('focusin', (event) => event.stopImmediatePropagation(), true)")
    password = next(field for field in wired.app.value("fields") if field["label"] == "Password")
    said = len(wired.app.events)
    assert wired.app.ask("focus", ref=password["ref"])["status"] == "ok"
    wired.sees(
        lambda: any(event["name"] == "secret" and event["args"]["on"] for event in wired.app.events[said:]),
        "the field to be told",
        patience=10,
    )
    wired.show("news.html")
