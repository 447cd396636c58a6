"""Whether a screen reader runs, as the system says.

Linux: the property ``ScreenReaderEnabled`` of ``org.a11y.Status`` on the session's bus, which Orca sets. Windows: what
``SystemParametersInfo`` answers to ``SPI_GETSCREENREADER``. macOS: VoiceOver's switch in ``com.apple.universalaccess``.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible

LOOK_MS: Final = 3000
_PATIENCE_MS: Final = 200
_GET_SCREEN_READER: Final = 0x0046


class ScreenReader(QObject):
    """Looks again and again, and tells when it changes.

    Args:
        parent: What it lives with.
        told: Told at the first look, and when the answer has changed: whether a screen reader says what the window
            announces.
        look_ms: Milliseconds between two looks.
    """

    def __init__(self, parent: QObject, told: Callable[[bool], None], look_ms: int = LOOK_MS) -> None:
        super().__init__(parent)
        self._told = told
        self._last: bool | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(look_ms)

    def look(self) -> None:
        """Look now."""
        # Where Qt offers nothing to assistive technology, what is announced reaches nobody.
        found = QAccessible.isActive() and runs()
        if found is not self._last:
            self._last = found
            self._told(found)


def runs() -> bool:
    """Return whether a screen reader runs; False where the system does not say."""
    look = {"linux": _on_linux, "win32": _on_windows, "darwin": _on_macos}.get(sys.platform)
    try:
        return look is not None and look()
    except (OSError, AttributeError, ImportError, subprocess.SubprocessError):
        return False


def _on_linux() -> bool:
    from PySide6.QtDBus import QDBusConnection, QDBusInterface

    bus = QDBusConnection.sessionBus()
    # To ask somebody who does not run would start them.
    if not bus.isConnected() or not bus.interface().isServiceRegistered("org.a11y.Bus").value():
        return False
    status = QDBusInterface("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status", bus)
    status.setTimeout(_PATIENCE_MS)
    return status.property("ScreenReaderEnabled") is True


def _on_windows() -> bool:
    running = ctypes.c_int(0)
    asked = ctypes.windll.user32.SystemParametersInfoW(  # type: ignore[attr-defined,unused-ignore]
        _GET_SCREEN_READER, 0, ctypes.byref(running), 0
    )
    return bool(asked and running.value)


def _on_macos() -> bool:
    said = subprocess.run(
        ["defaults", "read", "com.apple.universalaccess", "voiceOverOnOffKey"],
        capture_output=True,
        text=True,
        timeout=2,
        check=False,
    )
    return said.stdout.strip() == "1"
