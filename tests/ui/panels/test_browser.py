"""The browser in the window: its channels and tabs, and the question whether it may connect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fake_browser import FakeBrowser, tab, window
from player import Player
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rubato_desktop.events import BrowserChanged
from rubato_desktop.services.browser import Tab, Window
from rubato_desktop.ui.panels.browser import BrowserPanel, position, tab_text
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.window import MainWindow


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    player = Player(tmp_path / "data")
    yield player
    player.app.stop()


@pytest.fixture
def shown(player: Player, browser: FakeBrowser, qtbot: QtBot) -> MainWindow:
    player.app.engine.set("folded", ["devices"])
    player.app.engine.pump()
    window = MainWindow(player.app.engine, Theme("dark"))
    qtbot.addWidget(window)
    window.show()
    return window


def lines(shown: MainWindow) -> list[str]:
    tree = shown.side.body(BrowserPanel).tree
    tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return [item.text(0) for top in tops for item in [top, *(top.child(n) for n in range(top.childCount()))]]


def settle(player: Player, shown: MainWindow, qtbot: QtBot) -> None:
    player.app.engine.pump()
    qtbot.wait(1)


def test_channels_and_tabs_are_shown_by_number(shown: MainWindow) -> None:
    assert lines(shown) == ["Channel 1", "1   News", "2   Études"]
    assert shown.side.body(BrowserPanel).fact == "tab 1 of 2"
    assert shown.header.browser.text() == "Chromium · tab 1 of 2"


def test_a_closed_tab_disappears(
    player: Player, browser: FakeBrowser, shown: MainWindow, qtbot: QtBot
) -> None:
    browser.windows = (window("News"),)
    player.app.bus.publish(BrowserChanged(player.clock.now()))
    settle(player, shown, qtbot)
    assert lines(shown) == ["Channel 1", "1   News"]


def test_enter_goes_to_a_tab(player: Player, browser: FakeBrowser, shown: MainWindow, qtbot: QtBot) -> None:
    browser.answers["go"] = tab(2, "Études")
    tree = shown.side.body(BrowserPanel).tree
    tree.setCurrentItem(tree.topLevelItem(0).child(1))
    QTest.keyClick(tree, Qt.Key.Key_Return)
    settle(player, shown, qtbot)
    assert browser.requests == [("go", {"url": "https://example.org/études", "tab": 12})]


def test_without_a_browser_the_panel_says_how_to_connect_one(
    player: Player, shown: MainWindow, qtbot: QtBot
) -> None:
    player.app.services.browser = None
    player.app.bus.publish(BrowserChanged(player.clock.now()))
    settle(player, shown, qtbot)
    assert (
        "rubato browser open" in shown.side.body(BrowserPanel).state.text()
        and shown.side.body(BrowserPanel).tree.isHidden()
    )
    assert shown.header.browser.text() == "No browser"


def test_a_question_is_answered_with_its_button(player: Player, shown: MainWindow, qtbot: QtBot) -> None:
    answers: list[bool] = []
    player.app.services.confirmation.ask("May it connect?", lambda yes: answers.append(yes) or "connected")
    settle(player, shown, qtbot)
    assert shown.question.isVisible() and shown.question.accessibleName() == "Question: May it connect?"
    assert shown.question.yes.text() == "Confirm   0 4 9 0"
    shown.question.yes.click()
    settle(player, shown, qtbot)
    assert answers == [True] and not shown.question.isVisible()


def test_an_item_of_a_list_is_opened_with_the_mouse(
    player: Player, browser: FakeBrowser, shown: MainWindow, qtbot: QtBot
) -> None:
    browser.answers["tabs"] = [tab(1, "News", active=True), tab(2, "Études")]
    browser.answers["go"] = tab(2, "Études")
    player.word("0 5 5 0")
    settle(player, shown, qtbot)
    shown.list_card.chosen.emit(2)
    settle(player, shown, qtbot)
    assert browser.requests[-1][0] == "go"


@pytest.mark.parametrize(
    ("windows", "text"),
    [
        ((), "no window"),
        ((window("News", "Études"),), "tab 1 of 2"),
        ((window("News"), replace(window("Mail"), number=2, focused=False)), "channel 1 · tab 1 of 1"),
        ((Window(1, 1, False, ()),), "channel 1"),
    ],
)
def test_the_position_of_the_browser(windows: tuple[Window, ...], text: str) -> None:
    assert position(windows) == text


def test_a_tab_that_plays_sound_or_is_muted_says_so() -> None:
    assert (
        tab_text(Tab(1, 3, "", "https://example.org/", audible=True))
        == "3   https://example.org/   playing sound"
    )
    assert tab_text(Tab(1, 4, "Video", "", muted=True)) == "4   Video   muted"
