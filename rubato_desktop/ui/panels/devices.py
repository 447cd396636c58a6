"""Devices at the side: which are connected, what their keys do, the sound output, and the latency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rubato_desktop.engine import Engine
from rubato_desktop.events import DevicesChanged, Event, Notice, SettingChanged
from rubato_desktop.plurals import counted
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.sentences import sentences
from rubato_desktop.ui.style.theme import Theme, font
from rubato_desktop.ui.style.wrapping import wrap

ROLES = {"both": "commands and music", "command": "commands only", "performance": "music only"}
REFRESH_MS = 2000  # of what publishes no event of its own: sound and latency
NAME_WIDTH = 145  # px; a longer device name wraps


class DeviceRow(QFrame):
    """One MIDI device: whether it is used, what its keys do, and the MIDI note of its lowest key."""

    def __init__(self, name: str, bridge: Bridge) -> None:
        super().__init__()
        self.used = QCheckBox("\n".join(wrap(name.replace("&", "&&"), font(), NAME_WIDTH)))
        self.used.setToolTip(f"Use {name}")
        self.used.setAccessibleName(f"Use {name}")
        self.used.clicked.connect(lambda on: bridge.run("choose_device", name=name, used=on))
        self.state = QLabel()
        self.state.setProperty("small", True)
        self.problem = _text_label()
        self.problem.setProperty("warn", True)
        self.role = QComboBox()
        for role, text in ROLES.items():
            self.role.addItem(text, role)
        self.role.setAccessibleName(f"Role of {name}")
        self.role.setToolTip("What the keys are for")
        self.role.activated.connect(
            lambda _: bridge.run("device_role", name=name, role=self.role.currentData())
        )
        self.base = QLabel()
        self.base.setProperty("muted", True)
        self.learn = QPushButton("Learn")
        self.learn.setToolTip(f"Set the lowest of the 25 keys: click, then press it on {name}")
        self.learn.setAccessibleName(f"Learn the lowest key of {name}")
        self.learn.clicked.connect(lambda: bridge.run("learn_base", name=name))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 6)
        grid.setHorizontalSpacing(8)
        grid.addWidget(self.used, 0, 0, 1, 2)
        grid.addWidget(self.state, 0, 2, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.problem, 1, 0, 1, 3)
        grid.addWidget(self.role, 2, 0, 1, 3)
        grid.addWidget(self.base, 3, 0)
        grid.addWidget(self.learn, 3, 1, 1, 2, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(1, 1)

    def show_state(self, state: Any) -> None:
        """Show the state of the device."""
        self.used.setChecked(state.used)
        self.state.setText(
            "not used" if not state.used else "connected" if state.connected else "not connected"
        )
        self.state.setProperty("warn", state.used and not state.connected)
        self.state.style().polish(self.state)
        self.problem.setText(sentences(state.problem.happened) if state.problem is not None else "")
        self.problem.setVisible(state.problem is not None)
        self.role.setCurrentIndex(max(0, self.role.findData(state.role)))
        self.base.setText(f"Lowest key: note {state.base_note}")
        self.learn.setText("Press it" if state.learning else "Learn")
        self.learn.setEnabled(state.connected and state.used)
        self.role.setEnabled(state.used)


class DevicesPanel(QScrollArea):
    """Devices, computer keys, sound and latency.

    Args:
        engine: Its devices, sound, settings and latency are shown.
        bridge: Runs commands and delivers events.
        theme: The chart's colours.

    Signals:
        fact_changed: The fact for the panel's header.
    """

    name: ClassVar = "devices"
    title: ClassVar = "Devices and latency"
    fact_changed = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self.fact = ""
        self._rows: dict[str, DeviceRow] = {}
        self._chart: Any = None
        self._build()
        bridge.happened.connect(self.on_event)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._refresh_figures)
        self._timer.start(REFRESH_MS)
        self.refresh()

    def _build(self) -> None:
        engine, bridge = self._engine, self._bridge
        self.problem = _text_label()
        self.problem.setProperty("warn", True)
        self._devices = QVBoxLayout()
        self.computer = QCheckBox("Computer keys")
        self.computer.setToolTip("Play the 25 keys on two rows of the computer's keyboard: Z to M and Q to I")
        self.computer.clicked.connect(lambda on: engine.set("computer_keys", on))
        screen = QCheckBox("On-screen keys")
        screen.setChecked(True)
        screen.setEnabled(False)
        screen.setToolTip("You can always play the keys below with the mouse or by touch")
        self.sound = _text_label()
        self.echo = QCheckBox("Hear my keys")
        self.echo.clicked.connect(lambda on: bridge.run("echo", on=on))
        self.cues = QCheckBox("Hear cues")
        self.cues.clicked.connect(lambda on: bridge.run("cues", on=on))
        hearing = QHBoxLayout()
        hearing.addWidget(self.echo)
        hearing.addWidget(self.cues)
        hearing.addStretch()
        self.latency = _text_label()
        self.show_chart = QPushButton("Show chart")
        self.show_chart.setCheckable(True)
        self.show_chart.toggled.connect(self._toggle_chart)
        latency = QHBoxLayout()
        latency.addWidget(self.latency, 1)
        latency.addWidget(self.show_chart, 0, Qt.AlignmentFlag.AlignTop)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(16, 2, 16, 10)
        self._column.setSpacing(6)
        devices = (self.problem, self._devices, self.computer, screen)
        for item in (*devices, _rule(), self.sound, hearing, _rule(), latency):
            if isinstance(item, QLayout):
                self._column.addLayout(item)
            else:
                self._column.addWidget(item)
        self._column.addStretch()
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.title)

    def on_event(self, event: Event) -> None:
        """Follow devices and settings."""
        if isinstance(event, DevicesChanged | SettingChanged | Notice):
            self.refresh()

    def refresh(self) -> None:
        """Show devices and settings as they are now."""
        manager = self._engine.services.devices
        states: Sequence[Any] = manager.states() if manager is not None else ()
        for name in set(self._rows) - {state.name for state in states}:
            self._rows.pop(name).deleteLater()
        for state in states:
            if state.name not in self._rows:
                self._rows[state.name] = DeviceRow(state.name, self._bridge)
                self._devices.addWidget(self._rows[state.name])
            self._rows[state.name].show_state(state)
        self._show_problem(states)
        values = self._engine.settings.values
        self.computer.setChecked(values.computer_keys)
        self.echo.setChecked(values.echo)
        self.cues.setChecked(values.cues)
        connected = [state.name for state in states if state.connected and state.used]
        self.fact = "on-screen keys"
        if connected:
            self.fact = connected[0] if len(connected) == 1 else counted(len(connected), "device")
        self.fact_changed.emit(self.fact)
        self._refresh_figures()

    def _show_problem(self, states: Sequence[Any]) -> None:
        manager = self._engine.services.devices
        problem = manager.problem if manager is not None else None
        text = ""
        if problem is not None:
            text = sentences(problem.happened, problem.kept, problem.todo)
        elif not states:
            text = "No controller is connected. Plug one in and Rubato finds it; until then, play the keys below."
        self.problem.setText(text)
        self.problem.setProperty("warn", problem is not None)
        self.problem.style().polish(self.problem)
        self.problem.setVisible(bool(text))

    def _refresh_figures(self) -> None:
        if self.isVisible() or not self.sound.text():
            _set_text(self.sound, sound_text(self._engine))
            _set_text(self.latency, latency_text(self._engine))
            if self._chart is not None and self._chart.isVisible():
                self._chart.show_values(tuple(self._engine.latency))

    def _toggle_chart(self, shown: bool) -> None:
        self.show_chart.setText("Hide chart" if shown else "Show chart")
        if shown and self._chart is None:
            # The chart's library takes 30 MB and a while to load.
            from rubato_desktop.ui.panels.latency_chart import LatencyChart

            self._chart = LatencyChart(self._theme)
            self._column.insertWidget(self._column.count() - 1, self._chart)
        if self._chart is not None:
            self._chart.setVisible(shown)
        self._refresh_figures()


def sound_text(engine: Engine) -> str:
    """Return the state of the sound output in words."""
    sound = engine.services.sound
    if not engine.settings.values.sound:
        return "Sound is off."
    if sound is None:
        return "Sound is not available in this run."
    if sound.problem is not None:
        return sentences(sound.problem.happened, sound.problem.kept, sound.problem.todo)
    latency = f", latency {sound.latency_ms:.1f} ms" if sound.latency_ms else ""
    return f"Sound: {sound.output or 'ready'}{latency}"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share (0-1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def latency_text(engine: Engine) -> str:
    """Return in words how long it takes from a key to its recognised word."""
    values = tuple(engine.latency)
    if not values:
        return "Key to word: play a word to measure the latency."
    median, p95 = quantile(values, 0.5), quantile(values, 0.95)
    return f"Key to word: {median:.2f} ms median, {p95:.2f} ms p95 ({counted(len(values), 'word')})"


def _text_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("muted", True)
    return label


def _rule() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setObjectName("rule")
    return line


def _set_text(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
