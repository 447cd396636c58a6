"""The menu and its shortcuts: everything that can be done without playing a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu

from rubato_desktop.engine import Engine
from rubato_desktop.events import Listed
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.header import Header
from rubato_desktop.ui.keyboard.computer_keys import LAYOUT
from rubato_desktop.ui.keyboard.widget import Keyboard
from rubato_desktop.ui.overlays.numbered_list import ListCard
from rubato_desktop.ui.panels.accordion import Accordion
from rubato_desktop.ui.panels.dictionary import DictionaryPanel
from rubato_desktop.ui.roll_view import RollView


class Window(Protocol):
    """What the menu uses of the main window."""

    engine: Engine
    bridge: Bridge
    menu: QMenu
    header: Header
    roll: RollView
    side: Accordion
    dictionary: DictionaryPanel
    keyboard: Keyboard
    list_card: ListCard

    def addAction(self, action: QAction, /) -> None: ...
    def close(self) -> bool: ...
    def cancel_input(self) -> None: ...
    def show_last_result(self) -> None: ...
    def unfold(self, name: str) -> None: ...


def make_menu(window: Window) -> None:
    """Fill the window's menu, and give the window its shortcuts."""
    run = window.bridge.run
    menu = window.menu
    _add(window, "Open a recording or MIDI file…", "Ctrl+O", lambda: open_file(window))
    _add(window, "List recordings", "Ctrl+L", lambda: run("sessions"))
    _add(window, "Start or stop recording", "Ctrl+R", window.header.toggle_recording)
    _add(window, "Save what was just played", "Ctrl+S", lambda: run("save"))
    menu.addSeparator()
    _add(window, "Play or pause", "Ctrl+Space", lambda: play_or_pause(window))
    _add(window, "Show live notes", "Ctrl+Shift+L", lambda: run("live"))
    _add(window, "Stack iterations", "Ctrl+I", lambda: run("iterations"))
    _add(window, "Add a picture to the recording…", "Ctrl+P", lambda: window.roll.choose_picture())
    _add(window, "Undo", "Ctrl+Z", lambda: run("undo"))
    _add(window, "Cancel the current input", "Esc", window.cancel_input)
    menu.addSeparator()
    _add(window, "Search the dictionary", "Ctrl+F", lambda: search(window))
    _add(window, "Focus the keys", "Ctrl+K", lambda: window.keyboard.take_focus())
    for number, panel in enumerate(window.side.panels.values(), 1):
        _add(
            window, f"Fold or unfold {panel.title}", f"Ctrl+{number}", partial(run, "fold", panel=panel.name)
        )
    _add(window, "Switch between dark, light and system colours", "Ctrl+D", lambda: run("theme"))
    menu.addSeparator()
    _add(window, "Help: all words", "F1", lambda: run("help"))
    _add(window, "Help: computer keys", "F2", lambda: show_computer_keys(window))
    _add(window, "Show the status", "F3", lambda: run("status"))
    _add(window, "Show the last result", "F4", window.show_last_result)
    _add(window, "Quit", "Ctrl+Q", window.close)


def _add(window: Window, text: str, shortcut: str, on_triggered: Callable[[], object]) -> None:
    action = QAction(text, window.menu)
    action.setShortcut(QKeySequence(shortcut))
    action.triggered.connect(lambda _=False: on_triggered())
    window.menu.addAction(action)
    # Qt ignores the shortcuts of a menu that is closed, so the window has the action too.
    window.addAction(action)


def open_file(window: Window) -> None:
    """Ask for a file and open it."""
    path, _ = QFileDialog.getOpenFileName(
        window.header, "Open", "", "MIDI files (*.mid *.midi *.kar *.rmi);;All files (*)"
    )
    if path:
        window.bridge.run("open_file", path=path)


def play_or_pause(window: Window) -> None:
    """Play the open recording, or pause it while it plays."""
    window.bridge.run("pause" if window.engine.services.roll.playing else "play")


def search(window: Window) -> None:
    """Put the cursor into the dictionary's search."""
    window.unfold("dictionary")
    window.dictionary.search.setFocus()
    window.dictionary.search.selectAll()


def show_computer_keys(window: Window) -> None:
    """List which key of the computer plays which of the 25."""
    rows = tuple(f"{position.label} plays key {key}" for key, position in enumerate(LAYOUT))
    window.list_card.show_list(Listed(window.engine.clock.now(), "Computer keys", rows))
