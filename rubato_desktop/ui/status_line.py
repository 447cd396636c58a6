"""The line at the very bottom: latencies, whether keys are echoed, and how much was played."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.events import Event, Played, RecordingChanged, RollOpened, SessionKept, WordHeard
from rubato_desktop.plurals import counted
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.devices import quantile
from rubato_desktop.ui.style.theme import base_size
from rubato_desktop.ui.style.wrapped_label import WrappedLabel

REFRESH_MS = 1000  # after something was played


class StatusLine(QWidget):
    """The line at the very bottom.

    Args:
        engine: Its latency, sound and roll are shown.
        bridge: Delivers events.
    """

    def __init__(self, engine: Engine, bridge: Bridge) -> None:
        super().__init__()
        self._engine = engine
        self._notes = self._words = 0
        self._recording = ""
        self.setObjectName("status")
        self.setFixedHeight(round(base_size() * 2.2))
        self.left = WrappedLabel("Status")
        self.right = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.addWidget(self.left, 1)
        row.addWidget(self.right)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        bridge.happened.connect(self.on_event)
        self.refresh()

    def on_event(self, event: Event) -> None:
        """Count at once; show at most once a second, however many notes come."""
        match event:
            case Played(message=message):
                self._notes += message.is_note_on
            case WordHeard():
                self._words += 1
            case RecordingChanged(state="on"):
                self._recording = "recording"
            case RecordingChanged(state="paused"):
                self._recording = "recording paused"
            case RecordingChanged():
                self._recording = ""
            case SessionKept() if not self._recording:
                self._recording = "saved"
            case RollOpened():
                pass
            case _:
                return
        if not self._timer.isActive():
            self._timer.start()

    def refresh(self) -> None:
        """Show everything as it is now."""
        latency = tuple(self._engine.latency)
        sound = self._engine.services.sound
        parts = []
        if sound is not None and sound.problem is None and sound.latency_ms:
            parts.append(f"Sound latency {sound.latency_ms:.1f} ms")
        if latency:
            parts.append(f"Key to word {quantile(latency, 0.5):.1f} ms")
        parts.append("Your keys are heard" if self._engine.settings.values.echo else "Your keys are silent")
        self.left.show_text(" · ".join(parts))
        roll = self._engine.services.roll
        notes, words = (self._notes, self._words) if roll.live else (len(roll.notes), len(roll.words))
        counts = [counted(notes, "note"), counted(words, "word")]
        if self._recording and roll.live:
            counts.append(self._recording)
        self.right.setText(" · ".join(counts))
