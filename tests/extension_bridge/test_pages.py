"""The content scripts on realistic pages, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from page_client import PageClient, Refused, open_pages


@pytest.fixture(scope="module")
def web() -> Iterator[PageClient]:
    with open_pages() as found:
        yield found


def labels(web: PageClient, kind: str) -> list[str]:
    scan = web.ask("scan")
    return [label for one, label in web.names(scan) if one == kind]


class TestScanning:
    def test_only_visible_links_count(self, web: PageClient) -> None:
        web.open("sticky.html")
        assert labels(web, "link") == [
            "Link in the header",
            "Half under the header",
            "Free link",
            "Hidden from readers only",
            "Link behind glass that lets presses through",
            "First in the scroller",
            "a link that is long enough to be broken over three lines of this narrow box",
        ]

    def test_text_behind_a_transparent_overlay_is_visible_but_its_link_is_not(self, web: PageClient) -> None:
        web.open("sticky.html")
        assert labels(web, "text")[0].startswith("Text behind clear glass")

    def test_wrapped_link_has_one_box_per_line(self, web: PageClient) -> None:
        web.open("sticky.html")
        link = web.find("link", "a link that is long enough to be broken over three lines of this narrow box")
        real = web.page.evaluate(
            "[...lines.getClientRects()].map((box) => [box.x, box.y, box.width, box.height])"
        )
        found = [[part["x"], part["y"], part["width"], part["height"]] for part in link["parts"]]
        assert len(found) > 2
        for mine, its in zip(found, real, strict=True):
            assert mine == pytest.approx(its, abs=0.1)
        assert link["ink"] < 0.9

    def test_boxes_match_the_elements(self, web: PageClient) -> None:
        web.open("news.html")
        for label, selector in (
            ("Sport", "nav a:nth-child(4)"),
            ("Choir of 400 looks for a tenor", "a[href='#r5']"),
        ):
            real = web.page.locator(selector).bounding_box()
            mine = web.find("link", label)
            assert real
            assert [mine[key] for key in ("x", "y", "width", "height")] == pytest.approx(
                [real[key] for key in ("x", "y", "width", "height")], abs=0.1
            )

    def test_custom_switch_counts_as_its_field(self, web: PageClient) -> None:
        web.open("form.html")
        switch = web.find("field", "Urgent")
        assert (switch["width"], switch["height"]) == (52, 26)

    def test_links_in_open_and_closed_shadow_roots_are_found(self, web: PageClient) -> None:
        web.open("shadow.html")
        assert labels(web, "link") == [
            "Open link",
            "Slotted link",
            "Closed link",
            "Deep link",
            "Link in a plain host",
            "a plain link",
        ]

    def test_same_origin_and_cross_origin_frames_are_located(self, web: PageClient) -> None:
        page = web.open(f"frames.html?other={web.other}")
        page.frame_locator("#cross").frame_locator("iframe").locator("#press").wait_for()
        scans = web.ask_all("scan")
        tokens = {scan["token"] for scan in scans.values()}
        assert {"top", "top.0", "top.0.0", "top.1", "top.1.0", "top.2"} <= tokens
        real = page.locator("#cross").bounding_box()
        placed = {frame["token"]: frame for frame in scans[0]["frames"]}
        # The frame's view starts inside its border and padding.
        assert real and placed["top.1"]["x"] == pytest.approx(real["x"] + 10, abs=0.1)
        assert "top.3" not in placed  # hidden

    def test_frames_in_shadow_roots_are_located(self, web: PageClient) -> None:
        page = web.open("shadow.html")
        page.evaluate(
            """() => {
                const host = document.body.appendChild(document.createElement("x-frames"));
                host.attachShadow({ mode: "open" }).innerHTML =
                    ['a', 'b&nest=1'].map((name) => `<iframe src="frame-inner.html?name=${name}"></iframe>`).join('');
                scrollTo(0, 9999);
            }"""
        )
        page.wait_for_timeout(500)
        scans = web.ask_all("scan")
        placed = {frame["token"] for scan in scans.values() for frame in scan["frames"]}
        tokens = {scan["token"] for scan in scans.values()}
        assert len(placed) == 2 and placed < tokens
        assert sum(token.count(".") == 2 for token in tokens) == 1  # the inner frame is out of view

    def test_changed_page_is_scanned_again(self, web: PageClient) -> None:
        page = web.open("news.html")
        assert "A sixth story" not in labels(web, "link")
        page.locator("#more").click()
        assert "A sixth story" in labels(web, "link")


class TestScrolling:
    def test_scroll_step_is_an_eighth_of_the_view_and_a_page_seven(self, web: PageClient) -> None:
        page = web.open("feed.html")
        assert web.ask("scroll", vertical=3) == {"x": 0, "y": 300, "moved": True}
        assert web.ask("scroll", vertical=1, unit="page")["y"] == 1000
        assert page.evaluate("scrollY") == 1000

    def test_scrolling_at_the_end_reports_no_movement(self, web: PageClient) -> None:
        web.open("news.html")
        assert web.ask("scroll", vertical=-1) == {"x": 0, "y": 0, "moved": False}

    def test_scroller_at_the_cursor_scrolls(self, web: PageClient) -> None:
        page = web.open("sticky.html")
        web.ask("cursor", ref=web.find("link", "First in the scroller")["ref"])
        assert web.ask("scroll", vertical=8)["moved"]
        assert page.evaluate("document.querySelector('.scroller').scrollTop") > 100
        assert page.evaluate("scrollY") == 0

    def test_cursor_keeps_its_position_without_its_element(self, web: PageClient) -> None:
        page = web.open("news.html")
        found = web.find("button", "Accept")
        web.ask("cursor", ref=found["ref"])
        page.evaluate("document.getElementById('cookies').remove()")
        where = web.ask("where")
        assert where["gone"]
        assert where["point"]["x"] == pytest.approx(found["x"] + found["width"] / 2, abs=1)
        with pytest.raises(Refused) as refused:
            web.ask("click")
        assert refused.value.code == "gone"

    def test_replaced_element_is_clicked_only_if_it_matches(self, web: PageClient) -> None:
        page = web.open("news.html")
        drawn = "document.getElementById('accept').outerHTML"
        web.ask("cursor", ref=web.find("button", "Accept")["ref"])
        page.evaluate(f"document.getElementById('accept').outerHTML = {drawn}.replace('Accept', 'Buy now')")
        with pytest.raises(Refused) as refused:
            web.ask("click")
        assert refused.value.code == "gone"
        web.ask("cursor", ref=web.find("button", "Buy now")["ref"])
        page.evaluate(f"document.getElementById('accept').outerHTML = {drawn}")
        assert web.ask("click")["label"] == "Buy now"


class TestClicking:
    def test_click_dispatches_the_events_of_a_real_click(self, web: PageClient) -> None:
        page = web.open("form.html")
        found = web.ask("click", ref=web.find("button", "Send order")["ref"])
        assert (found["label"], found["kind"], found["effect"]) == ("Send order", "button", "clicked")
        assert page.evaluate("heard") == [
            "pointerdown send",
            "mousedown send",
            "focusin send",
            "pointerup send",
            "mouseup send",
            "click send",
            "submit order",
        ]

    def test_clicked_link_reports_navigation(self, web: PageClient) -> None:
        page = web.open("index.html")
        assert web.ask("click", ref=web.find("link", "Article")["ref"])["effect"] == "navigated"
        page.wait_for_url("**/article.html")

    def test_new_tab_link_is_left_to_the_extension(self, web: PageClient) -> None:
        # Chromium would block it as a pop-up without a user gesture.
        page = web.open("index.html")
        found = web.ask("click", ref=web.find("link", "News in a new tab")["ref"])
        assert (found["effect"], found["open"]) == ("opened", f"{web.origin}/news.html")
        page.wait_for_timeout(300)
        assert len(web.context.pages) == 1

    def test_disabled_element_is_refused(self, web: PageClient) -> None:
        web.open("form.html")
        with pytest.raises(Refused, match="disabled"):
            web.ask("click", ref=web.find("button", "Never")["ref"])

    def test_radio_buttons_and_check_boxes_report_their_state(self, web: PageClient) -> None:
        page = web.open("form.html")
        assert web.ask("click", ref=web.find("field", "Well")["ref"])["checked"]
        assert web.ask("click", ref=web.find("field", "Urgent")["ref"])["checked"]
        assert page.evaluate("new FormData(order).get('tuning')") == "well"
        assert page.evaluate("new FormData(order).get('urgent')") == "on"

    def test_clicked_select_lists_its_options(self, web: PageClient) -> None:
        web.open("form.html")
        found = web.ask("click", ref=web.find("field", "Instrument")["ref"])
        assert found["effect"] == "focused"
        assert [option["label"] for option in found["options"]] == [
            "Choose…",
            "Upright",
            "Grand piano",
            "Harpsichord",
        ]

    @pytest.mark.parametrize("mode", ["open", "closed"])
    def test_buttons_in_shadow_roots_are_clicked(self, web: PageClient, mode: str) -> None:
        page = web.open("shadow.html")
        web.ask("click", ref=web.find("button", f"{mode.title()} button")["ref"])
        assert page.evaluate("document.body.dataset.pressed") == mode


class TestReading:
    def test_form_labels_are_read_once(self, web: PageClient) -> None:
        web.open("form.html")
        items = web.ask("items")["items"]
        assert [item["text"] for item in items[:5]] == [
            "Order a tuning",
            "Your name",
            "Mail",
            "Password",
            "Card number",
        ]
        assert all(
            "value" not in item
            for item in items
            if item["text"] in {"Password", "Card number", "One-time code"}
        )

    def test_article_is_read_in_order_without_hidden_text(self, web: PageClient) -> None:
        web.open("article.html")
        items = [(item["kind"], item["text"]) for item in web.ask("items")["items"]]
        unlike = next(text for kind, text in items if kind == "text" and text.startswith("Unlike"))
        assert unlike == (
            "Unlike meantone, it closes the circle of fifths; "
            "unlike equal temperament, its fifths are not all the same."
        )
        assert ("row", "E-B; 702.0") in items
        assert ("item", "G to D is narrow, as is D to A.") in items
        assert not any("Kirnberger" in text for _, text in items)  # in details that are closed
        assert len(set(items)) == len(items)

    def test_reading_continues_from_the_cursor(self, web: PageClient) -> None:
        web.open("article.html")
        web.ask("cursor", ref=web.find("heading", "Tuning")["ref"])
        assert web.ask("read")["text"] == "Tuning"
        assert web.ask("next")["text"].startswith("A fifth of 3 : 2 is pure.")
        assert web.ask("next")["text"] == "Sizes of fifths"
        assert web.ask("next", back=True)["text"].startswith("A fifth of 3 : 2 is pure.")

    def test_blocks_are_scrolled_into_view_until_the_page_ends(self, web: PageClient) -> None:
        page = web.open("article.html")
        last = {}
        for _ in range(100):
            item = web.ask("next")
            if "end" in item:
                break
            last = item
            assert 0 <= item["box"]["y"] < 800
        assert last["text"] == "Filed under: Tuning | Keyboards"
        assert page.evaluate("scrollY") > 0
