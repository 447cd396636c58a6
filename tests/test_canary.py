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
MATERIAL = CALLS // 10


def lost(before: int) -> int:
    return before - sys.getrefcount(None)


def test_painting_does_not_change_the_count(qapp: QApplication) -> None:
    image = QImage(64, 64, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter.fillRect(QRectF(1, 1, 9, 9), QColor("red"))
    taken = lost(before)
    painter.end()
    assert abs(taken) < MATERIAL


def test_setting_texts_does_not_change_the_count(qapp: QApplication) -> None:
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(CALLS):
        label.setText(str(number))
    assert abs(lost(before)) < MATERIAL


def test_repainting_widgets_does_not_change_the_count(qapp: QApplication) -> None:
    class Painted(QLabel):
        def paintEvent(self, event: object) -> None:
            painter = QPainter(self)
            for _ in range(100):
                painter.drawText(3, 9, "a")
            painter.end()

    shown = Painted()
    shown.grab()
    before = sys.getrefcount(None)
    for _ in range(100):
        shown.repaint()
        shown.grab()
    assert abs(lost(before)) < 1000
