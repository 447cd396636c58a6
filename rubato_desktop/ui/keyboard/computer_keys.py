"""The computer's keyboard as the 25 keys: two rows, by the position of a key, whatever is printed on it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)


@dataclass(frozen=True, slots=True)
class KeyPosition:
    """One key of the computer's keyboard.

    Attributes:
        label: What is printed on it on a US keyboard.
        scan: Scan code of set 1, which is also the evdev code on Linux.
        mac: Virtual key code on macOS (``kVK_ANSI_…``).
    """

    label: str
    scan: int
    mac: int


# The 25 keys from the lowest: white keys on the letter rows, black ones in the row above.
LAYOUT: tuple[KeyPosition, ...] = (
    KeyPosition("Z", 44, 6),
    KeyPosition("S", 31, 1),
    KeyPosition("X", 45, 7),
    KeyPosition("D", 32, 2),
    KeyPosition("C", 46, 8),
    KeyPosition("V", 47, 9),
    KeyPosition("G", 34, 5),
    KeyPosition("B", 48, 11),
    KeyPosition("H", 35, 4),
    KeyPosition("N", 49, 45),
    KeyPosition("J", 36, 38),
    KeyPosition("M", 50, 46),
    KeyPosition("Q", 16, 12),
    KeyPosition("2", 3, 19),
    KeyPosition("W", 17, 13),
    KeyPosition("3", 4, 20),
    KeyPosition("E", 18, 14),
    KeyPosition("R", 19, 15),
    KeyPosition("5", 6, 23),
    KeyPosition("T", 20, 17),
    KeyPosition("6", 7, 22),
    KeyPosition("Y", 21, 16),
    KeyPosition("7", 8, 26),
    KeyPosition("U", 22, 32),
    KeyPosition("I", 23, 34),
)

_BY_SCAN = {position.scan: key for key, position in enumerate(LAYOUT)}
_BY_MAC = {position.mac: key for key, position in enumerate(LAYOUT)}
# Qt's codes of letters and digits are their characters.
_BY_LABEL = {ord(position.label): key for key, position in enumerate(LAYOUT)}

XKB_OFFSET = 8  # X11 and Wayland add it to evdev codes
_SHORTCUT_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


def key_of(event: QKeyEvent, platform: str = sys.platform) -> int | None:
    """Return the key (0-24) that a key event plays; None for any other key.

    Decided by the position of the key where the system reports it, otherwise by its letter.
    """
    if platform == "darwin":
        # Code 0 is A, which plays nothing, or an event without a code.
        return (
            _BY_MAC.get(event.nativeVirtualKey()) if event.nativeVirtualKey() else _BY_LABEL.get(event.key())
        )
    scan = event.nativeScanCode()
    if not scan:
        return _BY_LABEL.get(event.key())
    return _BY_SCAN.get(scan if platform == "win32" else scan - XKB_OFFSET)


class ComputerKeys(QObject):
    """Plays the 25 keys on the computer's keyboard while a window is active.

    Keys in text fields and with Ctrl, Alt or Meta are left alone. A key plays once, however often it repeats.
    Keys that are held when the window loses the focus are released.

    Args:
        window: The window.
        on_press: Called when a key (0-24) goes down.
        on_release: Called when a key goes up.
    """

    def __init__(
        self, window: QWindow, on_press: Callable[[int], None], on_release: Callable[[int], None]
    ) -> None:
        super().__init__(window)
        self.enabled = True
        self._on_press = on_press
        self._on_release = on_release
        self._held: dict[int, int] = {}  # the system's code of a key → the key it plays
        # Before Qt passes events to widgets; far fewer events pass the window than the application.
        window.installEventFilter(self)

    def release_all(self) -> None:
        """Release all keys that are held."""
        held, self._held = self._held, {}
        for key in held.values():
            self._on_release(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._down(event)
        if kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self._up(event)
        if kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.release_all()
        return False

    def _plays(self, event: QKeyEvent) -> bool:
        if (
            not self.enabled
            or event.modifiers() & _SHORTCUT_MODIFIERS
            or QApplication.activePopupWidget() is not None
        ):
            return False
        return key_of(event) is not None and not takes_text(QApplication.focusWidget())

    def _down(self, event: QKeyEvent) -> bool:
        if not self._plays(event):
            return False
        code = event.nativeScanCode() or event.key()
        key = key_of(event)
        if not event.isAutoRepeat() and code not in self._held and key is not None:
            self._held[code] = key
            self._on_press(key)
        return True

    def _up(self, event: QKeyEvent) -> bool:
        code = event.nativeScanCode() or event.key()
        if code not in self._held:
            return False
        if not event.isAutoRepeat():
            self._on_release(self._held.pop(code))
        return True


def takes_text(widget: QWidget | None) -> bool:
    """Return whether text can be typed into a widget."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, _TEXT_FIELDS)
