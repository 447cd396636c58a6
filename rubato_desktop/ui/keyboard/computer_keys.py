"""The computer's keyboard as the 25 keys: two rows, by where a key lies, whatever is printed on it."""

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
        scan: Its scan code, set 1 (also Linux's evdev code).
        mac: Its virtual key code on macOS (kVK_ANSI_…).
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

_BY_SCAN = {place.scan: key for key, place in enumerate(LAYOUT)}
_BY_MAC = {place.mac: key for key, place in enumerate(LAYOUT)}
_BY_LABEL = {
    ord(place.label): key for key, place in enumerate(LAYOUT)
}  # Qt's codes of letters and digits are theirs

XKB_OFFSET = 8  # X11 and Wayland count evdev codes from 8
_OTHERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


def key_of(event: QKeyEvent, platform: str = sys.platform) -> int | None:
    """The key 0-24 that a key event plays; None for another key.

    By its place where the system tells it, otherwise by its letter.
    """
    if platform == "darwin":
        # 0 is the code of A, which plays nothing, and of an event without a code.
        return (
            _BY_MAC.get(event.nativeVirtualKey()) if event.nativeVirtualKey() else _BY_LABEL.get(event.key())
        )
    scan = event.nativeScanCode()
    if not scan:
        return _BY_LABEL.get(event.key())
    return _BY_SCAN.get(scan if platform == "win32" else scan - XKB_OFFSET)


class ComputerKeys(QObject):
    """Plays the 25 keys from the computer's keyboard while a window is in front.

    Text fields keep their keys, so do Ctrl, Alt and Meta. A key that repeats by itself plays once. What is held
    when the window loses the keyboard is released.

    Args:
        window: The window that must be in front.
        press: Called with a key 0-24 going down.
        release: Called with a key going up.
    """

    def __init__(self, window: QWindow, press: Callable[[int], None], release: Callable[[int], None]) -> None:
        super().__init__(window)
        self.enabled = True
        self._press = press
        self._release = release
        self._held: dict[int, int] = {}  # what the system calls the key → the key it plays
        # At the window, before Qt hands the event to a widget: far fewer events pass here than at the application.
        window.installEventFilter(self)

    def release_all(self) -> None:
        """Let go of every key."""
        held, self._held = self._held, {}
        for key in held.values():
            self._release(key)

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
        if not self.enabled or event.modifiers() & _OTHERS or QApplication.activePopupWidget() is not None:
            return False
        return key_of(event) is not None and not writes(QApplication.focusWidget())

    def _down(self, event: QKeyEvent) -> bool:
        if not self._plays(event):
            return False
        name = event.nativeScanCode() or event.key()
        key = key_of(event)
        if not event.isAutoRepeat() and name not in self._held and key is not None:
            self._held[name] = key
            self._press(key)
        return True

    def _up(self, event: QKeyEvent) -> bool:
        name = event.nativeScanCode() or event.key()
        if name not in self._held:
            return False
        if not event.isAutoRepeat():
            self._release(self._held.pop(name))
        return True


def writes(widget: QWidget | None) -> bool:
    """True for a widget into which one writes."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, _TEXT_FIELDS)
