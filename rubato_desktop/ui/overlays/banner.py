"""The banner over the pianoroll: what happened, what was kept, what to do. It never blocks the window."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QToolButton, QWidget

from rubato_desktop.events import Notice
from rubato_desktop.ui.overlays.card import Card
from rubato_desktop.ui.sentences import sentences
from rubato_desktop.ui.style.icons import icon
from rubato_desktop.ui.style.theme import Theme

SHOWN_FOR = {"info": 6000, "warning": 14000, "error": 30000}  # ms
STILL_READ = 2000  # ms until a banner that is still being read is looked at again


class Banner(Card):
    """The newest notice. The word log keeps all of them.

    Args:
        over: The widget above whose lower edge it stands.
        theme: Its colours.
    """

    rank: ClassVar = 2

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over, "banner")
        self._theme = theme
        self._level = "info"
        self.happened = self.text.add_label(strong=True)
        self.more = self.text.add_label()
        self._close = QToolButton()
        self._close.setProperty("flat", True)
        self._close.setAccessibleName("Close the notice")
        self._close.setToolTip("Close")
        self._close.clicked.connect(self.hide)
        grid = QGridLayout(self)
        self._bar = QFrame()
        self._bar.setFixedWidth(4)
        grid.setContentsMargins(10, 10, 8, 10)
        grid.setHorizontalSpacing(12)
        grid.addWidget(self._bar, 0, 0)
        grid.addWidget(self.text, 0, 1)
        grid.addWidget(self._close, 0, 2, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._expire)
        theme.changed.connect(self._dress)

    def show_notice(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        self._level = notice.level
        self.happened.setText(sentences(notice.happened))
        self.more.setText(sentences(notice.kept, notice.todo))
        self.more.setVisible(bool(self.more.text()))
        self.setAccessibleName(f"{notice.level}: {self.happened.text()} {self.more.text()}".strip())
        self._dress()
        self.place()
        self._timer.start(SHOWN_FOR[notice.level])

    def _expire(self) -> None:
        if self.underMouse() or self._close.hasFocus() or self.text.hasFocus():
            self._timer.start(STILL_READ)
        else:
            self.hide()

    def _dress(self) -> None:
        c = self._theme.colours
        edge = {"info": c.accent, "warning": c.warn, "error": c.bad}[self._level]
        self._close.setIcon(icon("close", c.muted))
        self._style(c.raised, c.line)
        self._bar.setStyleSheet(f"background: {edge}; border-radius: 2px;")
