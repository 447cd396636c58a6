"""The level of the microphone as a bar, with a mark at its recent peak."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rubato_desktop.services.hearing.hearing import QUIETEST_DB
from rubato_desktop.ui.style.theme import Theme, base_size

_FALL = 0.012  # share of the bar by which the peak falls each time the level is shown
_TOO_LOUD_DB = -3.0


class LevelMeter(QWidget):
    """A bar from silence to full scale (-60 to 0 dBFS).

    Args:
        theme: Its colours.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._db = QUIETEST_DB
        self._peak = 0.0
        self._voice = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Microphone level")
        theme.changed.connect(self.update)

    def show_level(self, db: float, voice: bool) -> None:
        """Show a level.

        Args:
            db: Level in dBFS, -60 to 0.
            voice: Whether somebody is speaking.
        """
        peak = max(_share(db), self._peak - _FALL)
        if (db, voice, peak) != (self._db, self._voice, self._peak):
            self._db, self._voice, self._peak = db, voice, peak
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, round(base_size() * 0.8))

    def paintEvent(self, event: QPaintEvent) -> None:
        c = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect())
        radius = whole.height() / 2
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(QColor(c.line))
        painter.drawRoundedRect(whole, radius, radius)
        filled = QRectF(whole)
        filled.setWidth(whole.width() * _share(self._db))
        colour = c.bad if self._db > _TOO_LOUD_DB else c.good if self._voice else c.accent
        if filled.width() >= 2 * radius:
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(filled, radius, radius)
        if self._peak > 0:
            at = min(whole.right() - 2, whole.width() * self._peak)
            painter.fillRect(QRectF(at, whole.top() + 1, 2, whole.height() - 2), QColor(c.text))
        painter.end()


def _share(db: float) -> float:
    """Return a level in dBFS as a share (0-1) of the bar."""
    return max(0.0, min(1.0, 1 - db / QUIETEST_DB))
