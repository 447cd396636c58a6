"""Picture files for tests."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QColor, QImage


def write_picture(path: Path, width: int = 40, height: int = 30, colour: str = "#4fd1c5") -> Path:
    """Write a picture of one colour in the format of the file extension; return the path."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    assert image.save(str(path))
    return path
