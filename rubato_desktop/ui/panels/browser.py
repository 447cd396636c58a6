"""The browser at the side: whether it is connected, its channels, and the tabs of each by number and title."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from rubato_desktop.engine import Engine
from rubato_desktop.events import BrowserChanged, Event
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.style.wrapping import wrapped_height

NOT_CONNECTED = (
    "No browser is connected. “rubato browser open” starts one to try; "
    "“rubato browser install” sets up your own, with the extension in it."
)
PADDING = 3  # px above and below a row


class WrappingRows(QStyledItemDelegate):
    """Rows as high as their wrapped text: a QTreeView asks for heights without saying how wide a row is."""

    def __init__(self, view: QTreeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hint = super().sizeHint(option, index)
        self.initStyleOption(option, index)
        level = 1 if index.parent().isValid() else 0
        width = self._view.viewport().width() - level * self._view.indentation() - 6
        text = wrapped_height(index.data(), option.font, width) + 2 * PADDING
        return QSize(hint.width(), max(hint.height(), text))


class TabTree(QTreeWidget):
    """Channels with their tabs. Long titles wrap."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(14)
        self.setWordWrap(True)
        self.setItemDelegate(WrappingRows(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet(f"QTreeWidget::item {{ padding: {PADDING}px 0; }}")
        self.setAccessibleName("Channels and tabs")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class BrowserPanel(QWidget):
    """Channels and tabs; Enter or a double click goes to one.

    Args:
        engine: Its browser is shown.
        bridge: Runs commands and delivers events.
        theme: The colours.

    Signals:
        fact_changed: The fact for the panel's header.
    """

    name: ClassVar = "browser"
    title: ClassVar = "Browser"
    fact_changed = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self.fact = ""
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setProperty("small", True)
        self.tree = TabTree()
        self.tree.itemActivated.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 2, 10, 10)
        column.setSpacing(6)
        column.addWidget(self.state)
        column.addWidget(self.tree, 1)
        bridge.happened.connect(self.on_event)
        theme.changed.connect(self.refresh)
        self.refresh()

    def on_event(self, event: Event) -> None:
        """Follow the browser."""
        if isinstance(event, BrowserChanged):
            self.refresh()

    def refresh(self) -> None:
        """Show the browser as it is now."""
        browser = self._engine.services.browser
        connected = browser is not None and browser.connected
        windows = browser.windows if browser is not None and connected else ()
        problem = browser.problem if browser is not None else None
        self.state.setText("" if connected else str(problem) if problem else NOT_CONNECTED)
        self.state.setVisible(not connected)
        self.tree.setVisible(connected)
        self._fill(windows)
        fact = position(windows) if connected else "not connected"
        if fact != self.fact:
            self.fact = fact
            self.fact_changed.emit(fact)

    def _fill(self, windows: Any) -> None:
        self.tree.clear()
        for window in windows:
            channel = QTreeWidgetItem([f"Channel {window.number}"])
            channel.setData(0, Qt.ItemDataRole.UserRole, ("channel", {"number": window.number}))
            _set_bold(channel, window.focused)
            self.tree.addTopLevelItem(channel)
            for tab in window.tabs:
                item = QTreeWidgetItem([tab_text(tab)])
                item.setToolTip(0, f"{tab.title}\n{tab.url}")
                item.setData(0, Qt.ItemDataRole.UserRole, ("go", {"url": tab.url, "tab": tab.id}))
                _set_bold(item, window.focused and tab.active)
                channel.addChild(item)
            channel.setExpanded(True)

    def _open(self, item: QTreeWidgetItem) -> None:
        command, args = item.data(0, Qt.ItemDataRole.UserRole)
        self._bridge.run(command, **args)


def _set_bold(item: QTreeWidgetItem, bold: bool) -> None:
    font = item.font(0)
    font.setBold(bold)
    item.setFont(0, font)


def tab_text(tab: Any) -> str:
    """Return a tab in a line: its number, its title, and whether it plays sound or is muted."""
    sound = "muted" if tab.muted else "playing sound" if tab.audible else ""
    title = tab.title or tab.url or "empty page"
    return f"{tab.number}   {title}" + (f"   {sound}" if sound else "")


def position(windows: Any) -> str:
    """Return which channel and tab are in front: ``channel 1 · tab 3 of 7``."""
    window = next((window for window in windows if window.focused), windows[0] if windows else None)
    if window is None:
        return "no window"
    tab = next((tab for tab in window.tabs if tab.active), None)
    channel = f"channel {window.number} · " if len(windows) > 1 else ""
    return f"{channel}tab {tab.number} of {len(window.tabs)}" if tab else f"channel {window.number}"
