"""Words played on a controller drive a real Chromium, through the real program, host and extension."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from audio_source import AudioSource
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


class Setup:
    """The running program, a controller, and the browser.

    Attributes:
        program, context, keys: The program, the browser in Playwright, the controller.
    """

    def __init__(self, program: Program, context: BrowserContext, keys: Controller, site: Site) -> None:
        self.program, self.context, self.keys, self.site = program, context, keys, site
        self.page: Page = context.pages[0]

    def show(self, name: str) -> Page:
        """Show a page in the first tab."""
        self.page.goto(self.site.page(name))
        self.page.bring_to_front()
        return self.page

    def wait_until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until something holds in the browser; Playwright processes events only during its own calls."""

        def look() -> object:
            self.context.pages[0].wait_for_timeout(10)
            return holds()

        until(look, what)

    def play(self, line: str, command: str) -> dict[str, Any]:
        """Play a word on the controller and return the result of its command."""
        before = len(self.program.results(command))
        self.keys.play(line, gap_ms=GAP)
        return until(lambda: self.program.results(command)[before:], f"{command} to end")[0]


@pytest.fixture(scope="module")
def setup(jack: JackServer, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder = tmp_path_factory.mktemp("browser")
    Installation(folder / "data").install_in_profile(folder / "profile")
    program = Program(folder / "data")
    with chromium(folder / "profile", viewport=None) as context, Controller(KEYS) as keys:
        program.wait_for_device(KEYS)
        until(lambda: "connect" in program.ask("status")["value"]["question"], "the question")
        keys.play("0 4 9 0", gap_ms=GAP)  # confirm
        until(lambda: "browser" in program.ask("status")["value"]["has"], "the browser to connect")
        setup = Setup(program, context, keys, site)
        yield setup
    setup.program.end(signal.SIGKILL)


def scrolled(page: Page) -> float:
    return float(page.evaluate("scrollY"))


def test_scroll_moves_the_page(setup: Setup) -> None:
    page = setup.show("article.html")
    result = setup.play("0 4 0", "scroll")
    assert result["status"] == "ok" and result["text"] == "Scrolled 1 down"
    assert scrolled(page) == result["value"]["y"] > 0
    setup.play("0 11 10 0", "undo")
    until(lambda: scrolled(page) == 0, "the page to be where it was")


def test_page_down_reports_the_end_of_the_page(setup: Setup) -> None:
    page = setup.show("article.html")
    assert setup.play("0 3 0", "page")["status"] == "ok"
    until(lambda: scrolled(page) > 300)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert setup.play("0 3 0", "page")["text"] == "This is the end of the page"


def test_move_and_click_reach_the_link(setup: Setup) -> None:
    page = setup.show("index.html")
    link = page.get_by_role("link", name="Article").bounding_box()
    view = page.evaluate("[innerWidth, innerHeight]")
    row = int((link["y"] + link["height"] / 2) / view[1] * 12)
    column = int((link["x"] + link["width"] / 2) / view[0] * 12)
    moved = setup.play(f"0 9 9 0 {11 - row} {13 + column}", "move")
    assert moved["value"]["kind"] == "link", moved
    wanted = moved["value"]["label"].lower()
    assert setup.play("0 7 0", "click")["value"]["effect"] == "navigated"
    setup.wait_until(lambda: wanted.split()[0] in page.url, f"the page {wanted} to open")
    setup.play("0 9 7 0", "back")
    setup.wait_until(lambda: page.url.endswith("index.html"), "the page before")


def test_tabs_are_listed_selected_and_closed(setup: Setup) -> None:
    setup.show("news.html")
    second = setup.context.new_page()
    second.goto(setup.site.page("article.html"))
    listed = setup.play("0 5 5 0", "tabs")
    assert [tab["number"] for tab in listed["value"]] == [1, 2]
    went = setup.play("12 7 12 14 12", "tab")
    assert went["value"]["number"] == 1 and went["value"]["url"].endswith("news.html")
    setup.play("12 7 12 15 12", "tab")
    closed = setup.play("12 9 7 12", "close_tab")
    assert closed["value"]["closed"]["url"].endswith("article.html")
    assert len(setup.play("0 5 5 0", "tabs")["value"]) == 1
    setup.play("12 9 7 9 12", "reopen_tab")
    setup.wait_until(lambda: len(setup.context.pages) == 2, "the tab to be back")
    setup.context.pages[1].close()
    until(lambda: len(setup.program.ask("tabs")["value"]) == 1, "the closed tab to vanish")


def test_spoken_tab_takes_its_number_from_the_keys(setup: Setup) -> None:
    setup.show("news.html")
    more = [setup.context.new_page() for _ in range(11)]
    for page in more:
        page.goto(setup.site.page("article.html"))
    until(lambda: len(setup.program.ask("tabs")["value"]) == 12, "twelve tabs")
    setup.play("12 7 12 14 12", "tab")
    with AudioSource() as speaker:
        setup.play("0 4 7 0", "microphone")
        before = len(setup.program.results("tab"))
        speaker.say("Tab.")
        setup.keys.play("14 15 12", gap_ms=GAP)
        went = until(lambda: setup.program.results("tab")[before:], "the tab to open")[0]
        setup.play("0 7 4 0", "microphone")
    assert went["value"]["number"] == 12 and went["value"]["url"].endswith("article.html")
    assert went["word"]["word"] == "tab"
    for page in more:
        page.close()


def test_tab_is_named_and_recalled_by_its_keys(setup: Setup) -> None:
    setup.show("article.html")
    named = setup.play("12 9 9 12 0 16 21 24", "name")
    assert named["status"] == "ok", named
    other = setup.context.new_page()
    other.goto(setup.site.page("news.html"))
    went = setup.play("0 16 21", "go")
    assert went["value"]["url"].endswith("article.html")
    conflict = setup.play("12 9 9 12 0 7 0 24", "name")
    assert conflict["error"]["code"] == "conflict" and "click" in conflict["text"]
    other.close()


def test_reading_continues_and_where_am_i_answers(setup: Setup) -> None:
    setup.show("article.html")
    first = setup.play("0 5 0", "read")
    texts = [first["text"]]
    for _ in range(3):
        texts.append(setup.play("0 2 2 0", "continue")["text"])
    assert len(set(texts)) == 4 and all(texts)
    here = setup.play("0 7 7 0", "where_am_i")
    assert here["value"]["url"].endswith("article.html") and "tab 1 of 1" in here["text"]


def test_links_are_opened_by_number(setup: Setup) -> None:
    page = setup.show("index.html")
    links = setup.play("0 6 6 0", "links")["value"]
    assert [link["label"] for link in links[:3]] == ["News", "Article", "Search"]
    assert setup.play("0 10 0 15 12", "open")["status"] == "ok"
    setup.wait_until(lambda: page.url.endswith("article.html"), "the second link to open")


def test_text_is_written_but_never_into_a_password_field(setup: Setup) -> None:
    page = setup.show("form.html")
    fields = setup.program.send("fields")
    assert fields["status"] == "ok" and fields["value"]
    page.locator("input[type=text], input:not([type])").first.focus()
    wrote = setup.program.send("write", "left hand")
    assert wrote["status"] == "ok", wrote
    assert page.evaluate("document.activeElement.value") == "left hand"
    password = page.locator("input[type=password]").first
    before = password.input_value()
    password.focus()
    refused = setup.program.send("write", "secret")
    assert (refused["status"], refused["error"]["code"]) == ("refused", "password")
    assert password.input_value() == before


def test_keys_in_a_password_field_are_not_recorded(setup: Setup) -> None:
    page = setup.show("form.html")
    page.locator("input[type=password]").first.focus()
    until(lambda: setup.program.ask("status")["value"]["secret"], "the field to be told")
    setup.keys.play("0 1 0", gap_ms=GAP)
    page.locator("input[type=password]").first.blur()
    until(lambda: not setup.program.ask("status")["value"]["secret"], "the field to be left")
    setup.keys.play("0 13 0", gap_ms=GAP)

    def written() -> list[str]:
        return [line["data"][2:4] for line in setup.program.journal() if line["kind"] == "midi"]

    until(lambda: f"{48 + 13:x}" in written(), "the later key to be recorded")
    assert f"{48 + 1:x}" not in written(), "the key in the field was not recorded"


def test_restricted_page_is_explained(setup: Setup) -> None:
    setup.page.goto("chrome://version")
    result = setup.play("0 4 0", "scroll")
    assert (result["status"], result["error"]["code"]) == ("refused", "restricted_page"), result
    here = setup.play("0 7 7 0", "where_am_i")
    assert here["status"] == "ok" and "tab 1 of 1" in here["text"], here
    assert here["value"]["url"] == "chrome://version/" and "extensions cannot read" in here["text"]
    setup.show("index.html")


def test_video_is_controlled_by_media_words(setup: Setup) -> None:
    page = setup.show("video.html")
    media = "[...document.querySelectorAll('video, audio')]"
    listed = setup.play("23 22 20 23", "listen")
    assert listed["text"].startswith("Media: 1 Lesson 4: The trill"), listed
    refused = setup.play("0 10 0 14 12", "open")
    assert (refused["status"], refused["error"]["code"]) == ("refused", "needs_click")
    assert setup.play("23 22 23", "play")["error"]["code"] == "needs_click", (
        "play controls the selected media"
    )
    page.mouse.click(400, 600)  # a user gesture
    assert setup.play("0 10 0 14 12", "open")["status"] == "ok"
    until(lambda: page.evaluate(f"{media}.some(one => !one.paused)"), "it to play")
    assert setup.play("23 22 22 23", "pause")["status"] == "ok"
    until(lambda: page.evaluate(f"{media}.every(one => one.paused)"), "it to pause")
    assert setup.play("0 1 1 0 16", "speed")["text"].endswith("speed 2")
    assert page.evaluate(f"{media}.some(one => one.playbackRate === 2)")


def test_layout_has_links_in_their_columns(setup: Setup) -> None:
    page = setup.show("index.html")
    layout = setup.play("0 9 10 0", "layout")["value"]
    box = page.get_by_role("link", name="News", exact=True).bounding_box()
    width = page.evaluate("innerWidth")
    columns = {cell["x"] for cell in layout["cells"] if cell["kind"] == "link"}
    assert int(box["x"] / width * 24) in columns
    assert layout["columns"] == 24 and layout["elements"] >= 11


def test_learnt_page_answers_and_is_opened(setup: Setup) -> None:
    page = setup.show("article.html")
    learnt = setup.play("12 14 16 12", "learn_page")
    assert learnt["status"] == "ok", learnt
    assert learnt["value"]["learnt"] == [page.url]
    assert learnt["value"]["tags"]
    tagged = setup.program.ask("add_tag", tag=1)
    assert tagged["value"]["tags"] == learnt["value"]["tags"][:1]
    answer = setup.program.ask("ask", question="Who described well temperament?")["value"]
    assert "Andreas Werckmeister" in answer["answer"]
    assert answer["citations"][0]["source"] == page.url
    before = len(setup.context.pages)
    assert setup.program.ask("source", number=answer["citations"][0]["n"])["status"] == "ok"
    setup.wait_until(lambda: len(setup.context.pages) > before, "its page to open")
    setup.context.pages[-1].close()
    everywhere = setup.program.ask("find_everywhere", text="howling fifths")["value"]
    assert everywhere["learnt"][0]["source"] == page.url
    assert setup.program.ask("forget")["value"]["forgotten"] == [page.url]


def test_all_answers_have_the_same_shape(setup: Setup) -> None:
    setup.show("index.html")
    for words in (["scroll", "1"], ["status"], ["tab", "99"], ["change_user", "1"], ["ask", "what?"]):
        answer = setup.program.send(*words)
        assert set(answer) == {"v", "id", "status", "value", "error", "state", "elapsed_ms"}, words
    assert setup.program.send("change_user", "1")["error"]["code"] == "needs_users"


def test_badge_follows_a_killed_program_and_the_browser_reconnects(setup: Setup, tmp_path: Path) -> None:
    worker = setup.context.service_workers[0]
    badge = "chrome.action.getTitle({})"
    until(lambda: "listening" in worker.evaluate(badge).lower(), "the badge to show that it listens")
    os.kill(setup.program.process.pid, signal.SIGKILL)
    setup.program.process.wait(10)
    until(lambda: "off" in worker.evaluate(badge).lower(), "the badge to show that it is off", patience=5)
    setup.program = Program(setup.program.data)
    until(lambda: "browser" in setup.program.ask("status")["value"]["has"], "the browser to reconnect")
    assert setup.program.send("tabs")["status"] == "ok"
    assert request(setup.program.data, {"do": "front"})["ok"]
