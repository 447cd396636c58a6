"""The line at the very bottom: how fast everything answers, and what there is."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.events import Event, Played, RecordingChanged, RollOpened, SessionKept, WordHeard
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.devices import quantile
from rubato_desktop.ui.style.theme import base_size
from rubato_desktop.ui.style.wrapped_label import WrappedLabel

LOOK_EVERY = 1000  # ms; only while something was played


class StatusLine(QWidget):
    """The line at the very bottom.

    Args:
        engine: Its latency, sound and roll are shown.
        bridge: Brings events.
    """

    def __init__(self, engine: Engine, bridge: Bridge) -> None:
        super().__init__()
        self._engine = engine
        self._notes = self._words = 0
        self._kept = ""
        self.setObjectName("status")
        self.setFixedHeight(round(base_size() * 2.2))
        self.left = WrappedLabel("Status")
        self.right = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.addWidget(self.left, 1)
        row.addWidget(self.right)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LOOK_EVERY)
        self._soon.timeout.connect(self.refresh)
        bridge.happened.connect(self.hear)
        self.refresh()

    def hear(self, event: Event) -> None:
        """An event of the engine."""
        match event:
            case Played(message=message):
                self._notes += message.is_note_on
            case WordHeard():
                self._words += 1
            case RecordingChanged(state="on"):
                self._kept = "recording"
            case RecordingChanged(state="paused"):
                self._kept = "recording paused"
            case RecordingChanged():
                self._kept = ""
            case SessionKept() if not self._kept:
                self._kept = "saved"
            case RollOpened():
                pass
            case _:
                return
        # A flood of notes is counted at once and shown at leisure.
        if not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Show what is known now."""
        values = self._engine.settings.values
        latency = tuple(self._engine.latency)
        sound = self._engine.services.sound
        shown = []
        if sound is not None and sound.problem is None and sound.latency_ms:
            shown.append(f"♪ sound answers in {sound.latency_ms:.1f} ms")
        if latency:
            shown.append(f"key → word {quantile(latency, 0.5):.1f} ms")
        shown.append("your keys are heard" if values.echo else "your keys are silent")
        self.left.show_text("      ".join(shown))
        roll = self._engine.services.roll
        notes, words = (self._notes, self._words) if roll.live else (len(roll.notes), len(roll.words))
        counts = [f"{notes:,} notes", f"{words:,} words"]
        self.right.setText(" · ".join([*counts, self._kept] if self._kept and roll.live else counts))
