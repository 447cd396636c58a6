"""The composition root: builds the engine and its services from the settings. No Qt."""

from __future__ import annotations

import logging
import logging.handlers
import os
from collections.abc import Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubato_desktop.audio.client import AudioClient
from rubato_desktop.clock import Clock, SystemClock
from rubato_desktop.commands import REGISTRY, argument_parsing
from rubato_desktop.commands.context import Services
from rubato_desktop.engine import Engine
from rubato_desktop.errors import RubatoError, reason
from rubato_desktop.events import (
    Bus,
    DevicesChanged,
    Event,
    FrontRequested,
    LanguagesChanged,
    Notice,
    RecordingChanged,
    SettingChanged,
)
from rubato_desktop.integrations.browser import BrowserIntegration
from rubato_desktop.integrations.hearing import HearingIntegration
from rubato_desktop.integrations.knowledge import KnowledgeIntegration
from rubato_desktop.interpreter import keep_what_is_loaded
from rubato_desktop.language.keys import COUNT
from rubato_desktop.midi import encoding
from rubato_desktop.midi.devices.manager import DeviceManager
from rubato_desktop.runner import failure
from rubato_desktop.services.dialogue.confirmation import Confirmation
from rubato_desktop.services.dialogue.find_history import FindHistory
from rubato_desktop.services.dialogue.last_media import LastMedia
from rubato_desktop.services.dialogue.numbered_list import NumberedLists
from rubato_desktop.services.dialogue.undo import Undo
from rubato_desktop.services.feedback.announcements import Announcements
from rubato_desktop.services.feedback.cues import CueFeedback
from rubato_desktop.services.languages import LanguageLibrary
from rubato_desktop.services.roll.state import RollState
from rubato_desktop.services.run_state import SCREEN
from rubato_desktop.services.sessions.recorder import Recorder
from rubato_desktop.services.sessions.remarks import Remarks
from rubato_desktop.settings import DeviceSettings, SettingsFile

if TYPE_CHECKING:
    from rubato_desktop.services.voice.speech import Speech

log = logging.getLogger(__name__)

COMPUTER = "computer"  # device name of the computer's keyboard
OWN_KEYS = (SCREEN, COMPUTER)
HIGHEST_NOTE = 127
TIMEOUT_S = 60.0  # for a command that another process runs
LOG_BYTES, LOG_FILES = 1_000_000, 3


