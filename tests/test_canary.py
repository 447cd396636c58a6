"""The reference count of None is stable.

Some versions of PySide6 drop a reference at every call that returns nothing, until Python aborts.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel

CALLS = 20_000
TOLERANCE = CALLS // 10


def lost_references(before: int) -> int:
    """Return how many references to None were released since its reference count was `before`."""
    return before - sys.getrefcount(None)


def test_painting_does_not_change_the_count(qapp: QApplication) -> None:
    image = QImage(64, 64, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter.fillRect(QRectF(1, 1, 9, 9), QColor("red"))
    lost = lost_references(before)
    painter.end()
    assert abs(lost) < TOLERANCE


def test_setting_texts_does_not_change_the_count(qapp: QApplication) -> None:
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
    assert abs(lost_references(before)) < TOLERANCE


def test_repainting_widgets_does_not_change_the_count(qapp: QApplication) -> None:
    class Painted(QLabel):
        def paintEvent(self, event: object) -> None:
            painter = QPainter(self)
            for _ in range(100):
                painter.drawText(3, 9, "a")
            painter.end()

    widget = Painted()
    widget.grab()
    before = sys.getrefcount(None)
    for _ in range(100):
        widget.repaint()
        widget.grab()
    assert abs(lost_references(before)) < 1000
