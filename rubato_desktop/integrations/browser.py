"""Joins the browser to the engine: what happens there becomes events, and its panel's wishes become commands."""

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
    """Brings the browser's own threads and the engine's together; decides nothing.

    Args:
        engine: Commands are carried out there, and everything is told there.
        data: The data folder.
        say: Says a word, as `PageSound` wants it; nothing is said without it.
    """

    def __init__(
        self, engine: Engine, data: Path, *, say: Callable[[str, float, float], None] | None = None
    ) -> None:
        self._engine, self._services, self._data = engine, engine.services, data
        self._say = say
        self._listening = True
        self._starting: threading.Thread | None = None
        self._asked_by: UnknownBrowser | None = None

    def start(self) -> None:
        """Begin to listen for browsers, on a thread of its own: the window need not wait for it."""
        self._starting = threading.Thread(target=self._begin, name="browser-start", daemon=True)
        self._starting.start()

    def _begin(self) -> None:
        from extension_bridge.install import Installation
        from rubato_desktop.services.browser import Browser

        self._prepare_sound()
        try:
            # Browsers that were told of an earlier place of this program find it here again.
            Installation(self._data).refresh()
        except OSError as error:
            log.warning("browsers may not find this program: %s", error)
        browser = Browser(
            self._data,
            welcome=self._welcome,
            on_event=lambda name, args: self._engine.post(lambda: self._happened(name, args)),
            on_change=lambda: self._engine.post(self._changed),
            on_request=self._wished,
            on_pairing=lambda who: self._engine.post(lambda: self._stranger(who)),
        )
        self._services.browser = browser
        browser.start()

    def _prepare_sound(self) -> None:
        from rubato_desktop.services.page_sound import HearingCounts, PageSound, table_for
        from rubato_desktop.services.page_sound.triggers import PageSoundTriggers

        table, problem = table_for(self._data)
        if problem is not None:
            told = Notice(self._services.clock.now(), "warning", problem.happened, problem.kept, problem.todo)
            self._engine.post(lambda: self._services.bus.publish(told))
        sound = PageSound(self._services.sound, table, hearings=HearingCounts(self._data / "hearings.json"))
        self._services.page_sound = sound
        self._let_speak()
        self._services.bus.subscribe(PageSoundTriggers(sound, self._services.settings.values).listen)

    def stop(self) -> None:
        """Say goodbye to the browser, and keep what has been learnt of pages' sounds."""
        if self._starting is not None:
            self._starting.join(timeout=10)
        if self._services.page_sound is not None:
            try:
                self._services.page_sound.save()
            except OSError as error:
                log.warning("what was learnt of the sounds of pages could not be written: %s", error)
        if self._services.browser is not None:
            self._services.browser.close()

    def listen(self, event: Event) -> None:
        """What the engine tells everybody: the side panel is told what concerns it."""
        browser = self._services.browser
        if browser is None:
            return
        match event:
            case PreviewChanged(preview=preview) if (preview.awaits != "off") is not self._listening:
                self._listening = preview.awaits != "off"
                browser.tell("listening", on=self._listening)
            case CommandDone(result=result) if browser.connected:
                told = {"text": result.text, "name": result.name, "status": result.status}
                browser.tell("done", **told, elapsed_ms=result.elapsed_ms)

    def pair(self, yes: bool) -> dict[str, Any]:
        """Answer from outside whether the browser that waits may join; also one that was refused before.

        Returns:
            ``{"ok": whether one waited, "text": what came of it}``.
        """
        browser = self._services.browser
        who = browser.pair(yes) if browser is not None else None
        if who is None:
            return {"ok": False, "text": "No browser waits to join"}
        return {"ok": True, "text": f"{who.name} is joined" if yes else f"{who.name} is not let in"}

    def _let_speak(self) -> None:
        if self._services.page_sound is not None:
            self._services.page_sound.speak = self._say if self._services.settings.values.speech else None

    def settings_changed(self) -> None:
        """Tell the side panel the settings that it shows."""
        self._let_speak()
        if self._services.browser is not None:
            self._services.browser.tell("settings", **self._settings())

    def _settings(self) -> dict[str, Any]:
        values = self._services.settings.values
        return {"search": values.search_engine} | {name: getattr(values, name) for name in PANEL_SETTINGS}

    def _welcome(self) -> Mapping[str, Any]:
        return {"listening": self._listening, "settings": self._settings()}

    # On the engine's thread ---------------------------------------------------------------------------

    def _changed(self) -> None:
        browser = self._browser()
        if not browser.connected:
            self._services.state.secret = False
        self._services.bus.publish(BrowserChanged(self._services.clock.now()))

    def _happened(self, name: str, args: Mapping[str, Any]) -> None:
        match name:
            case "loaded":
                front = [window.tab for window in self._browser().windows if window.focused and window.tab]
                current = any(tab.id == args["tab"] for tab in front if tab is not None)
                loaded = PageLoaded(self._services.clock.now(), args["title"], args["url"], current)
                self._services.bus.publish(loaded)
            case "secret" if args["on"] is not self._services.state.secret:
                self._services.state.secret = args["on"]
                if self._services.state.secret:
                    told = "This is a field for a password", "What you play now is not written down"
                    self._services.bus.publish(Notice(self._services.clock.now(), "info", *told))
            case "sounding" if args["playing"]:
                last = self._services.last_media.last
                if not (isinstance(last, PageMedia) and last.is_at(args)):
                    self._services.last_media.sounded(PageMedia(self._browser(), args))

    def _stranger(self, who: UnknownBrowser | None) -> None:
        questions = self._services.confirmation
        if who is None:
            if self._asked_by is not None and questions.text == self._asked_by.question:
                questions.drop()
            self._asked_by = None
            return
        self._asked_by = who
        questions.ask(who.question, self._answered)

    def _answered(self, yes: bool) -> str:
        who, self._asked_by = self._asked_by, None
        if who is None or not self._browser().answer_pairing(yes):
            return "Nobody waits to join any more"
        return f"{who.name} is joined" if yes else f"{who.name} was not let in"

    # On the browser's threads ---------------------------------------------------------------------------

    def _wished(self, asked: PanelRequest) -> None:
        try:
            if asked.name == "set":
                self._engine.set(str(asked.args.get("name")), asked.args.get("value"))
                asked.answer(text="Set")
                return
            args = self._arguments(asked)
        except RubatoError as error:
            asked.refuse(error.code, str(error))
            return
        future = self._engine.run(asked.name, **args)
        future.add_done_callback(lambda ended: _reply(asked, ended.result()))

    def _arguments(self, asked: PanelRequest) -> dict[str, Any]:
        """What the panel gives a command: arguments by name, or the words that somebody typed."""
        words, command = asked.args.get("words"), REGISTRY.get(asked.name)
        if isinstance(words, list) and command is not None:
            return parse_arguments(command, list(map(str, words)))
        return dict(asked.args)

    def _browser(self) -> Browser:
        assert self._services.browser is not None, "it called, so it is there"
        return self._services.browser


def _reply(asked: PanelRequest, result: Result) -> None:
    if result.status == "ok":
        asked.answer(result.value, text=result.text, elapsed_ms=result.elapsed_ms)
    else:
        error = result.error or {}
        code, text = error.get("code", "failed"), error.get("message", result.text)
        asked.refuse(code, text, status=result.status, elapsed_ms=result.elapsed_ms)
