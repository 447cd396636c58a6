"""The line at the top: recording, languages, devices, sound, menu."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget

from rubato_desktop.engine import Engine
from rubato_desktop.events import (
    BrowserChanged,
    DevicesChanged,
    Event,
    LanguagesChanged,
    ListeningChanged,
    Notice,
    PreviewChanged,
    RecordingChanged,
    SettingChanged,
)
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.panels.browser import ABSENT, where
from rubato_desktop.ui.style.icons import icon
from rubato_desktop.ui.style.theme import Theme, base_size

SHOWN = 4  # languages; more are in the menu of the last chip


class Chip(QPushButton):
    """A small rounded button with a coloured dot: a state, and a way to what it is about."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setProperty("chip", True)

    def show_state(self, text: str, dot: str, more: str) -> None:
        """Show a text after a dot of a colour; `more` is its tooltip, and what a screen reader says after it."""
        self.setText(text)
        self.setIcon(icon("record", dot, 14) if dot else QIcon())
        self.setToolTip(more)


class Header(QWidget):
    """The line at the top.

    Args:
        engine: Its state is shown.
        bridge: Carries out commands and brings events.
        theme: Its colours.
        menu: The program's menu.
    """

    asked = Signal(str)  # the name of the panel in which there is more

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme, menu: QMenu) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self._recording = "off"
        self._ran = 0  # µs recorded before the last pause
        self._since = 0  # µs at which it went on
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(round(base_size() * 3.9))
        brand = QLabel("Rubato")
        brand.setObjectName("brand")
        self.record = QPushButton()
        self.record.setObjectName("record")
        self.record.clicked.connect(self.toggle_recording)
        self.hold = QToolButton()
        self.hold.clicked.connect(self._toggle_pause)
        self.time = QLabel()
        self.time.setObjectName("time")
        self.piano = Chip(theme, "piano")
        self.piano.clicked.connect(self._toggle_piano)
        self._languages = QHBoxLayout()
        self._languages.setSpacing(6)
        self._chips: list[Chip] = []
        self.devices = Chip(theme, "device")
        self.devices.clicked.connect(lambda: self.asked.emit("devices"))
        self.sound = Chip(theme, "sound")
        self.sound.clicked.connect(lambda: self.asked.emit("devices"))
        self.browser = Chip(theme, "browser")
        self.browser.clicked.connect(lambda: self.asked.emit("browser"))
        self.ear = Chip(theme, "microphone")
        self.ear.clicked.connect(lambda: self.asked.emit("hearing"))
        self.menu = QToolButton()
        self.menu.setMenu(menu)
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setAccessibleName("Menu")
        self.menu.setToolTip("Menu")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 14, 0)
        layout.setSpacing(10)
        for item in (brand, self.record, self.hold, self.time):
            layout.addWidget(item)
        layout.addSpacing(6)
        layout.addLayout(self._languages)
        layout.addStretch(1)
        for item in (self.piano, self.devices, self.browser, self.ear, self.sound, self.menu):
            layout.addWidget(item)
        self._clock = QTimer(self)
        self._clock.setInterval(250)
        self._clock.timeout.connect(self._show_time)
        theme.changed.connect(self.refresh)
        bridge.happened.connect(self.hear)
        self.refresh()

    def hear(self, event: Event) -> None:
        """An event of the engine."""
        match event:
            case RecordingChanged():
                self._recorded(event)
            case LanguagesChanged():
                self._show_languages()
            case DevicesChanged() | Notice() | SettingChanged():
                self._show_devices()
            case PreviewChanged():
                self._show_piano()
            case BrowserChanged():
                self._show_browser()
            case ListeningChanged(state=state):
                self._show_ear(state)

    def refresh(self) -> None:
        """Show everything anew."""
        self.menu.setIcon(icon("menu", self._theme.colours.text))
        self._show_recording()
        self._show_languages()
        self._show_devices()
        self._show_browser()
        self._show_piano()
        ear = self._engine.services.hearing
        self._show_ear(ear.state if ear is not None else "off")

    # Recording --------------------------------------------------------------------------------------

    def toggle_recording(self) -> None:
        """Start recording, or stop and keep it."""
        self._bridge.run("record_start" if self._recording == "off" else "record_stop")

    def _toggle_pause(self) -> None:
        self._bridge.run("record_resume" if self._recording == "paused" else "record_pause")

    def _recorded(self, event: RecordingChanged) -> None:
        if self._recording == "on":
            self._ran += event.t - self._since
        if self._recording == "off" and event.state == "on":
            self._ran = 0
        self._recording, self._since = event.state, event.t
        self._show_recording()

    def _show_recording(self) -> None:
        c = self._theme.colours
        state = self._recording
        self.record.setText({"off": "Record", "on": "Recording", "paused": "Paused"}[state])
        self.record.setIcon(icon("record" if state == "off" else "stop", c.bad))
        self.record.setProperty("state", state)
        self.record.style().polish(self.record)
        self.record.setAccessibleName(
            "Start recording" if state == "off" else f"{self.record.text()}. Stop and keep it"
        )
        self.record.setToolTip(
            "Start recording (Ctrl+R)" if state == "off" else "Stop recording and keep it (Ctrl+R)"
        )
        self.hold.setVisible(state != "off")
        self.hold.setIcon(icon("play" if state == "paused" else "pause", c.text))
        self.hold.setAccessibleName("Go on recording" if state == "paused" else "Pause recording")
        self.hold.setToolTip(self.hold.accessibleName())
        self.time.setVisible(state != "off")
        self._clock.start() if state == "on" else self._clock.stop()
        self._show_time()

    def _show_time(self) -> None:
        ran = self._ran + (self._engine.clock.now() - self._since if self._recording == "on" else 0)
        minutes, seconds = divmod(ran // 1_000_000, 60)
        shown = f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
        if shown != self.time.text():
            self.time.setText(shown)

    # What is there ----------------------------------------------------------------------------------

    def _show_languages(self) -> None:
        for old in self._chips:
            self._languages.removeWidget(old)
            old.deleteLater()
        self._chips = []
        for place, language in enumerate(self._engine.services.languages.stack.languages[:SHOWN]):
            chip = Chip(self._theme, f"language-{language.name}")
            chip.setProperty("current", place == 0)
            state = "current language" if place == 0 else "active language, click to make it the current one"
            chip.show_state(language.title, self._theme.language(language.name), state)
            chip.clicked.connect(
                lambda _=False, name=language.name: self._bridge.run("set_language", name=name)
            )
            self._languages.addWidget(chip)
            self._chips.append(chip)

    def _show_piano(self) -> None:
        c = self._theme.colours
        on = self._engine.preview.awaits != "off"
        text = "keys: commands" if on else "keys: only music"
        self.piano.show_state(text, c.good if on else c.warn, "Click to switch")

    def _toggle_piano(self) -> None:
        self._bridge.run("piano_on" if self._engine.preview.awaits == "off" else "piano_off")

    def _show_browser(self) -> None:
        c = self._theme.colours
        browser = self._engine.services.browser
        if browser is not None and browser.connected:
            name = browser.name.split()[0] if browser.name else "browser"
            self.browser.show_state(f"{name} · {where(browser.windows)}", c.good, "The browser is joined")
        elif browser is not None and browser.problem is not None:
            self.browser.show_state("browser", c.warn, str(browser.problem))
        else:
            self.browser.show_state("no browser", c.muted, ABSENT)

    def _show_ear(self, state: str) -> None:
        c = self._theme.colours
        on = state != "off"
        self.ear.setVisible(on)
        dot = {"hearing": c.good, "thinking": c.good}.get(state, c.accent)
        self.ear.show_state("microphone", dot, "The microphone is open; click to see what is heard")

    def _show_devices(self) -> None:
        c = self._theme.colours
        manager = self._engine.services.devices
        states = [state for state in manager.states() if state.used] if manager is not None else []
        there = [state.name for state in states if state.connected]
        if there:
            text = there[0] if len(there) == 1 else f"{len(there)} devices"
            self.devices.show_state(text, c.good, f"Connected: {', '.join(there)}")
        elif manager is not None and manager.problem is not None:
            self.devices.show_state("no MIDI", c.warn, str(manager.problem))
        elif states:
            self.devices.show_state(
                f"{states[0].name}: not there", c.warn, f"{states[0].name} is not connected"
            )
        else:
            self.devices.show_state(
                "on-screen keys", c.muted, "No controller is connected; the keys below play"
            )
        sound = self._engine.services.sound
        if sound is None or not self._engine.settings.values.sound:
            self.sound.show_state("sound off", c.muted, "Sound is off")
        elif sound.problem is not None:
            self.sound.show_state("no sound", c.warn, str(sound.problem))
        else:
            self.sound.show_state("sound", c.good, "Sound is ready")
