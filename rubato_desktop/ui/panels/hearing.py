"""The microphone at the side: its level, the buttons to listen and to talk, and what was heard."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from rubato_desktop.engine import Engine
from rubato_desktop.events import Event, ListeningChanged, RemarkChanged, SettingChanged, SpeechHeard
from rubato_desktop.services.hearing.hearing import QUIETEST_DB
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.level_meter import LevelMeter
from rubato_desktop.ui.panels.word_log_lines import duration
from rubato_desktop.ui.style.theme import Theme
from rubato_desktop.ui.style.wrapped_label import WrappedLabel

CAPACITY = 200  # lines of the transcript
REFRESH_MS = 66  # while the microphone is open
STATES = {
    "off": "off",
    "opening": "opening the microphone…",
    "listening": "listening",
    "hearing": "hearing speech",
    "thinking": "recognising…",
}


class HearingPanel(QWidget):
    """Level, buttons and transcript.

    Args:
        engine: Its hearing is shown.
        bridge: Runs commands and delivers events.
        theme: The colours.

    Signals:
        fact_changed: The fact for the panel's header.
    """

    name: ClassVar = "hearing"
    title: ClassVar = "Hearing"
    fact_changed = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self.fact = STATES["off"]
        self.meter = LevelMeter(theme)
        self.listen = QPushButton("Listen")
        self.listen.setCheckable(True)
        self.listen.setToolTip("Listen until you switch it off (0 4 7 0, 0 7 4 0)")
        self.listen.clicked.connect(lambda on: bridge.run("microphone", on=on))
        self.talk = QPushButton("Hold to talk")
        self.talk.pressed.connect(lambda: bridge.run("talk", on=True))
        self.talk.released.connect(lambda: bridge.run("talk", on=False))
        self.state = WrappedLabel("Microphone")
        self.state.setProperty("small", True)
        self.transcript = QListWidget()
        self.transcript.setAccessibleName("Transcript")
        self.transcript.setAccessibleDescription("What you said and what it did, the newest first.")
        self.transcript.setWordWrap(True)
        self.transcript.setStyleSheet("QListWidget::item { padding: 4px 0; }")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.listen)
        row.addWidget(self.talk)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 12, 10)
        column.setSpacing(8)
        column.addWidget(self.meter)
        column.addLayout(row)
        column.addWidget(self.state)
        column.addWidget(self.transcript, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._show_level)
        self._show_key(engine.settings.values.talk_key)
        bridge.happened.connect(self.on_event)
        self._show_listening("off")

    def on_event(self, event: Event) -> None:
        """Follow the microphone and what is heard."""
        match event:
            case ListeningChanged(state=state):
                self._show_listening(state)
            case SpeechHeard():
                self._add(event)
            case RemarkChanged(open=True, text=text):
                self._show_state(f"remark: {text}" if text else "remark")
            case SettingChanged(name="talk_key", value=key):
                self._show_key(key)

    def _show_key(self, key: str) -> None:
        """Show which of the computer's keys is held to talk; empty for none."""
        hint = f", or hold {key}" if key else ""
        self.talk.setToolTip(f"Hold the button to talk{hint}")

    def _show_state(self, text: str) -> None:
        self.state.show_text(text)
        self.state.setVisible(bool(text))

    def _show_listening(self, state: str) -> None:
        hearing = self._engine.services.hearing
        self._show_state(hearing.microphone if hearing is not None and state != "off" else "")
        self.listen.setChecked(hearing is not None and hearing.continuous)
        self._timer.start() if state != "off" else self._timer.stop()
        self._show_level()
        self.fact = STATES[state]
        self.fact_changed.emit(self.fact)

    def _show_level(self) -> None:
        hearing = self._engine.services.hearing
        level = hearing.level if hearing is not None else QUIETEST_DB
        self.meter.show_level(level, hearing is not None and hearing.state == "hearing")

    def _add(self, heard: SpeechHeard) -> None:
        item = QListWidgetItem(transcript_line(heard))
        c = self._theme.colours
        colours = {"word": c.good, "value": c.good, "text": c.text, "unsure": c.warn, "nothing": c.warn}
        item.setForeground(QColor(colours.get(heard.became, c.muted)))
        self.transcript.insertItem(0, item)
        while self.transcript.count() > CAPACITY:
            self.transcript.takeItem(CAPACITY)


def transcript_line(heard: SpeechHeard) -> str:
    """Return in a line what was heard and what it did."""
    text = f"“{heard.text}”" if heard.text else "speech"
    match heard.became:
        case "word":
            return f"{text} · word · {duration(heard.elapsed_ms)}"
        case "value":
            return f"{text} · value · {duration(heard.elapsed_ms)}"
        case "text":
            return f"{text} · dictated"
        case "unsure":
            return f"Did you mean {' or '.join(heard.near[:3])}?"
        case "nothing":
            return f"{text} · not recognised"
        case _:
            return f"{text} · ignored"
