"""The rectangles of the 25 keys: two octaves from C to C."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from rubato_desktop.language.keys import COUNT

BLACK = frozenset({1, 3, 6, 8, 10})  # black keys, in semitones above C
WHITES = 15
BLACK_WIDTH, BLACK_HEIGHT = 0.62, 0.58  # of a white key's

# Offset of a black key's middle from the line between its neighbours, in its own widths: as on a piano, the outer
# keys of each group lean outwards.
_LEAN = {1: -0.12, 3: 0.12, 6: -0.16, 8: 0.0, 10: 0.16}


def is_black(key: int) -> bool:
    """Return whether a key (0-24) is black; the lowest key is a C."""
    return key % 12 in BLACK


def key_rects(area: QRectF) -> list[QRectF]:
    """Return the rectangles of the 25 keys, from the lowest.

    Args:
        area: The rectangle of the keyboard.
    """
    width = area.width() / WHITES
    rects = []
    white = 0
    for key in range(COUNT):
        left = area.left() + white * width
        if is_black(key):
            across = width * BLACK_WIDTH
            left += (_LEAN[key % 12] - 0.5) * across
            rects.append(QRectF(left, area.top(), across, area.height() * BLACK_HEIGHT))
        else:
            rects.append(QRectF(left, area.top(), width, area.height()))
            white += 1
    return rects
