"""Whether a screen reader is running, as the system reports it.

Linux: the property ``ScreenReaderEnabled`` of ``org.a11y.Status`` on the session bus, which Orca sets. Windows: the
parameter ``SPI_GETSCREENREADER`` of ``SystemParametersInfo``. macOS: VoiceOver's switch in
``com.apple.universalaccess``.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible

POLL_MS: Final = 3000
_TIMEOUT_MS: Final = 200
_SPI_GETSCREENREADER: Final = 0x0046


class ScreenReader(QObject):
    """Polls whether a screen reader is running.

    Args:
        parent: Its owner.
        on_changed: Called after the first poll and after each change: whether a screen reader reads what the window
            announces.
        poll_ms: Interval in ms.
    """

    def __init__(self, parent: QObject, on_changed: Callable[[bool], None], poll_ms: int = POLL_MS) -> None:
        super().__init__(parent)
        self._on_changed = on_changed
        self._running: bool | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.poll)
        self._timer.start(poll_ms)

    def poll(self) -> None:
        """Look now."""
        # Where Qt offers nothing to assistive technology, nobody receives what is announced.
        running = QAccessible.isActive() and is_running()
        if running is not self._running:
            self._running = running
            self._on_changed(running)


def is_running() -> bool:
    """Return whether a screen reader is running; False where the system does not say."""
    query = {"linux": _on_linux, "win32": _on_windows, "darwin": _on_macos}.get(sys.platform)
    try:
        return query is not None and query()
    except (OSError, AttributeError, ImportError, subprocess.SubprocessError):
        return False


def _on_linux() -> bool:
    from PySide6.QtDBus import QDBusConnection, QDBusInterface

    bus = QDBusConnection.sessionBus()
    # A call to a service that is not running would start it.
    if not bus.isConnected() or not bus.interface().isServiceRegistered("org.a11y.Bus").value():
        return False
    status = QDBusInterface("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status", bus)
    status.setTimeout(_TIMEOUT_MS)
    return status.property("ScreenReaderEnabled") is True


def _on_windows() -> bool:
    running = ctypes.c_int(0)
    succeeded = ctypes.windll.user32.SystemParametersInfoW(  # type: ignore[attr-defined,unused-ignore]
        _SPI_GETSCREENREADER, 0, ctypes.byref(running), 0
    )
    return bool(succeeded and running.value)


def _on_macos() -> bool:
    reply = subprocess.run(
        ["defaults", "read", "com.apple.universalaccess", "voiceOverOnOffKey"],
        capture_output=True,
        text=True,
        timeout=2,
        check=False,
    )
    return reply.stdout.strip() == "1"
