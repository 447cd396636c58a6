"""Connects the browser to the engine: its events are published, and requests of its side panel run as commands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rubato_desktop.commands.argument_parsing import parse_arguments
from rubato_desktop.commands.registry import REGISTRY
from rubato_desktop.engine import Engine
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import (
    BrowserChanged,
    CommandDone,
    Event,
    Notice,
    PageLoaded,
    PreviewChanged,
    Result,
)
from rubato_desktop.services.browser.media import PageMedia

if TYPE_CHECKING:
    from rubato_desktop.services.browser import Browser, PanelRequest, UnknownBrowser

log = logging.getLogger(__name__)

PANEL_SETTINGS = ("search_engine", "feedback", "cues", "echo", "cue_volume", "echo_volume", "playback_volume")


class BrowserIntegration:
    """Passes what happens on the browser's threads on to the engine's thread, and back.

    Args:
        engine: The engine that runs the commands and publishes the events.
        data: The data folder.
        speak: Speaks a word, see `PageSound.speak`; None to stay silent.
    """

    def __init__(
        self, engine: Engine, data: Path, *, speak: Callable[[str, float, float], None] | None = None
    ) -> None:
        self._engine, self._services, self._data = engine, engine.services, data
        self._speak = speak
        self._keys_on = True
        self._starting: threading.Thread | None = None
        self._candidate: UnknownBrowser | None = None

    def start(self) -> None:
        """Listen for browsers, starting on a thread of its own so that the window need not wait."""
        self._starting = threading.Thread(target=self._begin, name="browser-start", daemon=True)
        self._starting.start()

    def _begin(self) -> None:
        from extension_bridge.install import Installation
        from rubato_desktop.services.browser import Browser

        self._prepare_sound()
        try:
            # The program may have moved since browsers were told its path.
            Installation(self._data).refresh()
        except OSError as error:
            log.warning("browsers may not find this program: %s", error)
        browser = Browser(
            self._data,
            welcome=self._welcome,
            on_event=lambda name, args: self._engine.post(lambda: self._on_event(name, args)),
            on_change=lambda: self._engine.post(self._on_change),
            on_request=self._on_panel_request,
            on_pairing=lambda who: self._engine.post(lambda: self._on_pairing(who)),
        )
        self._services.browser = browser
        browser.start()

    def _prepare_sound(self) -> None:
        from rubato_desktop.services.page_sound import HearingCounts, PageSound, table_for
        from rubato_desktop.services.page_sound.triggers import PageSoundTriggers

        table, problem = table_for(self._data)
        if problem is not None:
            notice = Notice(
                self._services.clock.now(), "warning", problem.happened, problem.kept, problem.todo
            )
            self._engine.post(lambda: self._services.bus.publish(notice))
        sound = PageSound(self._services.sound, table, hearings=HearingCounts(self._data / "hearings.json"))
        self._services.page_sound = sound
        self._apply_speech()
        self._services.bus.subscribe(PageSoundTriggers(sound, self._services.settings.values).listen)

    def stop(self) -> None:
        """Disconnect the browser, and save how often each page sound was heard."""
        if self._starting is not None:
            self._starting.join(timeout=10)
        if self._services.page_sound is not None:
            try:
                self._services.page_sound.save()
            except OSError as error:
                log.warning("the counts of page sounds could not be written: %s", error)
        if self._services.browser is not None:
            self._services.browser.close()

    def listen(self, event: Event) -> None:
        """Pass the events that concern the side panel on to it."""
        browser = self._services.browser
        if browser is None:
            return
        match event:
            case PreviewChanged(preview=preview) if (preview.awaits != "off") is not self._keys_on:
                self._keys_on = preview.awaits != "off"
                browser.tell("listening", on=self._keys_on)
            case CommandDone(result=result) if browser.connected:
                outcome = {"text": result.text, "name": result.name, "status": result.status}
                browser.tell("done", **outcome, elapsed_ms=result.elapsed_ms)

    def pair(self, yes: bool) -> dict[str, Any]:
        """Allow or refuse the browser that waits to connect, or that was refused before, for another process.

        Returns:
            ``{"ok": whether one was waiting, "text": the result in words}``.
        """
        browser = self._services.browser
        who = browser.pair(yes) if browser is not None else None
        if who is None:
            return {"ok": False, "text": "No browser is waiting to connect"}
        return {"ok": True, "text": _outcome(who, yes)}

    def _apply_speech(self) -> None:
        if self._services.page_sound is not None:
            self._services.page_sound.speak = self._speak if self._services.settings.values.speech else None

    def settings_changed(self) -> None:
        """Send the side panel the settings that it shows."""
        self._apply_speech()
        if self._services.browser is not None:
            self._services.browser.tell("settings", **self._settings())

    def _settings(self) -> dict[str, Any]:
        values = self._services.settings.values
        return {"search": values.search_engine} | {name: getattr(values, name) for name in PANEL_SETTINGS}

    def _welcome(self) -> Mapping[str, Any]:
        return {"listening": self._keys_on, "settings": self._settings()}

    # On the engine's thread ---------------------------------------------------------------------------

    def _on_change(self) -> None:
        browser = self._browser()
        if not browser.connected:
            self._services.state.secret = False
        self._services.bus.publish(BrowserChanged(self._services.clock.now()))

    def _on_event(self, name: str, args: Mapping[str, Any]) -> None:
        match name:
            case "loaded":
                front = [window.tab for window in self._browser().windows if window.focused and window.tab]
                current = any(tab.id == args["tab"] for tab in front if tab is not None)
                loaded = PageLoaded(self._services.clock.now(), args["title"], args["url"], current)
                self._services.bus.publish(loaded)
            case "secret" if args["on"] is not self._services.state.secret:
                self._services.state.secret = args["on"]
                if self._services.state.secret:
                    texts = "This is a password field", "What you play now is not written down"
                    self._services.bus.publish(Notice(self._services.clock.now(), "info", *texts))
            case "sounding" if args["playing"]:
                last = self._services.last_media.last
                if not (isinstance(last, PageMedia) and last.is_at(args)):
                    self._services.last_media.sounded(PageMedia(self._browser(), args))

    def _on_pairing(self, who: UnknownBrowser | None) -> None:
        questions = self._services.confirmation
        if who is None:
            if self._candidate is not None and questions.text == self._candidate.question:
                questions.drop()
            self._candidate = None
            return
        self._candidate = who
        questions.ask(who.question, self._on_answer)

    def _on_answer(self, yes: bool) -> str:
        who, self._candidate = self._candidate, None
        if who is None or not self._browser().answer_pairing(yes):
            return "No browser is waiting to connect any more"
        return _outcome(who, yes)

    # On the browser's threads ---------------------------------------------------------------------------

    def _on_panel_request(self, request: PanelRequest) -> None:
        try:
            if request.name == "set":
                self._engine.set(str(request.args.get("name")), request.args.get("value"))
                request.answer(text="Set")
                return
            args = self._arguments(request)
        except RubatoError as error:
            request.refuse(error.code, str(error))
            return
        future = self._engine.run(request.name, **args)
        future.add_done_callback(lambda ended: _reply(request, ended.result()))

    def _arguments(self, request: PanelRequest) -> dict[str, Any]:
        """Return the arguments of a command: given by name, or typed as words."""
        words, command = request.args.get("words"), REGISTRY.get(request.name)
        if isinstance(words, list) and command is not None:
            return parse_arguments(command, list(map(str, words)))
        return dict(request.args)

    def _browser(self) -> Browser:
        assert self._services.browser is not None, "it called, so it exists"
        return self._services.browser


def _outcome(who: UnknownBrowser, yes: bool) -> str:
    return f"{who.name} is connected" if yes else f"{who.name} was refused"


def _reply(request: PanelRequest, result: Result) -> None:
    if result.status == "ok":
        request.answer(result.value, text=result.text, elapsed_ms=result.elapsed_ms)
    else:
        error = result.error or {}
        code, text = error.get("code", "failed"), error.get("message", result.text)
        request.refuse(code, text, status=result.status, elapsed_ms=result.elapsed_ms)
