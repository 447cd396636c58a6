"""The table of the side panels, from the top. A new panel is a class in a module of its own, and a line here."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.accordion import Panel, PanelBody
from rubato_desktop.ui.panels.answers import AnswersPanel
from rubato_desktop.ui.panels.browser import BrowserPanel
from rubato_desktop.ui.panels.devices import DevicesPanel
from rubato_desktop.ui.panels.dictionary import DictionaryPanel
from rubato_desktop.ui.panels.hearing import HearingPanel
from rubato_desktop.ui.panels.word_log import WordLogPanel
from rubato_desktop.ui.style.theme import Theme

PANELS: Final[list[type[PanelBody]]] = [
    DictionaryPanel,
    BrowserPanel,
    DevicesPanel,
    HearingPanel,
    AnswersPanel,
    WordLogPanel,
]


def make_panels(engine: Engine, bridge: Bridge, theme: Theme) -> list[Panel]:
    """Make the panels of the table.

    Args:
        engine: What they show.
        bridge: Runs their commands and delivers events.
        theme: Their colours.
    """
    panels = []
    for kind in PANELS:
        body = kind(engine, bridge, theme)
        assert isinstance(body, QWidget)
        panel = Panel(theme, kind.name, kind.title, body)
        panel.header.show_fact(body.fact)
        body.fact_changed.connect(panel.header.show_fact)
        panels.append(panel)
    return panels
