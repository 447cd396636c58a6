"""The side panel as a person uses it: by keyboard, with what a screen reader is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chromium import address
from connected_browser import ConnectedBrowser
from playwright.sync_api import Page, expect
from waiting import until

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def panel(connected: ConnectedBrowser) -> Iterator[Page]:
    """The panel, opened in a tab of its own, with two pages open beside it."""
    connected.page.goto(connected.site.page("news.html"))
    other = connected.context.new_page()
    other.goto(connected.site.page("article.html"))
    opened = connected.context.new_page()
    opened.set_viewport_size({"width": 380, "height": 820})
    opened.goto(address("panel/panel.html"))
    expect(opened.get_by_role("button", name="3 Rubato")).to_be_visible()
    yield opened
    for page in connected.context.pages[1:]:
        page.close()
    until(lambda: len(connected.send("tabs")["value"]) == 1, "one tab to be left")


def test_it_tells_the_state_of_the_connection_in_words(panel: Page) -> None:
    expect(panel.get_by_role("status").first).to_have_text("Connected, listening")


def test_tabs_are_walked_chosen_and_closed_with_the_keyboard(
    connected: ConnectedBrowser, panel: Page
) -> None:
    first = panel.get_by_role("button", name="1 The Harbour Courier")
    first.focus()
    panel.keyboard.press("ArrowDown")
    expect(panel.get_by_role("button", name="2 Well temperament")).to_be_focused()
    panel.keyboard.press("Delete")
    expect(panel.get_by_role("button", name="2 Well temperament")).to_have_count(0)
    until(lambda: len(connected.send("tabs")["value"]) == 2, "the tab to be closed")
    first.focus()
    panel.keyboard.press("Enter")
    until(lambda: connected.send("tabs")["value"][0]["active"], "the first tab to be in front")


def test_a_command_is_run_by_its_words_and_its_end_is_told(panel: Page) -> None:
    panel.get_by_role("textbox", name="Run a command").fill("tab 1")
    panel.keyboard.press("Enter")
    expect(panel.locator("#ran")).to_have_text("Tab 1, The Harbour Courier")


def test_a_command_that_does_not_fit_is_told_in_words(panel: Page) -> None:
    panel.get_by_role("textbox", name="Run a command").fill("move 99")
    panel.keyboard.press("Enter")
    expect(panel.locator("#ran")).to_contain_text("a point is a row and a column")


def test_what_is_done_elsewhere_stands_in_its_log(connected: ConnectedBrowser, panel: Page) -> None:
    connected.send("tabs")
    expect(panel.locator("#log li").first).to_contain_text("tabs")
    expect(panel.locator("#log li").first).to_contain_text("ms")


def test_a_setting_that_is_changed_holds_in_the_program(connected: ConnectedBrowser, panel: Page) -> None:
    panel.get_by_role("checkbox", name="Hear the page while moving").uncheck()
    settings = connected.program.data / "settings.toml"
    until(lambda: settings.is_file() and "feedback = false" in settings.read_text(), "it to be written")
    panel.get_by_role("checkbox", name="Hear the page while moving").check()


def test_every_control_has_a_name_and_can_be_reached(panel: Page) -> None:
    names = panel.evaluate(
        """[...document.querySelectorAll("button, input, select")]
             .filter((one) => one.checkVisibility() && !one.disabled)
             .map((one) => one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent)"""
    )
    assert names and all(name.strip() for name in names)
    assert panel.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "nothing is cut off at 380 px"
    )


def test_a_pages_title_is_text_and_nothing_else(connected: ConnectedBrowser, panel: Page) -> None:
    connected.page.evaluate("document.title = '<img src=x onerror=\"document.title=1\"> <b>bold</b>'")
    expect(panel.locator(".go", has_text="<b>bold</b>")).to_be_visible()
    assert panel.evaluate("document.querySelectorAll('#channels img, #channels b').length") == 0
