"""A word as a picture of the 25 keys, with its keys numbered in order, in its language's colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter, QPen

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import write_beside
from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.ui.keyboard.layout import is_black, key_rects
from rubato_desktop.ui.qt_log import log_qt_messages
from rubato_desktop.ui.style.palette import ink, mix

WHITE, BLACK, EDGE = "#f1f3f9", "#232734", "#8d93a3"
FILE_SIZE = (1200, 260)
MOST_DOTS = 4  # on one key; the last one then says how many more there are


def word_picture(word: Word, colour: str, size: tuple[int, int], ratio: float = 1.0) -> QImage:
    """Draw the 25 keys with a word's keys numbered in order.

    Args:
        word: The word.
        colour: Of its language, ``#rrggbb``.
        size: Width and height in px.
        ratio: Device pixels per px.

    Returns:
        The picture, transparent around the keys.
    """
    return keys_picture(word.keys, colour, size, ratio)


@lru_cache(maxsize=2048)
def keys_picture(keys: tuple[int, ...], colour: str, size: tuple[int, int], ratio: float = 1.0) -> QImage:
    """Draw a picture like `word_picture`, from the keys alone."""
    image = QImage(round(size[0] * ratio), round(size[1] * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0.5, 0.5, size[0] - 1, size[1] - 1)
    rects = key_rects(area)
    played = {key: [i for i, other in enumerate(keys, 1) if other == key] for key in set(keys)}
    for key in sorted(range(len(rects)), key=is_black):
        _key(painter, rects[key], is_black(key), key_colour(key, key in played, colour))
    dot = _dot_size(rects, played)
    for key, order in played.items():
        _dots(painter, rects[key], order, dot, colour)
    painter.end()
    return image


def key_colour(key: int, played: bool, colour: str) -> str:
    """Return the colour of one key, tinted where the word contains it."""
    ground = BLACK if is_black(key) else WHITE
    return mix(ground, colour, 0.30) if played else ground


def _key(painter: QPainter, rect: QRectF, black: bool, ground: str) -> None:
    radius = max(1.0, rect.width() * 0.12)
    painter.setPen(QPen(QColor(EDGE), 0.8))
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(rect if black else rect.adjusted(0.3, 0, -0.3, 0), radius, radius)


def _dot_size(rects: Sequence[QRectF], played: dict[int, list[int]]) -> float:
    """Return the size of all dots of a picture in px, so that those of the fullest key fit."""
    white = rects[0]
    size = min(white.width() * 0.92, white.height() * 0.32)
    for key, order in played.items():
        rows = min(len(order), MOST_DOTS)
        size = min(size, rects[key].height() * 0.94 / rows)
    return size


def _dots(painter: QPainter, rect: QRectF, order: Sequence[int], size: float, colour: str) -> None:
    shown = [str(n) for n in order]
    if len(shown) > MOST_DOTS:
        # The dots of a key that is played often would cover it.
        shown = [*shown[: MOST_DOTS - 1], f"+{len(shown) - MOST_DOTS + 1}"]
    for row, label in enumerate(shown):
        bottom = rect.bottom() - size * 0.04 - row * size
        dot = QRectF(rect.center().x() - size / 2, bottom - size, size, size).adjusted(0.4, 0.4, -0.4, -0.4)
        small = size < 12
        painter.setPen(
            Qt.PenStyle.NoPen if small else QPen(QColor(mix(colour, "#000000", 0.45)), size * 0.04)
        )
        painter.setBrush(QColor(colour))
        painter.drawEllipse(dot)
        face = QFont(QGuiApplication.font())
        face.setPixelSize(max(5, round(size * (0.68 if len(label) == 1 else 0.5))))
        face.setBold(True)
        painter.setFont(face)
        painter.setPen(QColor(ink(colour)))
        painter.drawText(dot, int(Qt.AlignmentFlag.AlignCenter), label)


def save_picture(word: Word, colour: str, path: Path, size: tuple[int, int] = FILE_SIZE) -> None:
    """Write a word's picture as a PNG file. Needs no screen.

    Raises:
        RubatoError: the file cannot be written.
    """
    application = ensure_application()
    image = word_picture(word, colour, size)
    image.setText("Title", f"{word.name}: {format_keys(word.keys)}")
    save_png(image, path)
    del application


def save_png(image: QImage, path: Path) -> None:
    """Write an image as a PNG file.

    Raises:
        RubatoError: the file cannot be written.
    """
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    try:
        write_beside(Path(path), bytes(buffer.data().data()))
    except OSError as error:
        raise RubatoError(
            f"Cannot write the picture to {path}: {error.strerror}",
            todo="Choose another folder",
            code="not_written",
        ) from None


def ensure_application() -> QGuiApplication:
    """Return the Qt application; where there is none, create one without a screen.

    Keep a reference to it as long as Qt is used.
    """
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    from PySide6.QtWidgets import QApplication

    log_qt_messages()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QApplication(sys.argv[:1])
