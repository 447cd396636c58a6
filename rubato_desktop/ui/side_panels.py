"""The table of the panels at the side, from the top. A new panel is a class in a module of its own, and a line here."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.ui.answers_panel import AnswersPanel
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.browser_panel import BrowserPanel
from rubato_desktop.ui.devices_panel import DevicesPanel
from rubato_desktop.ui.dictionary_panel import DictionaryPanel
from rubato_desktop.ui.hearing_panel import HearingPanel
from rubato_desktop.ui.panels import Panel, PanelBody
from rubato_desktop.ui.theme import Theme
from rubato_desktop.ui.understood import UnderstoodPanel

PANELS: Final[list[type[PanelBody]]] = [
    DictionaryPanel,
    BrowserPanel,
    DevicesPanel,
    HearingPanel,
    AnswersPanel,
    UnderstoodPanel,
]


def make_panels(engine: Engine, bridge: Bridge, theme: Theme) -> list[Panel]:
    """Make the panels of the table.

    Args:
        engine: What they show.
        bridge: Carries out their commands and brings events.
        theme: Their colours.
    """
    panels = []
    for kind in PANELS:
        body = kind(engine, bridge, theme)
        assert isinstance(body, QWidget)
        panel = Panel(theme, kind.name, kind.title, body)
        panel.header.tell(body.fact)
        body.told.connect(panel.header.tell)
        panels.append(panel)
    return panels
