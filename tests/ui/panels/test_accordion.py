"""Folding panels: open ones share the height."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from PySide6.QtCore import Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from rubato_desktop.app import App
from rubato_desktop.engine import Engine
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels import table
from rubato_desktop.ui.panels.accordion import LOWEST_BODY, Accordion, Panel
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.window import MainWindow


@pytest.fixture
def side(qtbot: QtBot) -> Accordion:
    theme = Theme("dark")
    made = Accordion(
        [Panel(theme, name, name.capitalize(), QLabel(name * 40)) for name in ("one", "two", "three")]
    )
    qtbot.addWidget(made)
    made.resize(320, 800)
    made.show()
    qtbot.waitExposed(made)
    return made


def shown(side: Accordion) -> str:
    return " ".join(panel.name for panel in side.panels.values() if panel.is_open)


# folded, height, open
FOLDS: list[tuple[Iterable[str], int, str]] = [
    ((), 800, "one two three"),
    (("two",), 800, "one three"),
    (("one", "two", "three"), 800, ""),
    ((), 2 * LOWEST_BODY + 120, "one two"),
    ((), 200, "one"),
    (("one",), 200, "two"),
]


@pytest.mark.parametrize(("folded", "height", "opened"), FOLDS)
def test_unfolded_panels_are_open_where_there_is_room(
    side: Accordion, folded: Iterable[str], height: int, opened: str
) -> None:
    side.resize(320, height)
    side.set_folded(folded)
    assert shown(side) == opened


def test_open_panels_are_equally_high_whatever_they_contain(side: Accordion, qtbot: QtBot) -> None:
    def differ() -> int:
        heights = [panel.height() for panel in side.panels.values()]
        return max(heights) - min(heights)

    qtbot.waitUntil(lambda: differ() <= 1, timeout=5000)


def test_a_panel_that_is_revealed_without_room_replaces_another(side: Accordion) -> None:
    side.resize(320, 200)
    side.reveal("three")
    assert shown(side) == "three"
    side.resize(320, 800)
    assert shown(side) == "one two three"


def test_a_header_requests_folding_by_mouse_and_by_keyboard(side: Accordion) -> None:
    requested: list[str] = []
    side.fold_requested.connect(requested.append)
    header = side.panels["two"].header
    QTest.mouseClick(header, Qt.MouseButton.LeftButton)
    QTest.keyClick(header, Qt.Key.Key_Return)
    QTest.keyClick(header, Qt.Key.Key_Space)
    assert requested == ["two"] * 3
    assert shown(side) == "one two three", "only the command folds, so that word and mouse agree"


def test_a_screen_reader_reads_the_state_of_a_header(side: Accordion) -> None:
    header = side.panels["two"].header
    header.show_fact("46 words")
    assert (header.accessibleName(), header.accessibleDescription()) == ("Two, 46 words", "Panel, unfolded")
    side.set_folded(["two"])
    assert header.accessibleDescription() == "Panel, folded"


class Clock(QLabel):
    """A panel that is not part of the program."""

    name, title = "clock", "Clock"
    fact_changed = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__("12:00")
        self.fact = "noon"


def test_a_panel_needs_only_a_line_in_the_table(
    app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, until: Callable[[Callable[[], object]], None]
) -> None:
    monkeypatch.setattr(table, "PANELS", [*table.PANELS, Clock])
    window = MainWindow(app.engine, Theme("dark"))
    qtbot.addWidget(window)
    window.show()
    panel = window.side.panels["clock"]
    assert panel.header.accessibleName() == "Clock, noon"
    window.side.body(Clock).fact_changed.emit("one o'clock")
    assert panel.header.accessibleName() == "Clock, one o'clock"
    listed = app.engine.run("panels").result(10)
    assert listed.value[-1] == "clock" and "Clock" in app.services.numbered_lists.shown
    assert app.engine.run("fold", panel="clock").result(10).text == "Clock folded"
    until(lambda: not panel.is_open)
    window.close()


def test_names_and_titles_of_the_panels_are_unique() -> None:
    kinds = table.PANELS
    assert len({kind.name for kind in kinds}) == len({kind.title for kind in kinds}) == len(kinds)
