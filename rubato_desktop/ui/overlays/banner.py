"""Calm banners over the pianoroll: what happened, what was kept, what to do. They never stand in the way."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QWidget

from rubato_desktop.events import Notice
from rubato_desktop.ui.overlays.card import Card
from rubato_desktop.ui.style.icons import sign
from rubato_desktop.ui.style.theme import Theme

SHOWN_FOR = {"info": 6000, "warning": 14000, "error": 30000}  # ms


class Banner(Card):
    """The newest notice, over its parent's lower edge; the log keeps them all.

    Args:
        over: The widget above whose lower edge it stands.
        theme: Its colours.
    """

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over)
        self._theme = theme
        self._level = "info"
        self.setObjectName("banner")
        self.happened = QLabel()
        self.happened.setProperty("strong", True)
        self.more = QLabel()
        for label in (self.happened, self.more):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._close = QToolButton()
        self._close.setProperty("flat", True)
        self._close.setAccessibleName("Close this notice")
        self._close.setToolTip("Close")
        self._close.clicked.connect(self.hide)
        grid = QGridLayout(self)
        self._bar = QFrame()
        self._bar.setFixedWidth(4)
        grid.setContentsMargins(10, 10, 8, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.addWidget(self._bar, 0, 0, 2, 1)
        grid.addWidget(self.happened, 0, 1)
        grid.addWidget(self.more, 1, 1)
        grid.addWidget(self._close, 0, 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fade)
        theme.changed.connect(self._dress)

    def show_notice(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        self._level = notice.level
        self.happened.setText(f"{notice.happened}.")
        self.more.setText(" ".join(f"{part}." for part in (notice.kept, notice.todo) if part))
        self.more.setVisible(bool(self.more.text()))
        self.setAccessibleName(f"{notice.level}: {self.happened.text()} {self.more.text()}".strip())
        self._dress()
        self.place()
        self.show()
        self.raise_()
        self._timer.start(SHOWN_FOR[notice.level])

    def _fade(self) -> None:
        # Who is at its close button, or reads it under the mouse, is not interrupted.
        if self.underMouse() or self._close.hasFocus():
            self._timer.start(2000)
        else:
            self.hide()

    def _dress(self) -> None:
        c = self._theme.colours
        edge = {"info": c.accent, "warning": c.warn, "error": c.bad}[self._level]
        self._close.setIcon(sign("close", c.muted))
        self.setStyleSheet(
            f"QFrame#banner {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 8px; }}"
            f" QFrame#banner QLabel {{ background: transparent; }}"
        )
        self._bar.setStyleSheet(f"background: {edge}; border-radius: 2px;")
