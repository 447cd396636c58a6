"""The side panel by keyboard, with names for screen readers."""

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
    """The panel in a tab of its own, beside two open pages."""
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
    until(lambda: len(connected.send("tabs")["value"]) == 1, "one tab to remain")


def test_panel_shows_the_connection(panel: Page) -> None:
    expect(panel.get_by_role("status").first).to_have_text("Connected, listening")


def test_tabs_are_selected_and_closed_by_keyboard(connected: ConnectedBrowser, panel: Page) -> None:
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


def test_typed_command_shows_its_result(panel: Page) -> None:
    panel.get_by_role("textbox", name="Run a command").fill("tab 1")
    panel.keyboard.press("Enter")
    expect(panel.locator("#ran")).to_have_text("Tab 1, The Harbour Courier")


def test_invalid_command_is_explained(panel: Page) -> None:
    panel.get_by_role("textbox", name="Run a command").fill("move 99")
    panel.keyboard.press("Enter")
    expect(panel.locator("#ran")).to_contain_text("a point is a row and a column")


def test_commands_from_elsewhere_are_in_the_log(connected: ConnectedBrowser, panel: Page) -> None:
    connected.send("tabs")
    expect(panel.locator("#log li").first).to_contain_text("tabs")
    expect(panel.locator("#log li").first).to_contain_text("ms")


def test_changed_setting_is_saved(connected: ConnectedBrowser, panel: Page) -> None:
    panel.get_by_role("checkbox", name="Hear the page while moving").uncheck()
    settings = connected.program.data / "settings.toml"
    until(lambda: settings.is_file() and "feedback = false" in settings.read_text(), "it to be written")
    panel.get_by_role("checkbox", name="Hear the page while moving").check()


def test_controls_have_names_and_fit(panel: Page) -> None:
    names = panel.evaluate(
        """[...document.querySelectorAll("button, input, select")]
             .filter((one) => one.checkVisibility() && !one.disabled)
             .map((one) => one.getAttribute("aria-label") || one.labels?.[0]?.textContent || one.textContent)"""
    )
    assert names and all(name.strip() for name in names)
    assert panel.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "nothing is cut off at 380 px"
    )


def test_page_title_is_never_markup(connected: ConnectedBrowser, panel: Page) -> None:
    connected.page.evaluate("document.title = '<img src=x onerror=\"document.title=1\"> <b>bold</b>'")
    expect(panel.locator(".go", has_text="<b>bold</b>")).to_be_visible()
    assert panel.evaluate("document.querySelectorAll('#channels img, #channels b').length") == 0
