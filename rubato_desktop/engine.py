"""The engine: one thread and its queue, on which notes become words and words become results. No Qt.

Notes come in through `receive` from any thread. They sound at once, on the caller's thread; everything else happens
on the engine's thread, in order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from rubato_desktop.commands.context import Services
from rubato_desktop.commands.read_back import entries
from rubato_desktop.events import (
    CommandDone,
    FieldTextKnown,
    LanguagesChanged,
    Notice,
    Played,
    PreviewChanged,
    ProgramEnding,
    Result,
    WordHeard,
    WordMissed,
)
from rubato_desktop.language.dictionary import Word
from rubato_desktop.language.keys import COUNT
from rubato_desktop.language.parameters import Timing
from rubato_desktop.language.parser import Parser
from rubato_desktop.language.results import ParseResult, Preview, RecognisedWord, RejectedRun
from rubato_desktop.midi.messages import Message
from rubato_desktop.redaction import FieldRedaction, for_fields
from rubato_desktop.runner import Request, Runner, refused_at_end
from rubato_desktop.services.setting_changes import change_setting
from rubato_desktop.settings import timing_of
from rubato_desktop.work_queue import WorkQueue

UNREPEATABLE = {"repeat", "undo", "erase", "confirm", "cancel"}


class Engine:
    """Receives notes, recognises words, runs their commands and publishes the events.

    Args:
        services: The services that commands use.
        binding: Returns the role and the base note (MIDI note of key 0) of a device by its name.

    Attributes:
        preview: The half-played word and the meaning of each key now; replaced, never modified.
        latency: ms from a note's arrival to its recognised word, for the last thousand words.
    """

    def __init__(self, services: Services, binding: Callable[[str], tuple[str, int]]) -> None:
        self.services = services
        self.bus, self.clock, self.settings = services.bus, services.clock, services.settings
        self.binding = binding
        self.latency: deque[float] = deque(maxlen=1000)
        self._held: dict[tuple[str, int, int], int] = {}  # (device, channel, note) of held keys → key
        self._now = 0  # µs of the latest event; notes of two devices may arrive out of order
        self._ids = 0
        self._last: RecognisedWord | None = None
        self._parser = Parser(services.languages.stack, self._timing())
        self._redaction = FieldRedaction(lambda keys: services.languages.stack.leading_word(keys))
        self.preview: Preview = self._parser.preview()
        self._runner = Runner(services, self, self._post_with_time, self._on_done)
        self._queue = WorkQueue(
            self.bus,
            self._on_message,
            self._seconds_to_deadline,
            self._on_deadline,
            self._report_bug,
            self._runner.close,
        )

    def _timing(self) -> Timing:
        return timing_of(self.settings.values, self.services.languages.spelling)

    # From any thread --------------------------------------------------------------------------------

    def receive(self, message: Message) -> None:
        """Handle a MIDI message; all notes come in here."""
        self.services.sound.echo(message)
        self._queue.put(message)

    def run(self, command: str, /, **args: Any) -> Future[Result]:
        """Run a command.

        Args:
            command: Id of the command.
            args: Its arguments.

        Returns:
            Future of its result, which never raises: ``refused`` if the program is ending, ``failed`` if it ends
            before the command does.
        """
        future: Future[Result] = Future()
        if not self._queue.offer(lambda: self._call(command, args, future)):
            future.set_result(refused_at_end(command))
        return future

    def give(self, value: Any) -> None:
        """Give the awaited parameter a value that was spoken or typed instead of played."""
        self.post(lambda: self._handle(self._parser.give(self._tick(self.clock.now()), value)))

    def voice(self, on: bool) -> None:
        """Note that speech has begun or was recognised; meanwhile a half-played word does not time out."""
        self.post(lambda: self._set_voice(on))

    def speak(self, began: int, word: Word, args: Mapping[str, Any]) -> None:
        """Handle a spoken word with some or all of its parameters.

        Args:
            began: µs at which speech began.
            word: The word; if it has no keys, all its parameters must be given.
            args: The spoken parameters.
        """
        self.post(lambda: self._speak(began, word, args))

    @property
    def awaits_field_text(self) -> bool:
        """Whether the open word takes text for a field of a page, which may be a password."""
        text = self._redaction.current
        return text is not None and text.begun

    def set(self, name: str, value: Any) -> None:
        """Change a setting and publish `SettingChanged`."""
        self.post(lambda: self._set(name, value))

    def post(self, action: Callable[[], None]) -> None:
        """Run a function on the engine's thread."""
        self._queue.put(action)

    def start(self) -> None:
        """Start the engine's thread."""
        self._queue.start()

    def close(self) -> None:
        """Refuse commands from now on, because the program is about to end."""
        self._queue.close()

    def stop(self) -> None:
        """Finish everything queued and end the thread; not from the engine's own thread."""
        self._queue.stop()

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until everything queued so far is done; not from the engine's own thread.

        Raises:
            TimeoutError: it took longer than `timeout` seconds.
        """
        self._queue.settle(timeout)

    def wait_for_end(self, timeout: float | None = None) -> bool:
        """Wait up to `timeout` seconds until the program is told to end; returns whether it was."""
        return self._queue.wait_for_end(timeout)

    def pump(self) -> None:
        """Handle everything queued, then timeouts, on the caller's thread: for a clock that is moved by hand."""
        self._queue.pump()

    # On the engine's thread -------------------------------------------------------------------------

    @property
    def deadline(self) -> int | None:
        """Time of the next timeout, µs; None when nothing is pending."""
        return self._parser.deadline

    def _seconds_to_deadline(self) -> float | None:
        deadline = self._parser.deadline
        return None if deadline is None else max(0.0, (deadline - self.clock.now()) / 1e6)

    def _report_bug(self) -> None:
        happened = "An internal error occurred"
        kept = "The keys still work and nothing recorded is lost"
        todo = "The log in the data folder has the details"
        self.bus.publish(Notice(self._now, "error", happened, kept, todo))

    def _call(self, command: str, args: Mapping[str, Any], future: Future[Result]) -> None:
        if self._queue.ending:
            future.set_result(refused_at_end(command))
        else:
            self._ids += 1
            t = self.clock.now()
            self._runner.run(Request(self._ids, command, args, t, on_result=future.set_result))

    def _tick(self, t: int) -> int:
        self._now = max(self._now, t)
        return self._now

    def _on_message(self, message: Message) -> None:
        t = self._tick(message.t)
        key = None
        is_on, is_off = message.is_note_on, message.is_note_off
        if is_on or is_off:
            role, base = self.binding(message.device)
            # A release belongs to the key that was pressed, even if octave or role have changed since.
            held = (message.device, message.channel, message.note)
            if role != "performance" or (is_off and held in self._held):
                self.services.state.last_device = message.device
                if is_on:
                    offset = message.note - base
                    self._held[held] = offset
                else:
                    offset = self._held.pop(held, message.note - base)
                key = offset if 0 <= offset < COUNT else None
                if self._redaction.current is not None:
                    # A text that times out now ends before this key.
                    self._handle(self._parser.advance(t))
                was_open, text = self._parser.is_open, self._redaction.current
                results = self._parser.press(t, offset) if is_on else self._parser.release(t, offset)
                if results:
                    self.latency.append((self.clock.now() - message.t) / 1000)
                self.bus.publish(Played(t, message, key, text))
                self._handle(results)
                if is_on and (was_open or self._parser.is_open) and not results:
                    self._show_preview()
                return
        self.bus.publish(Played(t, message, key))

    def _on_deadline(self) -> None:
        t = self._tick(self.clock.now())
        if self._parser.deadline is not None and t >= self._parser.deadline:
            self._handle(self._parser.advance(t))

    def _handle(self, results: Sequence[ParseResult]) -> None:
        for result in results:
            if isinstance(result, RecognisedWord):
                self._act(result)
            else:
                self._reject(self._redaction.rejected(result))
        if self._redaction.follow(self._now, self._parser.word):
            self.bus.publish(FieldTextKnown(self._now))
        if results:
            self._show_preview()

    def _reject(self, run: RejectedRun) -> None:
        nearest = self.services.languages.nearest(run.keys) if run.reason == "unknown" else []
        described = tuple((word.keys, word.name, word.language) for word in nearest)
        self.bus.publish(WordMissed(self._now, run, described))

    def _set_voice(self, on: bool) -> None:
        t = self._tick(self.clock.now())
        connected = self.services.browser is not None and self.services.browser.connected
        # Without a browser, or while a remark is dictated, no text for a field is spelt.
        self._redaction.voice(t, on and connected and not self.services.remarks.open)
        self._handle(self._parser.set_speaking(t, on))

    def _speak(self, began: int, word: Word, args: Mapping[str, Any]) -> None:
        t = self._tick(self.clock.now())
        if word.keys and self._parser.piano:
            self._handle(self._parser.speak(began, t, word, args))
            # A half-played word before it is dropped, even without a result.
            self._show_preview()
            return
        # While the keys play music only, words can still be spoken, with all their parameters.
        complete = {**word.args, **args}
        self._act(RecognisedWord(began, t, word.keys, word.name, word.language, word.command, complete))

    def _show_preview(self) -> None:
        preview = self._parser.preview()
        if self.services.state.secret and self.awaits_field_text:
            preview = replace(preview, value="")
        if preview != self.preview:
            self.preview = preview
            self.bus.publish(PreviewChanged(self._now, preview))

    def _act(self, word: RecognisedWord) -> None:
        self._ids += 1
        self.services.languages.used(word.keys)
        shown, text = self._redaction.recognised(word, self._ids)
        self.bus.publish(WordHeard(self._now, shown, self._ids, text))
        if text is None:
            self._read_back(word)
        else:
            self._last = (
                None  # until it is known not to be secret: `repeat` could name it, and names are stored
            )
        if not word.command:
            self._on_done(Result(self._ids, "", {}, "ok", text=word.word), word)
            return
        self._runner.run(Request(self._ids, word.command, word.args, word.end, word))
        if word.command not in UNREPEATABLE and text is None:
            self._last = word

    def _read_back(self, word: RecognisedWord) -> None:
        for event in entries(self._now, word):
            self.bus.publish(event)

    # Commands ---------------------------------------------------------------------------------------

    def _post_with_time(self, action: Callable[[], None]) -> None:
        def now() -> None:
            self._tick(self.clock.now())
            action()

        self.post(now)

    def _on_done(self, result: Result, word: RecognisedWord | None) -> None:
        shown, shown_word = self._redaction.done(result, word)
        if word is not None and result.status == "ok" and for_fields(word.command):
            self._read_back(word)
            self._last = self._last or word
        self.bus.publish(CommandDone(self._now, shown, shown_word))

    def _set(self, name: str, value: Any) -> None:
        change_setting(self.settings, self.bus, self._now, name, value)
        self._parser.timing = self._timing()

    # `commands.context.Control`, for commands -------------------------------------------------------

    def use_languages(self, active: list[str]) -> None:
        self.services.languages.activate(active)
        self._set("languages", self.services.languages.active)
        self.words_changed()

    def words_changed(self) -> None:
        self._parser.use(self.services.languages.stack)
        self.bus.publish(LanguagesChanged(self._now))
        self._show_preview()

    def piano(self, on: bool) -> None:
        self._handle(self._parser.set_piano(self._now, on))
        self._show_preview()

    def leave(self) -> bool:
        results = self._parser.leave(self._now)
        self._handle(results)
        return bool(results)

    def again(self) -> RecognisedWord | None:
        return self._last

    def run_word(self, word: RecognisedWord) -> None:
        self.post(lambda: self._act(word))

    def end(self) -> None:
        self.bus.publish(ProgramEnding(self._now))
        self._queue.end()
