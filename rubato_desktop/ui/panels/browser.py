"""The browser at the side: whether it is joined, its channels, and the tabs of each by number and title."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.events import BrowserChanged, Event
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.style.theme import Theme

ABSENT = (
    "No browser is joined. “rubato browser open” starts one to try; "
    "“rubato browser install” joins your own, with the extension in it."
)


class BrowserPanel(QWidget):
    """Channels and tabs; Enter or a double click goes to one.

    Args:
        engine: Its browser is shown.
        bridge: Carries out commands and brings events.
        theme: The colours.
    """

    name: ClassVar = "browser"
    title: ClassVar = "Browser"
    told = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self.fact = ""
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setProperty("small", True)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(14)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setStyleSheet("QTreeWidget::item { padding: 3px 0; }")
        self.tree.setAccessibleName("Channels and tabs")
        self.tree.itemActivated.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 2, 10, 10)
        column.setSpacing(6)
        column.addWidget(self.state)
        column.addWidget(self.tree, 1)
        bridge.happened.connect(self.hear)
        theme.changed.connect(self.refresh)
        self.refresh()

    def hear(self, event: Event) -> None:
        """An event of the engine."""
        if isinstance(event, BrowserChanged):
            self.refresh()

    def refresh(self) -> None:
        """Show everything anew; a tab that was closed is gone."""
        browser = self._engine.services.browser
        joined = browser is not None and browser.connected
        windows = browser.windows if browser is not None and joined else ()
        problem = browser.problem if browser is not None else None
        self.state.setText("" if joined else str(problem) if problem else ABSENT)
        self.state.setVisible(not joined)
        self.tree.setVisible(joined)
        self._fill(windows)
        fact = where(windows) if joined else "not joined"
        if fact != self.fact:
            self.fact = fact
            self.told.emit(fact)

    def _fill(self, windows: Any) -> None:
        self.tree.clear()
        for window in windows:
            channel = QTreeWidgetItem([f"Channel {window.number}"])
            channel.setData(0, Qt.ItemDataRole.UserRole, ("channel", {"number": window.number}))
            self._strong(channel, window.focused)
            self.tree.addTopLevelItem(channel)
            for tab in window.tabs:
                item = QTreeWidgetItem([row(tab)])
                item.setToolTip(0, f"{tab.title}\n{tab.url}")
                item.setData(0, Qt.ItemDataRole.UserRole, ("go", {"url": tab.url, "tab": tab.id}))
                self._strong(item, window.focused and tab.active)
                channel.addChild(item)
            channel.setExpanded(True)

    def _strong(self, item: QTreeWidgetItem, strong: bool) -> None:
        font = item.font(0)
        font.setBold(strong)
        item.setFont(0, font)

    def _go(self, item: QTreeWidgetItem) -> None:
        command, args = item.data(0, Qt.ItemDataRole.UserRole)
        self._bridge.run(command, **args)


def row(tab: Any) -> str:
    """A tab as a line: number, title, and whether it sounds."""
    heard = "muted" if tab.muted else "sounding" if tab.audible else ""
    shown = tab.title or tab.url or "empty page"
    return f"{tab.number}   {shown}" + (f"   {heard}" if heard else "")


def where(windows: Any) -> str:
    """Where the browser is, in a few words: ``channel 1 · tab 3 of 7``."""
    window = next((window for window in windows if window.focused), windows[0] if windows else None)
    if window is None:
        return "no window"
    tab = next((tab for tab in window.tabs if tab.active), None)
    channel = f"channel {window.number} · " if len(windows) > 1 else ""
    return f"{channel}tab {tab.number} of {len(window.tabs)}" if tab else f"channel {window.number}"
