"""The pianoroll as a whole: what it shows, and what hands do on it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rubato_desktop.ui.pianoroll.display import RollDisplay
from rubato_desktop.ui.pianoroll.gestures import Gestures
from rubato_desktop.ui.pianoroll.hit_test import HitTest


class PianoRoll(RollDisplay):
    """A display that answers to mouse, touchpad, fingers and keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pointing = HitTest(self)
        self.hands = Gestures(self, self.pointing)
