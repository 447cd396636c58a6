"""Devices at the side: what is connected, what its keys are, the sound, and how fast everything answers."""

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
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rubato_desktop.engine import Engine
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import DevicesChanged, Event, Notice, SettingChanged
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.style.theme import Theme

ROLES = {"both": "commands and music", "command": "only commands", "performance": "only music"}
LOOK_EVERY = 2000  # ms between looks at what publishes no event of its own: sound, latency
SCREEN, COMPUTER = "On-screen keys", "Computer keys"


class DeviceRow(QFrame):
    """One MIDI device: whether it is listened to, what its keys are, and where the 25 begin."""

    def __init__(self, name: str, bridge: Bridge) -> None:
        super().__init__()
        self.used = QCheckBox(name)
        self.used.setToolTip(f"Listen to {name}")
        self.used.setAccessibleName(f"Listen to {name}")
        self.used.clicked.connect(lambda on: bridge.run("choose_device", name=name, used=on))
        self.state = QLabel()
        self.state.setProperty("small", True)
        self.role = QComboBox()
        for role, said in ROLES.items():
            self.role.addItem(said, role)
        self.role.setAccessibleName(f"What the keys of {name} are")
        self.role.activated.connect(
            lambda _: bridge.run("device_role", name=name, role=self.role.currentData())
        )
        self.base = QLabel()
        self.base.setProperty("muted", True)
        self.learn = QPushButton("Learn")
        self.learn.setToolTip(f"Then press the lowest key of {name}")
        self.learn.setAccessibleName(f"Learn the lowest key of {name}")
        self.learn.clicked.connect(lambda: bridge.run("learn_base", name=name))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 6)
        grid.setHorizontalSpacing(8)
        grid.addWidget(self.used, 0, 0, 1, 2)
        grid.addWidget(self.state, 0, 2, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self.role, 1, 0)
        grid.addWidget(self.base, 1, 1)
        grid.addWidget(self.learn, 1, 2)
        grid.setColumnStretch(1, 1)

    def show_state(self, state: Any) -> None:
        """Show a device's state."""
        self.used.setChecked(state.used)
        said = "not used" if not state.used else "connected" if state.connected else "not there"
        said = state.problem.happened if state.problem is not None else said
        self.state.setText(said)
        self.state.setProperty("warn", state.used and not state.connected)
        self.state.style().polish(self.state)
        self.role.setCurrentIndex(max(0, self.role.findData(state.role)))
        self.base.setText(f"from note {state.base_note}")
        self.learn.setText("Press it" if state.learning else "Learn")
        self.learn.setEnabled(state.connected and state.used)
        self.role.setEnabled(state.used)


