"""Draw the extension's icons from the program's: bright when the keys are on, pale when only connected, grey when off.

Writes `extension_bridge/extension/icons/{on,connected,off}-{16,32,48,128}.png`.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "resources/icons/rubato.svg"
ICONS = ROOT / "extension_bridge/extension/icons"
SIZES = (16, 32, 48, 128)

LIT, WHITE, GROUND = "#4fd1c5", "#eef1f8", "#171a24"
LOOKS: dict[str, dict[str, str]] = {
    "on": {},
    "connected": {LIT: "#8fa3c8"},
    "off": {LIT: "#8a8f9c", WHITE: "#b9bdc7", GROUND: "#4a4e59"},
}


def picture(drawing: str, size: int) -> QImage:
    """Render the drawing as a square of `size` pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    return image


def main() -> None:
    """Write all icons."""
    ICONS.mkdir(parents=True, exist_ok=True)
    original = DRAWING.read_text(encoding="utf-8")
    for look, colours in LOOKS.items():
        drawing = original
        for colour, other in colours.items():
            drawing = drawing.replace(colour, other)
        for size in SIZES:
            picture(drawing, size).save(str(ICONS / f"{look}-{size}.png"))


if __name__ == "__main__":
    main()
