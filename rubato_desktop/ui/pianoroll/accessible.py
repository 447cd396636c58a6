"""Tells screen readers what the pianoroll is: a picture with a name and a description, not a box of other things."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

CLASS_NAME = "PianoRoll"


@cache
def introduce() -> None:
    """Make Qt ask here for what it tells about pianorolls; once is enough for all of them."""
    QAccessible.installFactory(_interface)


def _interface(class_name: str, thing: QObject) -> QAccessibleInterface | None:
    if class_name == CLASS_NAME and isinstance(thing, QWidget):
        return QAccessibleWidget(thing, QAccessible.Role.Canvas)
    return None
