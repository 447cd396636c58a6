"""The whole of a result that is too long for the strip, over the pianoroll."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from rubato_desktop.ui.overlays.card import Card, EscapeCloses
from rubato_desktop.ui.style.icons import icon
from rubato_desktop.ui.style.theme import Theme


class ResultCard(EscapeCloses, Card):
    """The last result, until Esc or its button closes it.

    Args:
        over: The widget above whose lower edge it stands.
        theme: Its colours.
    """

    rank: ClassVar = 1
    _focus_before: QWidget | None = None

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over, "result")
        self._theme = theme
        self.result = self.text.add_label()
        self._close = QToolButton()
        self._close.setProperty("flat", True)
        self._close.setAccessibleName("Close the result")
        self._close.setToolTip("Close (Esc)")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 12, 8, 12)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._dress)
        self._dress()

    def show_result(self, text: str) -> None:
        """Show a result and take the focus, so that Esc closes the card and the arrow keys scroll."""
        self.result.setText(text)
        self.setAccessibleName(f"Result: {text}")
        if self.isHidden():
            self._focus_before = self.window().focusWidget()
        self.place()
        scrolls = self.text.focusPolicy() != Qt.FocusPolicy.NoFocus
        (self.text if scrolls else self._close).setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        before, self._focus_before = self._focus_before, None
        if before is not None and (self.text.hasFocus() or self._close.hasFocus()):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        super().hideEvent(event)

    def _dress(self) -> None:
        self._close.setIcon(icon("close", self._theme.colours.muted))
        self._style(self._theme.colours.raised, self._theme.colours.line)
