"""Words that control the browser: the keys, the request to the browser, and the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_browser import FakeBrowser, tab
from player import Player

from rubato_desktop.app import App
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import EntryRead, Listed
from rubato_desktop.services.browser import BrowserError
from rubato_desktop.services.browser.media import PageMedia

NEWS, STUDIES = tab(1, "News", active=True), tab(2, "Études")
VIDEO = {
    "tab": 11, "frame": 0, "ref": 5, "title": "Nocturne", "kind": "video", "duration": 245.5, "position": 0,
    "playing": False, "muted": False, "volume": 0.5, "speed": 1,
}  # fmt: skip
LINKS = [
    {"number": 1, "label": "Home", "url": "https://example.org/", "ref": 3},
    {"number": 2, "label": "", "url": "https://example.org/b", "ref": 4},
]
TARGET = {"row": 4, "column": 7, "kind": "link", "label": "Home", "density": 0.4, "ref": 3}
PLACE = {
    "title": "News", "url": "https://example.org/", "window": 1, "tab": 1, "tabs": 2, "kind": "link",
    "label": "Home", "heading": "Today", "row": 4, "column": 7, "percent": 34.6,
}  # fmt: skip
SETTINGS = {"title": "Settings", "url": "chrome://settings/", "window": 1, "tab": 2, "tabs": 2, "kind": None}

# Keys, the request to the browser with its arguments, its reply, and a part of the answer. Add a line for each bug.
REQUESTS: list[tuple[str, str, dict[str, Any], Any, str]] = [
    ("12 7 12 15 12", "tab", {"number": 2}, STUDIES, "Tab 2, Études"),
    ("12 7 12 10 12", "tab", {"number": 2}, STUDIES, "Tab 2, Études"),  # -1 is the last
    ("12 5 12 14 12", "channel", {"number": 1}, {"number": 1, "title": "News", "tabs": 1}, "Channel 1, 1 tab"),
    ("12 5 6 12", "channels", {}, [{"number": 1, "title": "News", "tabs": 2}], "Channels: 1 News, 2 tabs"),
    ("0 5 5 0", "tabs", {}, [NEWS, STUDIES], "Tabs: 1 News, 2 Études"),
    ("12 7 8 12", "next_tab", {}, STUDIES, "Tab 2, Études"),
    ("12 8 7 12", "previous_tab", {}, STUDIES, "Tab 2, Études"),
    ("12 7 9 12", "new_tab", {}, tab(3, ""), "New tab 3"),
    ("12 9 7 12", "close_tab", {}, {"closed": STUDIES, "now": NEWS}, "Closed tab 2, Études. Now tab 1, News"),
    ("12 9 7 9 12", "reopen_tab", {}, STUDIES, "Reopened tab 2, Études"),
    ("0 9 7 0", "back", {}, NEWS, "Back: tab 1, News"),
    ("0 7 9 0", "forward", {}, NEWS, "Forward: tab 1"),
    ("0 7 9 7 0", "reload", {}, NEWS, "Reload: tab 1"),
    ("0 4 0", "scroll", {"vertical": 1, "horizontal": 0}, {"x": 0, "y": 100, "moved": True}, "Scrolled 1 down"),
    ("0 4 4 0", "scroll", {"vertical": -1, "horizontal": 0}, {"x": 0, "y": 0, "moved": False}, "end of the page"),
    ("0 4 5 0 4+20", "scroll", {"vertical": 2, "horizontal": 2}, {"x": 9, "y": 9, "moved": True}, "2 down and 2 right"),
    ("0 3 0", "page", {"pages": 1}, {"x": 0, "y": 700, "moved": True}, "1 page down"),
    ("0 9 9 0 7 20", "move", {"row": 4, "column": 7}, TARGET, "Link, Home, row 5, column 8"),
    ("0 9 9 0 7 20", "move", {"row": 4, "column": 7}, TARGET | {"kind": None, "label": ""}, "Nothing, row 5"),
    ("0 7 0", "click", {}, {"label": "Home", "kind": "link", "effect": "navigated"}, "Clicked link, Home, opening"),
    ("0 6 6 0", "links", {}, LINKS, "Links: 1 Home, 2 https://example.org/b"),
    ("0 7 7 0", "where_am_i", {}, SETTINGS, "Settings, tab 2 of 2, a page that extensions cannot read"),
    ("0 7 7 0", "where_am_i", {}, PLACE, "News, tab 1 of 2, link, Home, under Today, row 5, column 8, 35 % down"),
    ("0 5 0", "read", {}, {"kind": "text", "text": "It rains."}, "It rains."),
    ("0 2 2 0", "continue", {"back": False}, {"kind": "heading", "level": 2, "text": "Études"}, "heading 2: Études"),
    ("0 2 3 0", "continue", {"back": True}, {"kind": "image", "text": "", "label": "A piano"}, "image: A piano"),
    ("0 5 7 7 0", "find_next", {"back": False}, {"count": 3, "index": 2, "excerpt": "…rain…"}, "2 of 3: …rain…"),
    ("23 19 20 23", "mute", {"on": True}, NEWS | {"muted": True}, "News: muted"),
    ("23 21 21 23 7 20 12", "highlight", {"points": [{"row": 4, "column": 7}]}, {"text": "It rains."}, "Highlighted"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "name", "args", "value", "text"), REQUESTS, ids=[row[0] for row in REQUESTS]
)
def test_word_sends_a_request_to_the_browser_and_answers(
    keys: str, name: str, args: dict[str, Any], value: Any, text: str, player: Player, browser: FakeBrowser
) -> None:
    browser.answers[name] = value
    result = player.word(keys)
    assert browser.requests == [(name, args)]
    assert (result.status, text in result.text) == ("ok", True), result.text
    assert result.state.get("tab") == 12


@pytest.mark.parametrize("status", ["failed", "refused", "timeout"])
def test_error_of_the_browser_is_reported_with_its_code(
    status: Any, player: Player, browser: FakeBrowser
) -> None:
    browser.answers["click"] = BrowserError(
        "Nothing is there", status=status, code="nothing_there", state={"tab": 3}
    )
    result = player.word("0 7 0")
    assert (result.status, result.error["code"], result.state) == (status, "nothing_there", {"tab": 3})
    assert "Nothing is there" in result.text


def test_open_and_a_number_opens_from_the_last_list(player: Player, browser: FakeBrowser) -> None:
    browser.answers["links"] = LINKS
    browser.answers["click"] = {"label": "", "kind": "link", "effect": "navigated"}
    player.word("0 6 6 0")
    assert player.word("0 10 0 15 12").status == "ok"
    assert browser.requests[-1] == ("click", {"ref": 4})
    browser.answers["tabs"] = [NEWS, STUDIES]
    browser.answers["go"] = STUDIES
    player.word("0 5 5 0")
    assert player.word("0 10 0 15 12").text == "Tab 2, Études"
    assert browser.requests[-1] == ("go", {"url": STUDIES["url"], "tab": 12})


def test_named_tab_is_opened_by_its_name(player: Player, browser: FakeBrowser) -> None:
    browser.answers["tabs"] = [NEWS | {"active": False}, STUDIES | {"active": True}]
    browser.answers["go"] = STUDIES
    named = player.word("12 9 9 12 0 16 21 24")
    assert named.text == "0 16 21 calls up Études" and player.last(EntryRead).keys == (0, 16, 21)
    assert player.word("0 16 21").text == "Tab 2, Études"
    assert browser.requests[-1] == ("go", {"url": STUDIES["url"], "tab": 12})
    assert player.word("12 9 9 12 0 16 21").text == "Tab 2, Études", "an existing name opens what it names"
    assert player.word("0 10 0 0 16 21").text == "Tab 2, Études", "open with a name does the same"


def test_name_that_is_taken_is_reported_before_any_request_to_the_browser(
    player: Player, browser: FakeBrowser
) -> None:
    result = player.word("12 9 9 12 0 7 0 24")
    assert result.error["code"] == "conflict" and "already click" in result.text
    assert browser.requests == []


def test_bookmark_is_created_under_a_name_opened_and_undone(player: Player, browser: FakeBrowser) -> None:
    browser.answers["bookmark"] = {"id": "77", "title": "News", "url": "https://example.org/news"}
    browser.answers["go"], browser.answers["unbookmark"] = NEWS, {}
    assert player.word("12 9 12 0 19 21 24").text == "0 19 21 calls up News"
    assert player.word("12 9 12 0 19 21").text == "Tab 1, News"
    assert browser.requests[-1] == ("go", {"url": "https://example.org/news"})
    assert player.word("0 11 10 0").text == "Undone: the bookmark 0 19 21"
    assert browser.requests[-1] == ("unbookmark", {"id": "77"})
    assert player.play("0 19 21") == []


def test_name_of_a_command_repeats_it(player: Player, browser: FakeBrowser) -> None:
    browser.answers["scroll"] = {"x": 0, "y": 100, "moved": True}
    player.word("0 4 5 0 9")
    assert player.word("12 9 8 12 0 17 21 24").status == "ok"
    player.word("0 17 21")
    assert browser.requests[-1] == ("scroll", {"vertical": 3, "horizontal": 0})


def test_scrolling_changing_tabs_and_closing_one_can_be_undone(player: Player, browser: FakeBrowser) -> None:
    browser.answers["scroll"] = {"x": 0, "y": 100, "moved": True}
    browser.answers["tab"] = browser.answers["reopen_tab"] = STUDIES
    browser.answers["go"] = NEWS
    browser.answers["close_tab"] = {"closed": STUDIES, "now": NEWS}
    for keys in ("0 4 0", "12 7 12 15 12", "12 9 7 12"):
        player.word(keys)
    for undone, request in (
        ("closing the tab", ("reopen_tab", {})),
        ("the change of tab", ("go", {"url": NEWS["url"], "tab": 11})),
        ("scrolling", ("scroll", {"vertical": -1, "horizontal": 0})),
    ):
        assert player.word("0 11 10 0").text == f"Undone: {undone}"
        assert browser.requests[-1] == request


def test_only_video_of_a_page_is_played_and_media_words_act_on_it(
    player: Player, browser: FakeBrowser
) -> None:
    browser.answers["media"], browser.answers["media_do"] = [VIDEO], VIDEO
    where = {"tab": 11, "frame": 0, "ref": 5}
    assert player.word("23 22 20 23").text == "Nocturne: playing"
    for keys, args, text in (
        ("23 22 22 23", {"action": "pause"}, "Nocturne: paused"),
        ("23 20 22 23 13+15", {"action": "skip", "value": 5.0}, "Nocturne: +5 s"),
        ("0 1 1 0 16", {"action": "speed", "value": 2.0}, "Nocturne: speed 2"),
        ("12 6 6 12 12", {"action": "volume", "value": 0.5}, "Nocturne: volume 50 %"),
    ):
        assert player.word(keys).text == text
        assert browser.requests[-1] == ("media_do", where | args)


def test_one_of_several_videos_is_chosen_from_the_list(player: Player, browser: FakeBrowser) -> None:
    browser.answers["media"] = [VIDEO, VIDEO | {"ref": 6, "title": "Étude", "playing": True}]
    browser.answers["media_do"] = VIDEO
    assert player.word("23 22 20 23").text == "Media: 1 Nocturne, 4:05.5, 2 Étude, 4:05.5, playing"
    player.word("0 10 0 15 12")
    assert (
        isinstance(player.app.services.last_media.last, PageMedia)
        and player.app.services.last_media.last.name == "Étude"
    )


def test_page_without_media_is_reported(player: Player, browser: FakeBrowser) -> None:
    browser.answers["media"] = []
    assert player.word("23 22 20 23").error["code"] == "nothing_there"


def test_web_search_uses_the_engine_of_the_settings(player: Player, browser: FakeBrowser) -> None:
    browser.answers["open"] = tab(3, "Search", active=True)
    player.run("search", text="left hand & right")
    url = "https://duckduckgo.com/?q=left%20hand%20%26%20right"
    assert browser.requests == [("open", {"url": url, "new": True})]
    player.app.engine.set("search_engine", "https://example.org/")
    assert player.run("search", text="rain").error["code"] == "bad_setting"


def test_texts_that_were_looked_for_are_remembered(player: Player, browser: FakeBrowser) -> None:
    browser.answers["find"] = {"count": 1, "index": 1, "excerpt": "rain"}
    for text in ("rain", "snow", "rain"):
        player.run("find", text=text)
    assert player.word("0 5 7 5 0").text == "Finds: 1 rain, 2 snow"
    player.word("0 10 0 15 12")
    assert browser.requests[-1] == ("find", {"text": "snow"})
    assert App(player.app.data, devices=False, sound=False).services.find_history.texts == ["snow", "rain"]


def test_find_everywhere_finds_text_in_tabs_history_and_bookmarks(
    player: Player, browser: FakeBrowser
) -> None:
    found = {"tab": 12, "title": "Études", "url": STUDIES["url"], "count": 2, "excerpt": "…rain…"}
    browser.answers["find_all"] = [found]
    browser.answers["history"] = [
        {"title": "Rain", "url": "https://example.org/r", "time": "2026-11-24T10:00:00Z", "visits": 3}
    ]
    browser.answers["bookmarks"] = []
    player.run("find_everywhere", text="rain")
    assert player.last(Listed).items == ("Études, 2 matches: …rain…", "Rain, in history")
    browser.answers["go"], browser.answers["find"] = STUDIES, {"count": 2, "index": 1, "excerpt": "…rain…"}
    assert player.word("0 10 0 14 12").text == "1 of 2: …rain…"


def test_history_shows_how_often_and_when_a_page_was_visited(player: Player, browser: FakeBrowser) -> None:
    browser.answers["history"] = [
        {"title": "Rain", "url": "https://example.org/r", "time": "2025-03-01T12:00:00Z", "visits": 1}
    ]
    assert player.word("0 10 10 0").text == "History: 1 Rain, 1 March 2025, once"
    browser.answers["visits"] = [{"time": "2025-03-01T12:00:00Z", "transition": "link"}]
    assert player.word("0 10 7 0 14 12").text == "Visits to Rain: 1 1 March 2025"


def test_right_click_lists_actions_if_the_page_has_no_menu(player: Player, browser: FakeBrowser) -> None:
    actions = [{"id": "open_new", "label": "Open in a new tab"}]
    browser.answers["right_click"] = {"handled": False, "label": "Home", "kind": "link", "actions": actions}
    browser.answers["act"] = {}
    assert player.word("0 6 0").text == "Actions for link, Home: 1 Open in a new tab"
    assert player.word("0 10 0 14 12").text == "Open in a new tab: done"
    browser.answers["right_click"] = {"handled": True, "label": "Map", "kind": "image", "actions": []}
    assert player.word("0 6 0").text == "The page opened its menu on image, Map"


def test_choices_of_a_field_are_listed_and_one_is_taken(player: Player, browser: FakeBrowser) -> None:
    options = [{"number": 1, "label": "Grand", "selected": True}, {"number": 2, "label": "Upright"}]
    browser.answers["click"] = {"label": "Piano", "kind": "field", "effect": "focused", "options": options}
    browser.answers["write"] = {"label": "Piano", "text": "Upright"}
    assert player.word("0 7 0").text == "Choices of Piano: 1 Grand, 2 Upright"
    assert player.word("0 10 0 15 12").text == "Piano: Upright"
    assert browser.requests[-1] == ("write", {"text": "Upright", "replace": True})


def test_click_on_a_checkbox_answers_with_its_state(player: Player, browser: FakeBrowser) -> None:
    browser.answers["click"] = {"label": "I agree", "kind": "field", "effect": "clicked", "checked": True}
    assert player.word("0 7 0").text == "I agree is checked"


def test_without_a_browser_a_word_is_refused(player: Player) -> None:
    assert player.word("0 7 0").error["code"] == "needs_browser"


def test_refusal_says_why_the_browser_is_not_connected(player: Player, browser: FakeBrowser) -> None:
    browser.problem = RubatoError("Chromium waits to be let in", todo="Answer it here", code="pairing")
    result = player.word("0 7 0")
    assert (result.status, result.error["code"]) == ("refused", "needs_browser")
    assert "this needs the browser. Chromium waits to be let in. Answer it here" in result.text


def test_invalid_arguments_are_answered_like_any_failed_command(player: Player) -> None:
    answer = player.app.on_request({"do": "send", "command": "move", "words": ["4"]})
    assert (answer["status"], answer["error"]["code"]) == ("failed", "bad_arguments")
    assert {"id", "value", "state", "elapsed_ms"} <= set(answer)


def test_question_waits_for_confirm_or_cancel(player: Player) -> None:
    answers: list[bool] = []

    def on_answer(yes: bool) -> str:
        answers.append(yes)
        return "done"

    confirmation = player.app.services.confirmation
    confirmation.ask("Replace it?", on_answer)
    assert player.word("0 4 9 0").text == "done"
    confirmation.ask("Replace it?", on_answer)
    assert player.word("0 9 4 0").text == "done"
    confirmation.ask("Replace it?", on_answer)
    confirmation.ask("Delete it?", on_answer)
    assert answers == [True, False, False], "a new question answers the old one with no"
    assert Path(player.app.data).is_dir()


class FakePageSound:
    """Stands in for `PageSound` and records its calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def cell(self, found: Any) -> None:
        self.calls.append(("cell", found["kind"]))

    def layout(self, layout: Any) -> str:
        self.calls.append(("layout", len(layout["cells"])))
        return "1 cue in 0.3 s: link 1"

    def loaded(self) -> None:
        self.calls.append("loaded")

    def stop(self) -> None:
        self.calls.append("stop")


def test_moving_plays_the_new_cell_unless_feedback_is_off(player: Player, browser: FakeBrowser) -> None:
    sound = FakePageSound()
    player.app.services.page_sound = sound  # type: ignore[assignment]
    browser.answers["move"] = TARGET
    player.word("0 9 9 0 7 20")
    assert sound.calls == [("cell", "link")]
    assert player.word("0 7 2 0").text == "Feedback off"
    player.word("0 9 9 0 7 20")
    assert sound.calls == [("cell", "link")]


def test_layout_is_played_and_summarised(player: Player, browser: FakeBrowser) -> None:
    player.app.services.page_sound = FakePageSound()  # type: ignore[assignment]
    cells = [{"x": 3, "y": 1, "kind": "link", "density": 0.5, "label": "Home"}]
    view = {"viewport": {"width": 1280, "height": 800}, "columns": 24, "rows": 15}
    browser.answers["layout"] = view | {"cells": cells, "elements": 1, "scan_ms": 3.0}
    assert player.word("0 9 10 0").text == "Layout: 1 cue in 0.3 s: link 1"
