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

PAINTED_MS = 200  # after `show`; by then the first frame is on the screen


def run_window(engine: Engine, shown: Callable[[], None]) -> int:
    """Show the window of a running engine until it is closed, "quit" is played, or the terminal ends the program.

    Args:
        engine: The engine.
        shown: Called once the window is painted: for what would only hold it up before.

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
    QTimer.singleShot(PAINTED_MS, shown)
    code = app.exec()
    signals.close()
    return code


class TerminalSignals:
    """Ctrl+C and SIGTERM close the window as its own button does.

    Python runs handlers only between its own instructions, which Qt's loop does not come to; the byte that
    `signal.set_wakeup_fd` writes wakes the loop without polling.

    Args:
        window: The window to close.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._before_fd = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, self._ended) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._woken)

    def close(self) -> None:
        """Put everything back as it was."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before_fd)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(64)

    def _ended(self, number: int, frame: FrameType | None) -> None:
        self._window.close()
