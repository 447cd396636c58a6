"""The bar at the top: recording, languages, and the state of keys, devices, browser, microphone and sound."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
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
from rubato_desktop.plurals import counted
from rubato_desktop.ui.bridge import Bridge
from rubato_desktop.ui.chip import NARROWEST, Chip
from rubato_desktop.ui.panels.browser import NOT_CONNECTED, position
from rubato_desktop.ui.style.icons import icon
from rubato_desktop.ui.style.theme import Theme, base_size

MOST_LANGUAGES = 4
NARROWEST_STATE, NARROWEST_NAME = 60, 24  # px of text in a chip, where shorter texts also say enough


class Header(QWidget):
    """The bar at the top.

    Args:
        engine: Its state is shown.
        bridge: Runs commands and delivers events.
        theme: Its colours.
        menu: The program's menu.

    Signals:
        panel_requested: Name of the panel that shows more.
    """

    panel_requested = Signal(str)

    def __init__(self, engine: Engine, bridge: Bridge, theme: Theme, menu: QMenu) -> None:
        super().__init__()
        self._engine, self._bridge, self._theme = engine, bridge, theme
        self._recording = "off"
        self._recorded_before = 0  # µs recorded until the last pause
        self._since = 0  # µs at which recording started or resumed
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(round(base_size() * 3.9))
        brand = QLabel("Rubato")
        brand.setObjectName("brand")
        self.record = QPushButton()
        self.record.setObjectName("record")
        self.record.clicked.connect(self.toggle_recording)
        self.pause = QToolButton()
        self.pause.clicked.connect(self._toggle_pause)
        self.time = QLabel()
        self.time.setObjectName("time")
        self._languages = QHBoxLayout()
        self._languages.setSpacing(6)
        self._chips: list[Chip] = []
        self.piano = Chip("piano", NARROWEST_STATE)
        self.piano.clicked.connect(self._toggle_piano)
        self.devices = self._panel_chip("device", "devices", NARROWEST_NAME)
        self.sound = self._panel_chip("sound", "devices")
        self.browser = self._panel_chip("browser", "browser", NARROWEST_NAME)
        self.microphone = self._panel_chip("microphone", "hearing")
        self.menu = QToolButton()
        self.menu.setMenu(menu)
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu.setAccessibleName("Menu")
        self.menu.setToolTip("Menu")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 14, 0)
        layout.setSpacing(10)
        for item in (brand, self.record, self.pause, self.time):
            layout.addWidget(item)
        layout.addSpacing(6)
        layout.addLayout(self._languages)
        layout.addStretch(1)
        for item in (self.piano, self.devices, self.browser, self.microphone, self.sound, self.menu):
            layout.addWidget(item)
        self._timer = QTimer(self)
        self._timer.setInterval(250)
        self._timer.timeout.connect(self._show_time)
        theme.changed.connect(self.refresh)
        bridge.happened.connect(self.on_event)
        self.refresh()

    def _panel_chip(self, name: str, panel: str, narrowest: int = NARROWEST) -> Chip:
        chip = Chip(name, narrowest)
        chip.clicked.connect(lambda: self.panel_requested.emit(panel))
        return chip

    def on_event(self, event: Event) -> None:
        """Follow what the bar shows."""
        match event:
            case RecordingChanged():
                self._on_recording_changed(event)
            case LanguagesChanged():
                self._show_languages()
            case DevicesChanged() | Notice() | SettingChanged():
                self._show_devices()
                self._show_sound()
            case PreviewChanged():
                self._show_piano()
            case BrowserChanged():
                self._show_browser()
            case ListeningChanged(state=state):
                self._show_microphone(state)

    def refresh(self) -> None:
        """Show everything as it is now."""
        self.menu.setIcon(icon("menu", self._theme.colours.text))
        self._show_recording()
        self._show_languages()
        self._show_devices()
        self._show_sound()
        self._show_browser()
        self._show_piano()
        hearing = self._engine.services.hearing
        self._show_microphone(hearing.state if hearing is not None else "off")

    # Recording --------------------------------------------------------------------------------------

    def toggle_recording(self) -> None:
        """Start recording, or stop and save."""
        self._bridge.run("record_start" if self._recording == "off" else "record_stop")

    def _toggle_pause(self) -> None:
        self._bridge.run("record_resume" if self._recording == "paused" else "record_pause")

    def _on_recording_changed(self, event: RecordingChanged) -> None:
        if self._recording == "on":
            self._recorded_before += event.t - self._since
        if self._recording == "off" and event.state == "on":
            self._recorded_before = 0
        self._recording, self._since = event.state, event.t
        self._show_recording()

    def _show_recording(self) -> None:
        c = self._theme.colours
        state = self._recording
        action = "Start recording" if state == "off" else "Stop recording and save"
        self.record.setText({"off": "Record", "on": "Recording", "paused": "Paused"}[state])
        self.record.setIcon(icon("record" if state == "off" else "stop", c.bad))
        self.record.setProperty("state", state)
        self.record.style().polish(self.record)
        self.record.setAccessibleName(action if state == "off" else f"{self.record.text()}. {action}")
        self.record.setToolTip(f"{action} (Ctrl+R)")
        self.pause.setVisible(state != "off")
        self.pause.setIcon(icon("play" if state == "paused" else "pause", c.text))
        self.pause.setAccessibleName("Resume recording" if state == "paused" else "Pause recording")
        self.pause.setToolTip(self.pause.accessibleName())
        self.time.setVisible(state != "off")
        self._timer.start() if state == "on" else self._timer.stop()
        self._show_time()

    def _show_time(self) -> None:
        now = self._engine.clock.now()
        recorded = self._recorded_before + (now - self._since if self._recording == "on" else 0)
        minutes, seconds = divmod(recorded // 1_000_000, 60)
        text = f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
        if text != self.time.text():
            self.time.setText(text)

    # Chips ------------------------------------------------------------------------------------------

    def _show_languages(self) -> None:
        for chip in self._chips:
            self._languages.removeWidget(chip)
            chip.deleteLater()
        self._chips = []
        languages = self._engine.services.languages.stack.languages[:MOST_LANGUAGES]
        for index, language in enumerate(languages):
            chip = Chip(f"language-{language.name}")
            chip.setProperty("current", index == 0)
            tooltip = "Current language" if index == 0 else "Click to make this the current language"
            chip.show_state(language.title, self._theme.language(language.name), tooltip)
            chip.clicked.connect(
                lambda _=False, name=language.name: self._bridge.run("set_language", name=name)
            )
            self._languages.addWidget(chip)
            self._chips.append(chip)

    def _show_piano(self) -> None:
        c = self._theme.colours
        if self._engine.preview.awaits == "off":
            self.piano.show_state("Keys: music only", c.warn, "Click to give commands with the keys again")
        else:
            self.piano.show_state("Keys: commands", c.good, "Click to play only music with the keys")

    def _toggle_piano(self) -> None:
        self._bridge.run("piano_on" if self._engine.preview.awaits == "off" else "piano_off")

    def _show_browser(self) -> None:
        c = self._theme.colours
        browser = self._engine.services.browser
        if browser is not None and browser.connected:
            name = browser.name.split()[0] if browser.name else "Browser"
            self.browser.show_state(
                f"{name} · {position(browser.windows)}", c.good, f"{name} is connected, click for its tabs"
            )
        elif browser is not None and browser.problem is not None:
            self.browser.show_state("Browser", c.warn, str(browser.problem))
        else:
            self.browser.show_state("No browser", c.muted, NOT_CONNECTED)

    def _show_microphone(self, state: str) -> None:
        c = self._theme.colours
        self.microphone.setVisible(state != "off")
        dot = {"hearing": c.good, "thinking": c.good}.get(state, c.accent)
        self.microphone.show_state("Microphone", dot, "The microphone is open, click for the transcript")

    def _show_devices(self) -> None:
        c = self._theme.colours
        manager = self._engine.services.devices
        states = [state for state in manager.states() if state.used] if manager is not None else []
        connected = [state.name for state in states if state.connected]
        if connected:
            text = connected[0] if len(connected) == 1 else counted(len(connected), "device")
            self.devices.show_state(text, c.good, f"Connected: {', '.join(connected)}")
        elif manager is not None and manager.problem is not None:
            self.devices.show_state("No MIDI", c.warn, str(manager.problem))
        elif states:
            name = states[0].name
            self.devices.show_state(f"{name}: not connected", c.warn, f"{name} is not connected")
        else:
            self.devices.show_state(
                "On-screen keys", c.muted, "No controller is connected, play the keys below"
            )

    def _show_sound(self) -> None:
        c = self._theme.colours
        sound = self._engine.services.sound
        if sound is None or not self._engine.settings.values.sound:
            self.sound.show_state("Sound off", c.muted, "Sound is off")
        elif sound.problem is not None:
            self.sound.show_state("No sound", c.warn, str(sound.problem))
        else:
            self.sound.show_state("Sound", c.good, "Sound is ready")
