"""Screenshots of the main window, without a screen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from rubato_desktop.engine import Engine
from rubato_desktop.ui.keyboard.word_picture import ensure_application, save_png
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.window import MainWindow

SETTLE_MS = 350  # longer than the animation in which the roll moves to its position


def window_image(engine: Engine, size: tuple[int, int] = (1440, 900)) -> QImage:
    """Draw the main window of an engine.

    Args:
        engine: A running engine.
        size: Width and height in px.
    """
    app = ensure_application()
    assert isinstance(app, QApplication)
    window = MainWindow(engine, Theme(engine.settings.values.theme))
    window.setMinimumSize(1, 1)
    window.resize(*size)
    window.show()
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()
    image = window.grab().toImage()
    window.close()
    window.deleteLater()
    app.processEvents()
    return image


def save_screenshot(engine: Engine, path: Path, size: tuple[int, int] = (1440, 900)) -> None:
    """Write a screenshot of the main window as a PNG file.

    Args:
        engine: A running engine.
        path: The file.
        size: Width and height in px.

    Raises:
        RubatoError: the file cannot be written.
    """
    application = ensure_application()
    save_png(window_image(engine, size), Path(path))
    del application
