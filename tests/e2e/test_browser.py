"""Words played on a controller drive a real Chromium: the real program, host and extension between them."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from audio_source import Mouth
from chromium import chromium
from controller import Controller
from playwright.sync_api import BrowserContext, Page
from program import Program
from servers import JackServer
from waiting import until
from web_server import Site

from extension_bridge.install import Installation
from rubato_desktop.ipc.single_instance import request

pytestmark = pytest.mark.xdist_group("browser")

KEYS = "Keystation 25"
GAP = 40  # ms between keys


class Desk:
    """A player at the keys, and the browser on the screen.

    Attributes:
        program, context, keys: The program, the browser as Playwright sees it, the controller.
    """

    def __init__(self, program: Program, context: BrowserContext, keys: Controller, site: Site) -> None:
        self.program, self.context, self.keys, self.site = program, context, keys, site
        self.page: Page = context.pages[0]

    def show(self, name: str) -> Page:
        """Show a page in the first tab."""
        self.page.goto(self.site.page(name))
        self.page.bring_to_front()
        return self.page

    def sees(self, what: Callable[[], object], said: str) -> None:
        """Wait until the browser shows something; Playwright learns of it only while it is asked."""

        def look() -> object:
            self.context.pages[0].wait_for_timeout(10)
            return what()

        until(look, said)

    def play(self, line: str, command: str) -> dict[str, Any]:
        """Play a word on the controller; the result of its command."""
        before = len(self.program.results(command))
        self.keys.play(line, gap_ms=GAP)
        return until(lambda: self.program.results(command)[before:], f"{command} to end")[0]


@pytest.fixture(scope="module")
def desk(jack: JackServer, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("browser")
    Installation(folder / "data").install_in_profile(folder / "profile")
    program = Program(folder / "data")
    with chromium(folder / "profile", viewport=None) as context, Controller(KEYS) as keys:
        program.hears(KEYS)
        until(lambda: "join" in program.ask("status")["value"]["question"], "the question to be asked")
        keys.play("0 4 9 0", gap_ms=GAP)  # confirm
        until(lambda: "browser" in program.ask("status")["value"]["has"], "the browser to be joined")
        desk = Desk(program, context, keys, site)
        yield desk
    desk.program.end(signal.SIGKILL)


def scrolled(page: Page) -> float:
    return float(page.evaluate("scrollY"))


def test_scrolling_moves_the_page_and_answers(desk: Desk) -> None:
    page = desk.show("article.html")
    result = desk.play("0 4 0", "scroll")
    assert result["status"] == "ok" and result["text"] == "Scrolled 1 down"
    assert scrolled(page) == result["value"]["y"] > 0
    desk.play("0 11 10 0", "undo")
    until(lambda: scrolled(page) == 0, "the page to be where it was")


def test_a_page_down_and_the_end_of_the_page(desk: Desk) -> None:
    page = desk.show("article.html")
    assert desk.play("0 3 0", "page")["status"] == "ok"
    until(lambda: scrolled(page) > 300)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert desk.play("0 3 0", "page")["text"] == "This is the end of the page"


def test_move_and_click_go_where_the_hand_goes(desk: Desk) -> None:
    page = desk.show("index.html")
    link = page.get_by_role("link", name="Article").bounding_box()
    view = page.evaluate("[innerWidth, innerHeight]")
    row = int((link["y"] + link["height"] / 2) / view[1] * 12)
    column = int((link["x"] + link["width"] / 2) / view[0] * 12)
    moved = desk.play(f"0 9 9 0 {11 - row} {13 + column}", "move")
    assert moved["value"]["kind"] == "link", moved
    wanted = moved["value"]["label"].lower()
    assert desk.play("0 7 0", "click")["value"]["effect"] == "navigated"
    desk.sees(lambda: wanted.split()[0] in page.url, f"the page {wanted} to open")
    desk.play("0 9 7 0", "back")
    desk.sees(lambda: page.url.endswith("index.html"), "the page before")


def test_tabs_are_numbered_listed_opened_and_gone_at_once_when_closed(desk: Desk) -> None:
    desk.show("news.html")
    second = desk.context.new_page()
    second.goto(desk.site.page("article.html"))
    listed = desk.play("0 5 5 0", "tabs")
    assert [tab["number"] for tab in listed["value"]] == [1, 2]
    went = desk.play("12 7 12 14 12", "tab")
    assert went["value"]["number"] == 1 and went["value"]["url"].endswith("news.html")
    desk.play("12 7 12 15 12", "tab")
    closed = desk.play("12 9 7 12", "close_tab")
    assert closed["value"]["closed"]["url"].endswith("article.html")
    assert len(desk.play("0 5 5 0", "tabs")["value"]) == 1
    desk.play("12 9 7 9 12", "reopen_tab")
    desk.sees(lambda: len(desk.context.pages) == 2, "the tab to be back")
    desk.context.pages[1].close()
    until(lambda: len(desk.program.ask("tabs")["value"]) == 1, "the closed tab to vanish")


def test_a_spoken_tab_takes_its_number_from_the_keys(desk: Desk) -> None:
    desk.show("news.html")
    more = [desk.context.new_page() for _ in range(11)]
    for page in more:
        page.goto(desk.site.page("article.html"))
    until(lambda: len(desk.program.ask("tabs")["value"]) == 12, "twelve tabs")
    desk.play("12 7 12 14 12", "tab")
    with Mouth() as mouth:
        desk.play("0 4 7 0", "microphone")
        before = len(desk.program.results("tab"))
        mouth.say("Tab.")
        desk.keys.play("14 15 12", gap_ms=GAP)
        went = until(lambda: desk.program.results("tab")[before:], "the tab to open")[0]
        desk.play("0 7 4 0", "microphone")
    assert went["value"]["number"] == 12 and went["value"]["url"].endswith("article.html")
    assert went["word"]["word"] == "tab"
    for page in more:
        page.close()


def test_a_tab_gets_a_name_and_is_called_up_by_its_bare_keys(desk: Desk) -> None:
    desk.show("article.html")
    named = desk.play("12 9 9 12 0 16 21 24", "name")
    assert named["status"] == "ok", named
    other = desk.context.new_page()
    other.goto(desk.site.page("news.html"))
    went = desk.play("0 16 21", "go")
    assert went["value"]["url"].endswith("article.html")
    conflict = desk.play("12 9 9 12 0 7 0 24", "name")
    assert conflict["error"]["code"] == "conflict" and "click" in conflict["text"]
    other.close()


def test_reading_goes_from_element_to_element_and_says_where_it_is(desk: Desk) -> None:
    desk.show("article.html")
    first = desk.play("0 5 0", "read")
    texts = [first["text"]]
    for _ in range(3):
        texts.append(desk.play("0 2 2 0", "continue")["text"])
    assert len(set(texts)) == 4 and all(texts)
    here = desk.play("0 7 7 0", "where_am_i")
    assert here["value"]["url"].endswith("article.html") and "tab 1 of 1" in here["text"]


def test_links_are_listed_by_number_and_opened_by_it(desk: Desk) -> None:
    page = desk.show("index.html")
    links = desk.play("0 6 6 0", "links")["value"]
    assert [link["label"] for link in links[:3]] == ["News", "Article", "Search"]
    assert desk.play("0 10 0 15 12", "open")["status"] == "ok"
    desk.sees(lambda: page.url.endswith("article.html"), "the second link to open")


def test_text_is_found_and_spelt_into_a_field_but_never_into_a_password_field(desk: Desk) -> None:
    page = desk.show("form.html")
    fields = desk.program.send("fields")
    assert fields["status"] == "ok" and fields["value"]
    page.locator("input[type=text], input:not([type])").first.focus()
    wrote = desk.program.send("write", "left hand")
    assert wrote["status"] == "ok", wrote
    assert page.evaluate("document.activeElement.value") == "left hand"
    password = page.locator("input[type=password]").first
    before = password.input_value()
    password.focus()
    refused = desk.program.send("write", "secret")
    assert (refused["status"], refused["error"]["code"]) == ("refused", "password")
    assert password.input_value() == before


def test_what_is_played_while_a_password_field_has_the_focus_is_not_written_down(desk: Desk) -> None:
    page = desk.show("form.html")
    page.locator("input[type=password]").first.focus()
    until(lambda: desk.program.ask("status")["value"]["secret"], "the field to be told")
    desk.keys.play("0 1 0", gap_ms=GAP)
    page.locator("input[type=password]").first.blur()
    until(lambda: not desk.program.ask("status")["value"]["secret"], "the field to be left")
    desk.keys.play("0 13 0", gap_ms=GAP)

    def written() -> list[str]:
        return [line["data"][2:4] for line in desk.program.journal() if line["kind"] == "midi"]

    until(lambda: f"{48 + 13:x}" in written(), "what was played afterwards to be written down")
    assert f"{48 + 1:x}" not in written(), "what was played in the field is nowhere"


def test_a_page_of_the_browsers_own_is_told_in_words(desk: Desk) -> None:
    desk.page.goto("chrome://version")
    result = desk.play("0 4 0", "scroll")
    assert (result["status"], result["error"]["code"]) == ("refused", "restricted_page"), result
    here = desk.play("0 7 7 0", "where_am_i")
    assert here["status"] == "ok" and "tab 1 of 1" in here["text"], here
    assert here["value"]["url"] == "chrome://version/" and "shows to nobody else" in here["text"]
    desk.show("index.html")


def test_a_video_is_played_paused_and_its_speed_set_by_media_words(desk: Desk) -> None:
    page = desk.show("video.html")
    media = "[...document.querySelectorAll('video, audio')]"
    listed = desk.play("23 22 20 23", "listen")
    assert listed["text"].startswith("Media: 1 Lesson 4: The trill"), listed
    refused = desk.play("0 10 0 14 12", "open")
    assert (refused["status"], refused["error"]["code"]) == ("refused", "needs_click")
    assert desk.play("23 22 23", "play")["error"]["code"] == "needs_click", "play means what was chosen"
    page.mouse.click(400, 600)  # what only a person can do
    assert desk.play("0 10 0 14 12", "open")["status"] == "ok"
    until(lambda: page.evaluate(f"{media}.some(one => !one.paused)"), "it to play")
    assert desk.play("23 22 22 23", "pause")["status"] == "ok"
    until(lambda: page.evaluate(f"{media}.every(one => one.paused)"), "it to pause")
    assert desk.play("0 1 1 0 16", "speed")["text"].endswith("speed 2")
    assert page.evaluate(f"{media}.some(one => one.playbackRate === 2)")


def test_layout_tells_what_is_in_view_and_links_lie_where_they_are(desk: Desk) -> None:
    page = desk.show("index.html")
    layout = desk.play("0 9 10 0", "layout")["value"]
    box = page.get_by_role("link", name="News", exact=True).bounding_box()
    width = page.evaluate("innerWidth")
    columns = {cell["x"] for cell in layout["cells"] if cell["kind"] == "link"}
    assert int(box["x"] / width * 24) in columns
    assert layout["columns"] == 24 and layout["elements"] >= 11


def test_a_page_is_learnt_answers_and_is_opened_at_its_place(desk: Desk) -> None:
    page = desk.show("article.html")
    learnt = desk.play("12 14 16 12", "learn_page")
    assert learnt["status"] == "ok", learnt
    assert learnt["value"]["learnt"] == [page.url]
    assert learnt["value"]["tags"]
    tagged = desk.program.ask("add_tag", tag=1)
    assert tagged["value"]["tags"] == learnt["value"]["tags"][:1]
    answer = desk.program.ask("ask", question="Who described well temperament?")["value"]
    assert "Andreas Werckmeister" in answer["answer"]
    assert answer["citations"][0]["source"] == page.url
    before = len(desk.context.pages)
    assert desk.program.ask("source", number=answer["citations"][0]["n"])["status"] == "ok"
    desk.sees(lambda: len(desk.context.pages) > before, "its page to open")
    desk.context.pages[-1].close()
    everywhere = desk.program.ask("find_everywhere", text="howling fifths")["value"]
    assert everywhere["learnt"][0]["source"] == page.url
    assert desk.program.ask("forget")["value"]["forgotten"] == [page.url]


def test_every_command_has_the_same_shape_of_answer(desk: Desk) -> None:
    desk.show("index.html")
    for words in (["scroll", "1"], ["status"], ["tab", "99"], ["change_user", "1"], ["ask", "what?"]):
        answer = desk.program.send(*words)
        assert set(answer) == {"v", "id", "status", "value", "error", "state", "elapsed_ms"}, words
    assert desk.program.send("change_user", "1")["error"]["code"] == "needs_users"


def test_a_killed_program_is_told_by_the_badge_and_joined_again_when_it_comes_back(
    desk: Desk, tmp_path: Path
) -> None:
    worker = desk.context.service_workers[0]
    badge = "chrome.action.getTitle({})"
    until(lambda: "listening" in worker.evaluate(badge).lower(), "the badge to say that it listens")
    os.kill(desk.program.process.pid, signal.SIGKILL)
    desk.program.process.wait(10)
    until(lambda: "off" in worker.evaluate(badge).lower(), "the badge to say that it is off", patience=5)
    desk.program = Program(desk.program.data)
    until(lambda: "browser" in desk.program.ask("status")["value"]["has"], "the browser to be joined again")
    assert desk.program.send("tabs")["status"] == "ok"
    assert request(desk.program.data, {"do": "front"})["ok"]
