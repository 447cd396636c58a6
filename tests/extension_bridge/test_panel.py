"""The side panel, used by keyboard, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from chromium import address
from extension_harness import Harness
from playwright.sync_api import Page, expect
from scripted_app import Message
from waiting import until

from extension_bridge.identity import EXTENSION
from rubato_desktop.ui.style.palette import DARK, LIGHT, Palette

pytestmark = pytest.mark.xdist_group("browser")

SETTINGS = {
    "search": "https://example.org/?q=%s",
    "search_engine": "example",
    "feedback": True,
    "cue_volume": 0.5,
}


@pytest.fixture
def panel(harness: Harness) -> Iterator[Page]:
    """The panel in a tab of its own, as wide as a panel, beside one ordinary tab."""
    harness.reset_tabs()
    harness.show("news.html")
    harness.app.requests.clear()
    harness.app.send_event("settings", **SETTINGS)
    harness.app.send_event("listening", on=True)
    panel = harness.context.new_page()
    panel.set_viewport_size({"width": 380, "height": 800})
    panel.goto(address("panel/panel.html"))
    expect(panel.get_by_role("listitem").filter(has_text="Courier").first).to_be_visible()
    yield panel
    panel.close()


def tabs_to(panel: Page, wanted: str) -> None:
    """Press Tab until the focused element has the given text or id."""
    for _ in range(40):
        panel.keyboard.press("Tab")
        if wanted in panel.evaluate(
            "(at => at === document.body ? '' : at.textContent + at.id)(document.activeElement)"
        ):
            return
    raise AssertionError(f"the Tab key does not reach {wanted}")


def asked(harness: Harness, panel: Page, name: str) -> Message:
    harness.wait_until(
        lambda: any(request["name"] == name for request in harness.app.requests), f"{name} to be asked"
    )
    return next(request for request in harness.app.requests if request["name"] == name)


def answers(harness: Harness, name: str, **answer: Any) -> None:
    harness.app.answers[name] = lambda request: {
        "status": "ok",
        "value": None,
        "error": None,
        "state": {},
        **answer,
    }


def test_panel_shows_the_state_and_what_to_do(harness: Harness, panel: Page) -> None:
    status = panel.get_by_role("status").first
    expect(status).to_contain_text("Connected, listening")
    harness.app.send_event("listening", on=False)
    expect(status).to_contain_text("piano off")
    expect(status).to_contain_text("Play “piano on”")
    harness.app.send_event("host", app="off", reason="")
    expect(status).to_contain_text("Off")
    expect(status).to_contain_text("Start Rubato Desktop")
    harness.app.greet = harness.app.PAIRING
    harness.app.send_event("host", app="on", reason="")
    expect(status).to_contain_text("Waiting for your confirmation")
    expect(status).to_contain_text("rubato browser pair")
    harness.app.greet = harness.app.JOINED
    harness.app.send_event("paired", app="0.1.0", listening=True, settings=SETTINGS)
    expect(status).to_contain_text("Connected, listening")


def test_enter_selects_and_delete_closes_a_tab(harness: Harness, panel: Page) -> None:
    harness.context.new_page().goto(harness.site.page("article.html"))
    panel.bring_to_front()
    expect(panel.get_by_role("heading", name="Channel 1")).to_contain_text("3 tabs")
    tabs_to(panel, "Rubato")
    panel.keyboard.press("Home")
    panel.keyboard.press("ArrowDown")
    panel.keyboard.press("ArrowDown")
    focused = panel.locator(":focus")
    expect(focused).to_contain_text(harness.context.pages[2].title())
    panel.keyboard.press("Delete")
    expect(panel.get_by_role("heading", name="Channel 1")).to_contain_text("2 tabs")
    harness.wait_until(lambda: len(harness.context.pages) == 2, "it to be closed")
    expect(panel.locator(":focus")).to_contain_text("Rubato")
    panel.keyboard.press("ArrowUp")
    panel.keyboard.press("Enter")
    until(lambda: harness.app.value("tabs")[0]["active"], "the first tab to be shown")


def test_updates_keep_the_focus(harness: Harness, panel: Page) -> None:
    tabs_to(panel, "Rubato")
    panel.keyboard.press("ArrowUp")
    before = panel.evaluate("globalThis.held = document.activeElement, held.textContent")
    harness.worker("chrome.tabs.create({active: false, index: 0, url: 'about:blank'}).then(() => 0)")
    expect(panel.get_by_role("heading", name="Channel 1")).to_contain_text("3 tabs")
    assert panel.evaluate("held === document.activeElement")
    assert before.startswith("1") and panel.evaluate("held.textContent").startswith("2"), (
        "its number has changed"
    )


def test_commands_can_be_typed(harness: Harness, panel: Page) -> None:
    answers(harness, "find", value={"text": "3 places", "value": {"count": 3}})
    tabs_to(panel, "words")
    panel.keyboard.type('find "slow air" twice')
    panel.keyboard.press("Enter")
    request = asked(harness, panel, "find")
    assert request["args"] == {"words": ["slow air", "twice"]}
    expect(panel.get_by_role("status").filter(has_text="3 places")).to_be_visible()
    answers(harness, "jump", status="refused", error={"code": "needs_sound", "message": "There is no sound."})
    panel.keyboard.type("jump")
    panel.keyboard.press("Enter")
    expect(panel.get_by_role("status").filter(has_text="There is no sound.")).to_be_visible()


def test_refused_setting_is_restored(harness: Harness, panel: Page) -> None:
    answers(harness, "set", value={"text": "Set", "value": None})
    box = panel.get_by_label("Hear the page while moving")
    expect(box).to_be_checked()
    tabs_to(panel, "setting-feedback")
    panel.keyboard.press("Space")
    assert asked(harness, panel, "set")["args"] == {"name": "feedback", "value": False}
    harness.app.send_event("settings", **{**SETTINGS, "feedback": False})
    expect(box).not_to_be_checked()

    answers(
        harness, "set", status="refused", error={"code": "bad_setting", "message": "There is no such engine."}
    )
    engine = panel.get_by_label("Search engine")
    engine.fill("nowhere")
    engine.press("Enter")
    expect(panel.get_by_role("status").filter(has_text="There is no such engine.")).to_be_visible()
    expect(engine).to_have_value("example")

    harness.app.requests.clear()
    volume = panel.get_by_label("Cue volume")
    volume.focus()
    panel.keyboard.press("ArrowRight")
    assert asked(harness, panel, "set")["args"] == {"name": "cue_volume", "value": 0.55}


def test_log_shows_results_and_survives_a_reload(harness: Harness, panel: Page) -> None:
    harness.app.send_event("done", text="Scrolled 1 down", name="scroll", status="ok", elapsed_ms=8.25)
    harness.app.send_event("done", text="No tab 9", name="next_tab", status="failed", elapsed_ms=3)
    log = panel.locator("#log")
    expect(log.locator("li").first).to_contain_text("next tab")
    expect(log.locator("li").first).to_contain_text("failed")
    expect(log.locator("li").nth(1)).to_contain_text("8.3 ms")
    panel.reload()
    expect(panel.locator("#log li").nth(1)).to_contain_text("Scrolled 1 down")


def test_log_is_limited(harness: Harness, panel: Page) -> None:
    for number in range(150):
        harness.app.send_event("done", text=f"Number {number}", name="scroll", status="ok", elapsed_ms=1)
    expect(panel.locator("#log li").first).to_contain_text("Number 149")
    assert panel.locator("#log li").count() == 100
    panel.reload()
    expect(panel.locator("#log li").first).to_contain_text("Number 149")
    assert panel.locator("#log li").count() == 100


def test_page_titles_are_never_markup(harness: Harness, panel: Page) -> None:
    harness.page.evaluate(
        "document.title = '<img src=x onerror=\"document.title=1\"><b>bold</b> ' + 'long '.repeat(60)"
    )
    row = panel.get_by_role("listitem").filter(has_text="<b>bold</b>")
    expect(row).to_be_visible()
    assert panel.locator("#channels img, #channels b").count() == 0
    assert panel.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the title is clipped"


@pytest.mark.parametrize("width", [320, 380, 600])
def test_panel_fits_its_width(harness: Harness, panel: Page, width: int) -> None:
    panel.set_viewport_size({"width": width, "height": 800})
    assert panel.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_controls_have_names_and_no_focus_trap(harness: Harness, panel: Page) -> None:
    nameless = panel.evaluate(
        """[...document.querySelectorAll('button, input, a')].filter(one => !one.hidden
           && !(one.getAttribute('aria-label') || one.labels?.[0]?.textContent.trim() || one.textContent.trim()))
           .map(one => one.outerHTML)"""
    )
    assert nameless == []
    panel.locator("#words").focus()
    seen = []
    for _ in range(30):
        panel.keyboard.press("Tab")
        seen.append(panel.evaluate("document.activeElement.id || document.activeElement.textContent"))
        if seen[-1] == "words":
            break
    assert {"setting-feedback", "trusted", "log"} <= set(seen) or "trusted" in seen, seen
    assert len(seen) == len(set(seen)) or seen[-1] == "words", seen


def test_panel_reconnects_to_a_restarted_worker(harness: Harness, panel: Page) -> None:
    harness.stop_worker()
    until(lambda: not harness.app.joined, "its sleep")
    harness.wait_until(lambda: harness.app.joined, "the panel to wake it")
    expect(panel.get_by_role("status").first).to_contain_text("Connected")


@pytest.mark.parametrize(("palette", "scheme"), [(DARK, "dark"), (LIGHT, "light")])
def test_colours_match_the_window(panel: Page, palette: Palette, scheme: str) -> None:
    css = (EXTENSION / "panel" / "panel.css").read_text()
    names = set(re.findall(r"--(\w+):", css))
    assert {"ground", "panel", "text", "muted", "accent", "good", "warn", "bad"} <= names
    panel.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for name in names:
        shown = panel.evaluate(
            f"getComputedStyle(document.documentElement).getPropertyValue('--{name}').trim()"
        )
        assert shown == getattr(palette, name), name
