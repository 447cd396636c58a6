"""The complete pianoroll: a display with mouse, touch and keyboard control."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from rubato_desktop.ui.pianoroll.display import RollDisplay
from rubato_desktop.ui.pianoroll.gestures import Gestures
from rubato_desktop.ui.pianoroll.hit_test import HitTest


class PianoRoll(RollDisplay):
    """A `RollDisplay` that is controlled with mouse, touchpad, touch screen and keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hit_test = HitTest(self)
        self.gestures = Gestures(self, self.hit_test)
