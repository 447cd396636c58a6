"""The menu and its shortcuts: everything that can be done without a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMenu

from rubato_desktop.ui.keyboard.computer_keys import LAYOUT

if TYPE_CHECKING:
    from rubato_desktop.ui.window import MainWindow


def make_menu(window: MainWindow) -> None:
    """Fill the window's menu."""
    run = window.bridge.run
    menu = window.menu
    _add(window, menu, "Open a recording or MIDI file…", "Ctrl+O", lambda: open_file(window))
    _add(window, menu, "Recordings", "Ctrl+L", lambda: run("sessions"))
    _add(window, menu, "Record, or stop and keep", "Ctrl+R", window.header.toggle_recording)
    _add(window, menu, "Save what was played", "Ctrl+S", lambda: run("save"))
    menu.addSeparator()
    _add(
        window,
        menu,
        "Play or pause",
        "Ctrl+Space",
        lambda: run("pause" if window.engine.services.roll.playing else "play"),
    )
    _add(window, menu, "Show what is played now", "Ctrl+Shift+L", lambda: run("live"))
    _add(
        window,
        menu,
        "Iterations one under another, or in one row",
        "Ctrl+I",
        lambda: run("iterations"),
    )
    _add(window, menu, "Lay a picture over the recording…", "Ctrl+P", lambda: window.roll.choose_picture())
    _add(window, menu, "Undo", "Ctrl+Z", lambda: run("undo"))
    _add(window, menu, "Leave what is half played", "Esc", window.leave)
    menu.addSeparator()
    _add(window, menu, "Search the dictionary", "Ctrl+F", lambda: search(window))
    _add(window, menu, "Play the 25 keys", "Ctrl+K", lambda: window.keyboard.take_focus())
    for number, panel in enumerate(window.side.panels.values(), 1):
        _add(
            window,
            menu,
            f"Fold: {panel.title}",
            f"Ctrl+{number}",
            partial(run, "fold", panel=panel.name),
        )
    _add(window, menu, "Dark, light, or as the system is", "Ctrl+D", lambda: run("theme"))
    menu.addSeparator()
    _add(window, menu, "Help: all words", "F1", lambda: run("help"))
    _add(window, menu, "Help: computer keys", "F2", lambda: show_computer_keys(window))
    _add(window, menu, "Status", "F3", lambda: run("status"))
    _add(window, menu, "Quit", "Ctrl+Q", window.close)


def _add(window: MainWindow, menu: QMenu, text: str, shortcut: str, do: Callable[[], object]) -> None:
    action = QAction(text, window)
    action.setShortcut(QKeySequence(shortcut))
    action.triggered.connect(lambda _=False: do())
    menu.addAction(action)
    # Also of the window itself: a shortcut of a menu that is closed would not be heard.
    window.addAction(action)


def open_file(window: MainWindow) -> None:
    """Ask for a file and open it."""
    path, _ = QFileDialog.getOpenFileName(
        window, "Open", "", "MIDI files (*.mid *.midi *.kar *.rmi);;All files (*)"
    )
    if path:
        window.bridge.run("open_file", path=path)


def search(window: MainWindow) -> None:
    """Put the cursor into the dictionary's search."""
    window.unfold("dictionary")
    window.dictionary.search.setFocus()
    window.dictionary.search.selectAll()


def show_computer_keys(window: MainWindow) -> None:
    """Show which of the computer's keys plays which of the 25."""
    from rubato_desktop.events import Listed

    rows = tuple(f"{place.label} plays key {key}" for key, place in enumerate(LAYOUT))
    window.list_card.show_list(Listed(window.engine.clock.now(), "Computer keys", rows))
