"""The microphone at the side: how loud it is, a button to talk, and what was heard with what became of it."""

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

KEPT = 200  # lines
LOOK_EVERY = 66  # ms, while it listens
STATES = {
    "off": "off",
    "opening": "opening the microphone…",
    "listening": "listening",
    "hearing": "somebody speaks",
    "thinking": "understanding…",
}


class HearingPanel(QWidget):
    """Level, buttons and transcript.

    Args:
        engine: Its ear is shown.
        bridge: Carries out commands and brings events.
        theme: The colours.
    """

    name: ClassVar = "hearing"
    title: ClassVar = "Hearing"
    told = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self.fact = STATES["off"]
        self.meter = LevelMeter(theme)
        self.listen = QPushButton("Listen")
        self.listen.setCheckable(True)
        self.listen.setToolTip("Listen until it is switched off (0 4 7 0, 0 7 4 0)")
        self.listen.clicked.connect(lambda on: bridge.run("microphone", on=on))
        self.talk = QPushButton("Hold to talk")
        self.talk.pressed.connect(lambda: bridge.run("talk", on=True))
        self.talk.released.connect(lambda: bridge.run("talk", on=False))
        self.state = WrappedLabel("Microphone")
        self.state.setProperty("small", True)
        self.transcript = QListWidget()
        self.transcript.setAccessibleName("What was heard")
        self.transcript.setAccessibleDescription("What was said, and what became of it; the newest first.")
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
        self._look = QTimer(self)
        self._look.setInterval(LOOK_EVERY)
        self._look.timeout.connect(self._show_level)
        self._show_key(engine.settings.values.talk_key)
        bridge.happened.connect(self.hear)
        self._show_state("off")

    def hear(self, event: Event) -> None:
        """An event of the engine."""
        match event:
            case ListeningChanged(state=state):
                self._show_state(state)
            case SpeechHeard():
                self._add(event)
            case RemarkChanged(open=True, text=text):
                self.state.show_text(f"remark: {text}" if text else "remark")
            case SettingChanged(name="talk_key", value=key):
                self._show_key(key)

    def _show_key(self, key: str) -> None:
        """Tell which of the computer's keys is held to talk; empty for none."""
        hint = f", or hold {key}" if key else ""
        self.talk.setToolTip(f"It listens while this is held{hint}")

    def _show_state(self, state: str) -> None:
        ear = self._engine.services.hearing
        self.state.show_text(ear.microphone if ear is not None and state != "off" else "")
        self.listen.setChecked(ear is not None and ear.continuous)
        self._look.start() if state != "off" else self._look.stop()
        self._show_level()
        self.fact = STATES[state]
        self.told.emit(self.fact)

    def _show_level(self) -> None:
        ear = self._engine.services.hearing
        level = ear.level if ear is not None else QUIETEST_DB
        self.meter.show_level(level, ear is not None and ear.state == "hearing")

    def _add(self, heard: SpeechHeard) -> None:
        item = QListWidgetItem(line(heard))
        c = self._theme.colours
        colours = {"word": c.good, "value": c.good, "text": c.text, "unsure": c.warn, "nothing": c.warn}
        item.setForeground(QColor(colours.get(heard.became, c.muted)))
        self.transcript.insertItem(0, item)
        while self.transcript.count() > KEPT:
            self.transcript.takeItem(KEPT)


def line(heard: SpeechHeard) -> str:
    """What was heard, as one line."""
    text = f"“{heard.text}”" if heard.text else "something"
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
            return f"{text} · not understood"
        case _:
            return f"{text} · not for the program"