class App:
    """The program without its window.

    Args:
        data: The data folder.
        devices: Whether to use MIDI devices.
        sound: Whether to open a sound device.
        browser: Whether browsers may connect.
        hearing: Whether to provide speech recognition.
        knowledge: Whether to provide the library of texts and answers from it.
        clock: The program's clock; the system's by default.

    Raises:
        RubatoError: the data folder cannot be written.
    """

    def __init__(
        self,
        data: Path,
        *,
        devices: bool = True,
        sound: bool = True,
        browser: bool = False,
        hearing: bool = False,
        knowledge: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self.data = data
        open_log(data)
        self.clock = clock or SystemClock()
        self.bus = Bus()
        self.devices: DeviceManager | None = None
        self.browser: BrowserIntegration | None = None
        self.hearing: HearingIntegration | None = None
        self.knowledge: KnowledgeIntegration | None = None
        self._problems: list[RubatoError] = []
        settings = SettingsFile(data / "settings.toml")
        self._problems += settings.load()
        values = settings.values
        languages = LanguageLibrary(data, values.languages)
        self._problems += languages.problems
        self._problems += [
            RubatoError(
                str(conflict), kept="It cannot be played", todo="`rubato languages check` suggests free keys"
            )
            for conflict in languages.stack.hidden
        ]
        self.sound = AudioClient(
            output=values.sound_output,
            block=values.sound_block,
            instrument=values.echo_instrument,
            volumes={
                "echo": values.echo_volume,
                "cue": values.cue_volume,
                "playback": values.playback_volume,
            },
            silent=not (sound and values.sound),
            log_file=data / "sound.log",
            on_problem=self._on_sound_problem,
            on_end=self._on_playback_end,
        )
        roll = RollState(
            self.bus,
            self.clock,
            self.sound.deck,
            values.playback_speed,
            values.playback_volume,
            values.skip_pauses,
        )
        self.recorder = Recorder(
            data,
            self.clock,
            self.bus,
            publish=self._publish_later,
            devices=self._describe_devices,
            private=lambda event: self.services.state.secret,
        )
        self.services = Services(
            clock=self.clock,
            bus=self.bus,
            settings=settings,
            languages=languages,
            numbered_lists=NumberedLists(self.bus),
            undo=Undo(),
            roll=roll,
            last_media=LastMedia(roll),
            recorder=self.recorder,
            sound=self.sound,
            confirmation=Confirmation(self.bus, self.clock),
            find_history=FindHistory(data),
            remarks=Remarks(self.bus, data),
            data=data,
        )
        self.engine = Engine(self.services, self._binding)
        self.announcements = Announcements(
            self._speech,
            values,
            secret=lambda: self.services.state.secret,
            announced=lambda: self.services.state.announced,
        )
        if hearing:
            self.hearing = HearingIntegration(self.engine, data)
        if knowledge:
            self.knowledge = KnowledgeIntegration(self.engine, data)
        if browser:
            self.browser = BrowserIntegration(
                self.engine, data, speak=None if self.sound.silent else self.announcements.aside
            )
        if devices:
            known = {name: use.model_dump() for name, use in values.devices.items() if name not in OWN_KEYS}
            self.devices = DeviceManager(
                self.clock,
                self.engine.receive,
                lambda: self.engine.post(self._store_devices),
                on_news=lambda news: self._publish_later(
                    Notice(self.clock.now(), news.level, news.happened, news.kept, news.todo)
                ),
                remembered=known,
                system=values.midi_system,
            )
            self.services.devices = self.devices
        self.bus.subscribe(self.recorder.listen)
        self.bus.subscribe(CueFeedback(self.sound, values).listen)
        if not self.sound.silent:
            self.services.announcements = self.announcements
            self.bus.subscribe(self.announcements.listen)
        self.bus.subscribe(self._listen)
        for integration in (self.browser, self.hearing, self.knowledge):
            if integration is not None:
                self.bus.subscribe(integration.listen)

    def start(self, *, join: bool = True) -> None:
        """Start recording, devices and sound. Slow parts start on their own threads.

        Args:
            join: Whether to listen for browsers at once; a window appears sooner if `join` is called after it.
        """
        keep_what_is_loaded()
        self.sound.start()
        self.engine.start()
        self.engine.post(self.begin)
        if self.devices is not None:
            self.devices.start()
        if self.hearing is not None:
            self.hearing.start()
        if self.knowledge is not None:
            self.knowledge.start()
        if join:
            self.join()

    def join(self) -> None:
        """Listen for browsers, where they may connect, and load what the first key must not wait for."""
        encoding.load()
        if self.browser is not None:
            self.browser.start()

    def begin(self) -> None:
        """Publish the problems of files and begin recording; `start` calls it on the engine's thread."""
        for problem in self._problems:
            self._notify("warning", problem)
        self.recorder.begin()

    def _speech(self) -> Speech:
        """Return the voice, created at the first call; its model is loaded with the first text."""
        if self.services.speech is None:
            from rubato_desktop.services.voice.factory import open_speech

            self.services.speech = open_speech(
                self.data,
                self.sound,
                self.services.settings.values,
                on_problem=lambda problem: self.engine.post(lambda: self._notify("warning", problem)),
            )
            if self.hearing is not None:
                # So that Rubato does not recognise its own voice.
                self.services.speech.on_change = self.hearing.hearing.mute
        return self.services.speech

    def _publish_later(self, event: Event) -> None:
        self.engine.post(lambda: self.bus.publish(event))

    def _describe_devices(self) -> list[dict[str, Any]]:
        states = self.devices.states() if self.devices is not None else ()
        return [
            {
                "name": state.name,
                "connected": state.connected,
                "role": state.role,
                "base_note": state.base_note,
            }
            for state in states
        ]

    def on_request(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer another process of the same user: a second start, or the command line.

        Args:
            request: ``{"do": "front"}``; ``{"do": "run", "command": id, "args": {...}}``; the same with arguments
                as typed, ``{"do": "send", "command": id, "words": [...]}``;
                ``{"do": "knowledge", "call": name, "args": {...}}``; or ``{"do": "pair", "yes": bool}``.
        """
        match request:
            case {"do": "front"}:
                self.engine.post(lambda: self.bus.publish(FrontRequested(self.clock.now())))
                return {"ok": True}
            case {"do": "run", "command": str(command), "args": dict(args)}:
                return self.engine.run(command, **args).result(timeout=TIMEOUT_S).as_json()
            case {"do": "knowledge", "call": str(call), "args": dict(args)} if self.knowledge is not None:
                return {"value": self.knowledge.client.call(call, **args)}
            case {"do": "pair", "yes": bool(yes)} if self.browser is not None:
                return self.browser.pair(yes)
            case {"do": "send", "command": str(command), "words": [*words]}:
                known = REGISTRY.get(command)
                try:
                    arguments = (
                        argument_parsing.parse_arguments(known, list(map(str, words)))
                        if known is not None
                        else {}
                    )
                except RubatoError as error:
                    return failure(command, error).as_json()
                return self.engine.run(command, **arguments).result(timeout=TIMEOUT_S).as_json()
        return {"ok": False, "error": "unknown request"}

    def stop(self) -> None:
        """Stop: keys first, then recording, then sound. Safe to call twice."""
        self.engine.close()
        if self.devices is not None:
            self.devices.stop()
        if self.browser is not None:
            self.browser.stop()
        if self.hearing is not None:
            self.hearing.stop()
        self.engine.stop()
        if self.services.speech is not None:
            self.services.speech.close()
        self.recorder.close()
        if self.knowledge is not None:
            self.knowledge.stop()  # after recording, so that the remarks of a recording that was still on are learnt
        try:
            self.services.languages.save_usage()
        except OSError as error:
            log.warning("the usage counts could not be written: %s", error)
        self.sound.stop()

    def _binding(self, device: str) -> tuple[str, int]:
        known = self.services.settings.values.devices.get(device)
        if known is None:
            return ("both", 48)
        # On-screen and computer keys always play commands. Only their base note can change, and all must be MIDI notes.
        if device in OWN_KEYS:
            return ("both", min(known.base_note, HIGHEST_NOTE - (COUNT - 1)))
        return (known.role, known.base_note)

    def _notify(self, level: Any, problem: RubatoError) -> None:
        self.bus.publish(Notice(self.clock.now(), level, problem.happened, problem.kept, problem.todo))

    def _on_sound_problem(self, problem: RubatoError | None) -> None:
        if problem is not None:
            self.engine.post(lambda: self._notify("warning", problem))

    def _on_playback_end(self) -> None:
        self.engine.post(self.services.roll.ended)

    def _store_devices(self) -> None:
        """Store the devices' settings, some of which are set on the device itself, and publish the change."""
        assert self.devices is not None
        for state in self.devices.states():
            use = DeviceSettings(role=state.role, base_note=state.base_note, used=state.used)
            if use != self.services.settings.device(state.name):
                self.services.settings.set_device(state.name, **use.model_dump())
        self.bus.publish(DevicesChanged(self.clock.now()))

    def _listen(self, event: Event) -> None:
        if isinstance(event, SettingChanged):
            self._apply(event.name, event.value)
            if self.browser is not None:
                self.browser.settings_changed()
        elif isinstance(event, LanguagesChanged):
            keep_what_is_loaded()
        elif isinstance(event, RecordingChanged):
            log.info("recording %s", event.state)

    def _apply(self, name: str, value: Any) -> None:
        match name:
            case "echo" | "echo_volume":
                values = self.services.settings.values
                self.sound.set_volume("echo", values.echo_volume if values.echo else 0.0)
            case "cue_volume":
                self.sound.set_volume("cue", value)
            case "playback_volume":
                self.services.roll.set_volume(value)
            case "skip_pauses":
                self.services.roll.set_skip_pauses(value)
            case "echo_instrument":
                self.sound.set_instrument(value)


class PrivateLog(logging.handlers.RotatingFileHandler):
    """A log that only its owner can read: what happened in a session is nobody else's business."""

    def _open(self) -> TextIOWrapper:
        file = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return open(file, "a", encoding=self.encoding)  # noqa: PTH123 - a descriptor, no path


def open_log(data: Path) -> None:
    """Create the data folder, for its owner alone, and write the log to `rubato.log` in it.

    Raises:
        RubatoError: the folder cannot be written.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = PrivateLog(
            data / "rubato.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
    except OSError as error:
        raise RubatoError(
            f"The data folder {data} cannot be used: {reason(error)}",
            todo="Choose another with --data or RUBATO_DATA",
            code="bad_data",
        ) from None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger("rubato_desktop")
    for old in [old for old in root.handlers if isinstance(old, logging.handlers.RotatingFileHandler)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False
