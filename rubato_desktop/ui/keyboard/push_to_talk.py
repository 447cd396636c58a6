"""The key of the computer's keyboard that is held down to talk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence, QWindow


class PushToTalk(QObject):
    """Watches the key while a window is active, also in text fields.

    Args:
        window: The window.
        on_change: Called when the key goes down (True) or up (False).
    """

    def __init__(self, window: QWindow, on_change: Callable[[bool], None]) -> None:
        super().__init__(window)
        self._on_change = on_change
        self._key: int | None = None
        self._down = False
        window.installEventFilter(self)

    def use(self, name: str) -> None:
        """Use a key by its name, such as ``F9``; no key where the name is empty or unknown."""
        self.release()
        keys = QKeySequence(name)
        self._key = keys[0].toCombined() if keys.count() == 1 else None  # type: ignore[index]

    def release(self) -> None:
        """Release the key if it is held."""
        if self._down:
            self._down = False
            self._on_change(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.release()
        if not isinstance(event, QKeyEvent) or self._key is None:
            return False
        if kind == QEvent.Type.KeyPress and event.keyCombination().toCombined() == self._key:
            if not event.isAutoRepeat() and not self._down:
                self._down = True
                self._on_change(True)
            return True
        # Whichever modifiers are held by then.
        if kind == QEvent.Type.KeyRelease and self._down and event.key() == self._key & 0x1FFFFFF:
            if not event.isAutoRepeat():
                self.release()
            return True
        return False