class DevicesPanel(QScrollArea):
    """All of it.

    Args:
        engine: Its devices, sound, settings and latency are shown.
        bridge: Carries out commands and brings events.
        theme: The chart's colours.
    """

    name: ClassVar = "devices"
    title: ClassVar = "Devices and latency"
    told = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self.fact = ""
        self._rows: dict[str, DeviceRow] = {}
        self._chart: Any = None
        inside = QWidget()
        self._layout = QVBoxLayout(inside)
        self._layout.setContentsMargins(16, 2, 16, 10)
        self._layout.setSpacing(6)
        self.problem = _told_label()
        self.problem.setProperty("warn", True)
        self._devices = QVBoxLayout()
        self.computer = QCheckBox(COMPUTER)
        self.computer.setToolTip("Two rows of the computer's keyboard play the 25 keys: Z to M, and Q to I")
        self.computer.clicked.connect(lambda on: engine.set("computer_keys", on))
        screen = QCheckBox(SCREEN)
        screen.setChecked(True)
        screen.setEnabled(False)
        screen.setToolTip("The keys below can always be played with the mouse or by touch")
        self.sound = _told_label()
        self.echo = QCheckBox("Hear my keys")
        self.echo.clicked.connect(lambda on: bridge.run("echo", on=on))
        self.cues = QCheckBox("Hear cues")
        self.cues.clicked.connect(lambda on: bridge.run("cues", on=on))
        heard = QHBoxLayout()
        heard.addWidget(self.echo)
        heard.addWidget(self.cues)
        heard.addStretch()
        self.latency = _told_label()
        self.show_chart = QPushButton("Show chart")
        self.show_chart.setCheckable(True)
        self.show_chart.toggled.connect(self._toggle_chart)
        for item in (self.problem, self._devices, self.computer, screen, _line(), self.sound, heard, _line()):
            self._layout.addLayout(item) if isinstance(
                item, QVBoxLayout | QHBoxLayout
            ) else self._layout.addWidget(item)
        answer = QHBoxLayout()
        answer.addWidget(self.latency, 1)
        answer.addWidget(self.show_chart, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addLayout(answer)
        self._layout.addStretch()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Devices and latency")
        bridge.happened.connect(self.hear)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_EVERY)
        self.refresh()

    def hear(self, event: Event) -> None:
        """An event of the engine."""
        if isinstance(event, DevicesChanged | SettingChanged | Notice):
            self.refresh()

    def refresh(self) -> None:
        """Show devices and settings as they are."""
        manager = self._engine.services.devices
        states: Sequence[Any] = manager.states() if manager is not None else ()
        for name in set(self._rows) - {state.name for state in states}:
            self._rows.pop(name).deleteLater()
        for state in states:
            if state.name not in self._rows:
                self._rows[state.name] = DeviceRow(state.name, self._bridge)
                self._devices.addWidget(self._rows[state.name])
            self._rows[state.name].show_state(state)
        problem = manager.problem if manager is not None else None
        self.problem.setText(in_words(problem) if problem else "")
        if not problem and not states:
            self.problem.setText(
                "No controller yet: plug one in, it is found by itself. Until then play the keys below."
            )
        self.problem.setProperty("warn", bool(problem))
        self.problem.style().polish(self.problem)
        self.problem.setVisible(bool(self.problem.text()))
        values = self._engine.settings.values
        self.computer.setChecked(values.computer_keys)
        self.echo.setChecked(values.echo)
        self.cues.setChecked(values.cues)
        connected = [state.name for state in states if state.connected and state.used]
        self.fact = (
            connected[0]
            if len(connected) == 1
            else f"{len(connected)} devices"
            if connected
            else "on-screen keys"
        )
        self.told.emit(self.fact)
        self._look()

    def _look(self) -> None:
        if self.isVisible() or not self.sound.text():
            _set(self.sound, sound_state(self._engine))
            _set(self.latency, latency_text(self._engine))
            if self._chart is not None and self._chart.isVisible():
                self._chart.show_values(tuple(self._engine.latency))

    def _toggle_chart(self, shown: bool) -> None:
        self.show_chart.setText("Hide chart" if shown else "Show chart")
        if shown and self._chart is None:
            # Its library takes a while and 30 MB: only for those who look.
            from rubato_desktop.ui.panels.latency_chart import LatencyChart

            self._chart = LatencyChart(self._theme)
            self._layout.insertWidget(self._layout.count() - 1, self._chart)
        if self._chart is not None:
            self._chart.setVisible(shown)
        self._look()


def in_words(problem: RubatoError) -> str:
    """A problem as a person reads it."""
    return ". ".join(filter(None, [problem.happened, problem.kept, problem.todo]))


def sound_state(engine: Engine) -> str:
    """The sound in words."""
    sound = engine.services.sound
    if not engine.settings.values.sound:
        return "Sound is switched off."
    if sound is None:
        return "There is no sound in this run."
    if sound.problem is not None:
        return in_words(sound.problem)
    latency = f", answers in {sound.latency_ms:.1f} ms" if sound.latency_ms else ""
    return f"Sound: {sound.output or 'ready'}{latency}"


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0-1) of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def latency_text(engine: Engine) -> str:
    """How fast words are recognised, in words."""
    values = tuple(engine.latency)
    if not values:
        return "Key to word: play a word to measure it."
    median, p95 = quantile(values, 0.5), quantile(values, 0.95)
    return f"Key to word: {median:.2f} ms median, {p95:.2f} ms p95 of {len(values)}"


def _told_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setProperty("muted", True)
    return label


def _line() -> QFrame:
    line = QFrame()
    line.setFixedHeight(1)
    line.setObjectName("rule")
    return line


def _set(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
