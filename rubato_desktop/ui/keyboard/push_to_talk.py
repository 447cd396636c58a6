"""The key of the computer's keyboard that is held to talk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence, QWindow


class PushToTalk(QObject):
    """Tells when the key goes down and up while a window is in front, also while a text is written.

    Args:
        window: The window that must be in front.
        talk: Told whether the key is down.
    """

    def __init__(self, window: QWindow, talk: Callable[[bool], None]) -> None:
        super().__init__(window)
        self._talk = talk
        self._key: int | None = None
        self._down = False
        window.installEventFilter(self)

    def use(self, name: str) -> None:
        """Take another key, by its name, such as ``F9``; empty, or no key's name, for none."""
        self.release()
        keys = QKeySequence(name)
        self._key = keys[0].toCombined() if keys.count() == 1 else None  # type: ignore[index]

    def release(self) -> None:
        """Let go of the key."""
        if self._down:
            self._down = False
            self._talk(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.release()
        if not isinstance(event, QKeyEvent) or self._key is None:
            return False
        if kind == QEvent.Type.KeyPress and event.keyCombination().toCombined() == self._key:
            if not event.isAutoRepeat() and not self._down:
                self._down = True
                self._talk(True)
            return True
        # Whatever else is held by then: the key itself goes up.
        if kind == QEvent.Type.KeyRelease and self._down and event.key() == self._key & 0x1FFFFFF:
            if not event.isAutoRepeat():
                self.release()
            return True
        return False
