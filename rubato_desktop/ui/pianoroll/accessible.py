"""The accessible role of the pianoroll: a canvas with a name and a description instead of a plain widget."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

CLASS_NAME = "PianoRoll"


@cache
def install_accessible_role() -> None:
    """Install the accessible interface of all pianorolls. Later calls do nothing."""
    QAccessible.installFactory(_interface)


def _interface(class_name: str, widget: QObject) -> QAccessibleInterface | None:
    if class_name == CLASS_NAME and isinstance(widget, QWidget):
        return QAccessibleWidget(widget, QAccessible.Role.Canvas)
    return None
