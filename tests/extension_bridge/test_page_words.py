"""Writing, finding, selecting, media and notifications of pages, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from page_client import PageClient, Refused, open_pages
from waiting import until


@pytest.fixture(scope="module")
def web() -> Iterator[PageClient]:
    with open_pages() as found:
        yield found


@pytest.fixture
def form(web: PageClient) -> PageClient:
    web.open("form.html")
    return web


def ref(web: PageClient, label: str) -> int:
    return next(field["ref"] for field in web.ask("fields") if field["label"] == label)


def value(web: PageClient, name: str) -> str:
    return str(web.page.evaluate(f"order.elements['{name}'].value"))


class TestWriting:
    def test_text_goes_to_the_focused_field_with_input_events(self, form: PageClient) -> None:
        form.ask("focus", ref=ref(form, "Your name"))
        form.page.evaluate("heard.length = 0")
        assert form.ask("write", text="Ada Lövelace") == {"label": "Your name", "text": "Ada Lövelace"}
        assert value(form, "name") == "Ada Lövelace"
        assert form.page.evaluate("heard") == ["input name", "change name"]

    def test_text_is_appended_or_replaced(self, form: PageClient) -> None:
        name = ref(form, "Your name")
        form.ask("write", ref=name, text="Ada")
        form.ask("write", ref=name, text=" L.")
        assert value(form, "name") == "Ada L."
        form.ask("write", ref=name, text="Ben", replace=True)
        assert value(form, "name") == "Ben"

    def test_frameworks_that_track_the_value_see_the_change(self, form: PageClient) -> None:
        # React compares with the value last set through the property, and ignores events without a change.
        form.page.evaluate(
            """() => {
                const input = document.getElementById("name");
                const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
                let known = input.value;
                Object.defineProperty(input, "value", { configurable: true, get() { return get.call(this); },
                    set(text) { known = String(text); set.call(this, text); } });
                window.changes = [];
                input.addEventListener("input", () => {
                    if (get.call(input) !== known) changes.push(known = get.call(input));
                });
            }"""
        )
        form.ask("write", ref=ref(form, "Your name"), text="Ada")
        assert form.page.evaluate("changes") == ["Ada"]

    @pytest.mark.parametrize("label", ["Password", "Card number", "One-time code"])
    def test_secret_fields_are_never_written_or_read(self, form: PageClient, label: str) -> None:
        field = next(field for field in form.ask("fields") if field["label"] == label)
        assert "value" not in field
        with pytest.raises(Refused) as refused:
            form.ask("write", ref=field["ref"], text="123")
        assert refused.value.code == "password"
        assert "tr0ub4dor" not in str(form.ask("items")) and "4111" not in str(form.ask("items"))

    def test_card_field_known_only_by_name_is_secret(self, form: PageClient) -> None:
        form.page.evaluate("wishes.name = 'cc-number'; wishes.value = '4111'")
        assert next(field for field in form.ask("fields") if field["label"] == "Wishes").get("value") is None

    @pytest.mark.parametrize(
        ("label", "text", "name", "becomes"),
        [
            ("Day", "2026-11-25", "day", "2026-11-25"),
            ("Number of pianos", "7", "count", "7"),
            ("Pitch", "442", "pitch", "442"),
            ("Pitch", "1000", "pitch", "466"),
            ("Instrument", "grand piano", "kind", "g"),
            ("Instrument", "harp", "kind", "h"),
            ("Instrument", "2", "kind", "u"),
        ],
    )
    def test_each_field_type_accepts_its_values(
        self, form: PageClient, label: str, text: str, name: str, becomes: str
    ) -> None:
        form.ask("write", ref=ref(form, label), text=text, replace=True)
        assert value(form, name) == becomes

    @pytest.mark.parametrize(
        ("label", "text"), [("Day", "tomorrow"), ("Number of pianos", "many"), ("I agree", "yes")]
    )
    def test_invalid_value_is_refused_and_the_field_unchanged(
        self, form: PageClient, label: str, text: str
    ) -> None:
        before = form.page.evaluate("[...new FormData(order)].join()")
        with pytest.raises(Refused) as refused:
            form.ask("write", ref=ref(form, label), text=text, replace=True)
        assert refused.value.code == "bad_arguments"
        assert form.page.evaluate("[...new FormData(order)].join()") == before

    def test_unknown_choice_is_refused(self, form: PageClient) -> None:
        with pytest.raises(Refused) as refused:
            form.ask("write", ref=ref(form, "Instrument"), text="zither")
        assert refused.value.code == "not_found"

    def test_contenteditable_editor_takes_text(self, form: PageClient) -> None:
        note = ref(form, "Note")
        form.ask("write", ref=note, text="Hello")
        form.ask("write", ref=note, text=" there")
        assert form.page.evaluate("note.innerText") == "Hello there"
        form.ask("write", ref=note, text="Bye", replace=True)
        assert form.page.evaluate("note.innerText") == "Bye"

    def test_submit_acts_like_enter(self, form: PageClient) -> None:
        form.ask("write", ref=ref(form, "Your name"), text="Ada", submit=True)
        assert form.page.locator("#said").inner_text() == "Thank you, Ada"


class TestFinding:
    def test_case_and_accents_are_ignored(self, web: PageClient) -> None:
        web.open("article.html")
        for words in ("naive", "NAÏVE", "cafe OWNERS"):
            assert web.ask("find", text=words)["count"] == 1

    def test_text_is_found_across_elements(self, web: PageClient) -> None:
        web.open("article.html")
        found = web.ask("find", text="is a family of tunings of the twelve")
        assert found["count"] == 1
        assert "family of tunings of the twelve" in found["items"][0]["excerpt"]

    def test_hidden_text_is_not_found(self, web: PageClient) -> None:
        web.open("news.html")
        assert web.ask("find", text="Subscribers only")["count"] == 0

    def test_going_to_a_match_scrolls_and_sets_the_cursor(self, web: PageClient) -> None:
        page = web.open("feed.html")
        web.ask("find", text="number 15")
        there = web.ask("find_go", index=0)
        assert "Post number 15" in there["excerpt"]
        assert page.evaluate("scrollY") > 0
        assert 0 < there["box"]["y"] < 800
        assert web.ask("where")["label"].startswith("Post number 15")
        assert page.evaluate("CSS.highlights.get('rubato-here').size") == 1

    def test_document_is_not_modified(self, web: PageClient) -> None:
        page = web.open("article.html")
        before = page.content()
        web.ask("find", text="fifth")
        web.ask("find_go", index=1)
        web.ask("highlight", x1=300, y1=100, x2=900, y2=300)
        web.ask("scan")
        assert page.content() == before
        web.ask("unhighlight")
        assert page.evaluate("[...CSS.highlights.keys()]") == []

    def test_rerendered_page_is_searched_again(self, web: PageClient) -> None:
        page = web.open("article.html")
        web.ask("find", text="meantone")
        page.evaluate("document.querySelector('article').innerHTML = '<p>Only <b>mean</b>tone is left</p>'")
        assert web.ask("find_go", index=0, text="meantone")["excerpt"] == "Only meantone is left"


class TestSelecting:
    def test_words_in_a_box_are_highlighted(self, web: PageClient) -> None:
        page = web.open("article.html")
        found = web.ask("highlight", x1=305, y1=360, x2=480, y2=390)
        assert found["text"] == "Café owners and organ"
        assert page.evaluate("CSS.highlights.get('rubato-marked').size") == 1

    def test_words_between_two_points_are_selected(self, web: PageClient) -> None:
        page = web.open("article.html")
        found = web.ask("select", x1=305, y1=360, x2=480, y2=390)
        assert page.evaluate("getSelection().toString()") == found["text"] == "Café owners and organ"

    def test_selecting_without_text_is_refused(self, web: PageClient) -> None:
        web.open("article.html")
        with pytest.raises(Refused) as refused:
            web.ask("select", x1=2, y1=700, x2=4, y2=702)
        assert refused.value.code == "nothing_there"


class TestMedia:
    def test_media_in_closed_shadow_roots_are_listed(self, web: PageClient) -> None:
        web.open("shadow.html")
        assert [one["kind"] for one in web.ask("media")] == ["video"]
        web.open("video.html")
        web.page.wait_for_function("audio.readyState > 0")
        assert [(one["kind"], one["title"], one["duration"]) for one in web.ask("media")][1] == (
            "audio",
            "A single tone",
            8,
        )

    def test_playing_without_a_user_gesture_is_refused(self, web: PageClient) -> None:
        web.open("video.html")
        film = web.ask("media")[0]["ref"]
        with pytest.raises(Refused) as refused:
            web.ask("media_do", ref=film, action="play")
        assert refused.value.code == "needs_click"
        web.ask("media_do", ref=film, action="mute")
        assert web.ask("media_do", ref=film, action="play")["playing"]
        assert not web.ask("media_do", ref=film, action="pause")["playing"]

    @pytest.mark.parametrize(
        ("action", "asked", "field", "becomes"),
        [
            ("speed", 9, "speed", 4),
            ("speed", 0, "speed", 0.1),
            ("volume", 0.3, "volume", 0.3),
            ("volume", 3, "volume", 1),
            ("seek", 3, "position", 3),
            ("seek", 99, "position", 8),
            ("skip", -99, "position", 0),
            ("skip", 2, "position", 2),
        ],
    )
    def test_media_values_are_clamped(
        self, web: PageClient, action: str, asked: float, field: str, becomes: float
    ) -> None:
        web.open("video.html")
        web.page.wait_for_function("audio.readyState > 2")
        sound = web.ask("media")[1]["ref"]
        assert web.ask("media_do", ref=sound, action=action, value=asked)[field] == pytest.approx(
            becomes, abs=0.05
        )


class TestNotifications:
    @pytest.fixture(autouse=True)
    def _listening(self, web: PageClient) -> Iterator[None]:
        web.worker.evaluate(
            """() => {
                self.heard = [];
                self.hear = (message) => { self.heard.push(message); };
                chrome.runtime.onMessage.addListener(self.hear);
            }"""
        )
        yield
        web.worker.evaluate("() => chrome.runtime.onMessage.removeListener(self.hear)")

    def received(self, web: PageClient, event: str) -> list[dict[str, Any]]:
        return [one for one in web.worker.evaluate("() => self.heard") if one.get("event") == event]

    def test_page_notifies_once_when_loaded(self, web: PageClient) -> None:
        web.open("frames.html")
        until(lambda: self.received(web, "loaded"))
        web.page.wait_for_timeout(500)
        (loaded,) = self.received(web, "loaded")
        assert loaded["title"] == "Frames in frames"
        assert 300 <= loaded["ms"] < 6000

    def test_moving_page_counts_as_loaded_after_three_seconds(self, web: PageClient) -> None:
        page = web.open("article.html")
        page.evaluate(
            "() => { setInterval(() => { document.body.style.paddingTop = `${Math.random() * 300}px`; }, 50); }"
        )
        until(lambda: self.received(web, "loaded"))
        assert 2900 <= self.received(web, "loaded")[0]["ms"] < 6000

    def test_start_and_end_of_media_are_notified(self, web: PageClient) -> None:
        web.open("shadow.html")
        film = web.ask("media")[0]["ref"]
        web.ask("media_do", ref=film, action="play")
        web.ask("media_do", ref=film, action="pause")
        until(lambda: len(self.received(web, "sounding")) == 2)
        assert [one["playing"] for one in self.received(web, "sounding")] == [True, False]
