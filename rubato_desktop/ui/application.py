"""Opens the window and runs Qt until the program ends."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

from rubato_desktop.engine import Engine
from rubato_desktop.ui.qt_log import log_qt_messages
from rubato_desktop.ui.style.icons import window_icon
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.window import MainWindow, first_size

PAINTED_MS = 200  # from `show` until the first frame is on the screen


def run_window(engine: Engine, on_shown: Callable[[], None]) -> int:
    """Show the window of a running engine until it is closed, *quit* is played, or a signal ends the program.

    Args:
        engine: The engine.
        on_shown: Called once the window is painted, to start what would have delayed it.

    Returns:
        The exit code.
    """
    log_qt_messages()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("rubato")
    app.setApplicationDisplayName("Rubato")
    app.setDesktopFileName("rubato")
    app.setWindowIcon(window_icon())
    window = MainWindow(engine, Theme(engine.settings.values.theme))
    window.resize(first_size(window.screen().availableSize()))
    signals = TerminalSignals(window)
    window.show()
    QTimer.singleShot(PAINTED_MS, on_shown)
    code = app.exec()
    signals.close()
    return code


class TerminalSignals:
    """Closes the window on Ctrl+C and SIGTERM.

    Python runs signal handlers only between its own instructions, and Qt's loop runs none while it waits. The byte
    that `signal.set_wakeup_fd` writes wakes the loop without polling.

    Args:
        window: The window to close.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._fd_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._handlers_before = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._on_wakeup)

    def close(self) -> None:
        """Restore the signal handlers from before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _on_wakeup(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(64)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._window.close()
