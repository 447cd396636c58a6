"""One engine thread and its queue: the only place where notes, words and results meet. No Qt.

Notes come in through `receive` from any thread. Their sound is handed on at once, on the caller's thread;
everything else happens here, in order.
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
    """Takes notes, recognises words, carries them out, and tells everybody.

    Args:
        services: Everything it works with.
        binding: Device name → (role, base note); what a device's keys are.

    Attributes:
        preview: What is half played and what each key means now; replaced, never changed.
        latency: ms from a note's arrival to its recognised word, the last thousand.
    """

    def __init__(self, services: Services, binding: Callable[[str], tuple[str, int]]) -> None:
        self.services = services
        self.bus, self.clock, self.settings = services.bus, services.clock, services.settings
        self.binding = binding
        self.latency: deque[float] = deque(maxlen=1000)
        self._down: dict[tuple[str, int, int], int] = {}  # (device, channel, note) → key, of what is held
        self._now = 0  # µs of the last thing handled; notes of two devices may arrive crossed
        self._ids = 0
        self._last: RecognisedWord | None = None
        self._parser = Parser(services.languages.stack, self._timing())
        self._discretion = FieldRedaction(lambda keys: services.languages.stack.opening(keys))
        self.preview: Preview = self._parser.preview()
        self._runner = Runner(services, self, self._later, self._done)
        self._queue = WorkQueue(
            self.bus,
            self._message,
            self._until_deadline,
            self._time_passes,
            self._tell_bug,
            self._runner.close,
        )

    def _timing(self) -> Timing:
        return timing_of(self.settings.values, self.services.languages.spelling)

    # For everybody, from any thread -----------------------------------------------------------------

    def receive(self, message: Message) -> None:
        """Take a MIDI message: the one way in for notes."""
        self.services.sound.echo(message)
        self._queue.put(message)

    def run(self, command: str, /, **args: Any) -> Future[Result]:
        """Carry out a command.

        Returns:
            Its result, always: refused at once where the program is ending, failed where it ends meanwhile.
        """
        future: Future[Result] = Future()
        if not self._queue.offer(lambda: self._call(command, args, future)):
            future.set_result(refused_at_end(command))
        return future

    def give(self, value: Any) -> None:
        """Give the parameter that is awaited a value that was spoken or typed instead of played."""
        self.post(lambda: self._hear(self._parser.give(self._tick(self.clock.now()), value)))

    def voice(self, on: bool) -> None:
        """Somebody begins to speak, or what was said is known: what is half played waits for it meanwhile."""
        self.post(lambda: self._voice(on))

    def speak(self, began: int, word: Word, args: Mapping[str, Any]) -> None:
        """A word was spoken, with some of its parameters or all.

        Args:
            began: µs at which its speaker began.
            word: The word; one without keys must have all its parameters.
            args: The parameters that were spoken.
        """
        self.post(lambda: self._speak(began, word, args))

    @property
    def awaits_field_text(self) -> bool:
        """Whether a word is open that takes text for a field of a page, which may be a password."""
        text = self._discretion.current
        return text is not None and text.begun

    def set(self, name: str, value: Any) -> None:
        """Change a setting, and tell everybody."""
        self.post(lambda: self._set(name, value))

    def post(self, action: Callable[[], None]) -> None:
        """Do something on the engine thread."""
        self._queue.put(action)

    def start(self) -> None:
        """Begin to work, on a thread of its own."""
        self._queue.start()

    def close(self) -> None:
        """Refuse commands from now on, because the program is about to end; from any thread."""
        self._queue.close()

    def stop(self) -> None:
        """Finish what is queued and end; from any thread but the engine's."""
        self._queue.stop()

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until all that was asked before is done; not from the engine thread.

        Raises:
            TimeoutError: it took longer than `timeout` seconds.
        """
        self._queue.settle(timeout)

    def wait_for_end(self, timeout: float | None = None) -> bool:
        """Wait until somebody asked the program to end; returns whether they did."""
        return self._queue.wait_for_end(timeout)

    def pump(self) -> None:
        """Handle what is queued, then what time makes of it: for a clock that is moved by hand, without a thread."""
        self._queue.pump()

    # The engine thread ------------------------------------------------------------------------------

    @property
    def deadline(self) -> int | None:
        """µs at which time has its next say; None when nothing is pending."""
        return self._parser.deadline

    def _until_deadline(self) -> float | None:
        deadline = self._parser.deadline
        return None if deadline is None else max(0.0, (deadline - self.clock.now()) / 1e6)

    def _tell_bug(self) -> None:
        happened = "Something went wrong inside the program"
        kept = "The keys go on working and nothing recorded is lost"
        todo = "The log in the data folder has the details"
        self.bus.publish(Notice(self._now, "error", happened, kept, todo))

    def _call(self, command: str, args: Mapping[str, Any], future: Future[Result]) -> None:
        if self._queue.ending:
            future.set_result(refused_at_end(command))
        else:
            self._ids += 1
            t = self.clock.now()
            self._runner.carry_out(Request(self._ids, command, args, t, told=future.set_result))

    def _tick(self, t: int) -> int:
        self._now = max(self._now, t)
        return self._now

    def _message(self, message: Message) -> None:
        t = self._tick(message.t)
        key = None
        is_on, is_off = message.is_note_on, message.is_note_off
        if is_on or is_off:
            role, base = self.binding(message.device)
            # A key goes up as what it went down as, though its octave or its role has changed meanwhile.
            held = (message.device, message.channel, message.note)
            if role != "performance" or (is_off and held in self._down):
                self.services.state.last_device = message.device
                if is_on:
                    offset = message.note - base
                    self._down[held] = offset
                else:
                    offset = self._down.pop(held, message.note - base)
                key = offset if 0 <= offset < COUNT else None
                if self._discretion.current is not None:
                    # A text that lapses now ends before this key.
                    self._hear(self._parser.advance(t))
                before, text = self._parser.is_open, self._discretion.current
                heard = self._parser.press(t, offset) if is_on else self._parser.release(t, offset)
                if heard:
                    self.latency.append((self.clock.now() - message.t) / 1000)
                self.bus.publish(Played(t, message, key, text))
                self._hear(heard)
                if is_on and (before or self._parser.is_open) and not heard:
                    self._show_preview()
                return
        self.bus.publish(Played(t, message, key))

    def _time_passes(self) -> None:
        t = self._tick(self.clock.now())
        if self._parser.deadline is not None and t >= self._parser.deadline:
            self._hear(self._parser.advance(t))

    def _hear(self, heard: Sequence[ParseResult]) -> None:
        for item in heard:
            if isinstance(item, RecognisedWord):
                self._act(item)
            else:
                self._missed(self._discretion.missed(item))
        if self._discretion.follow(self._now, self._parser.word):
            self.bus.publish(FieldTextKnown(self._now))
        if heard:
            self._show_preview()

    def _missed(self, run: RejectedRun) -> None:
        nearest = self.services.languages.nearest(run.keys) if run.reason == "unknown" else []
        near = tuple((word.keys, word.name, word.language) for word in nearest)
        self.bus.publish(WordMissed(self._now, run, near))

    def _voice(self, on: bool) -> None:
        t = self._tick(self.clock.now())
        joined = self.services.browser is not None and self.services.browser.connected
        # Where no browser is, or a remark is dictated, nobody spells text for a field.
        self._discretion.voice(t, on and joined and not self.services.remarks.open)
        self._hear(self._parser.voice(t, on))

    def _speak(self, began: int, word: Word, args: Mapping[str, Any]) -> None:
        t = self._tick(self.clock.now())
        if word.keys and self._parser.piano:
            self._hear(self._parser.speak(began, t, word, args))
            # What was half played before is left, also where nothing was heard of it.
            self._show_preview()
            return
        # While the keys are music only, a word that is spoken whole still is one.
        whole = {**word.args, **args}
        self._act(RecognisedWord(began, t, word.keys, word.name, word.language, word.command, whole))

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
        shown, text = self._discretion.heard(word, self._ids)
        self.bus.publish(WordHeard(self._now, shown, self._ids, text))
        if text is None:
            self._read_back(word)
        else:
            self._last = None  # until it is known: what is repeated can also be named, and names are kept
        if not word.command:
            self._done(Result(self._ids, "", {}, "ok", text=word.word), word)
            return
        self._runner.carry_out(Request(self._ids, word.command, word.args, word.end, word))
        if word.command not in UNREPEATABLE and text is None:
            self._last = word

    def _read_back(self, word: RecognisedWord) -> None:
        for entry in entries(self._now, word):
            self.bus.publish(entry)

    # Commands ---------------------------------------------------------------------------------------

    def _later(self, action: Callable[[], None]) -> None:
        def now() -> None:
            self._tick(self.clock.now())
            action()

        self.post(now)

    def _done(self, result: Result, word: RecognisedWord | None) -> None:
        shown, by = self._discretion.done(result, word)
        if word is not None and result.status == "ok" and for_fields(word.command):
            self._read_back(word)
            self._last = self._last or word
        self.bus.publish(CommandDone(self._now, shown, by))

    def _set(self, name: str, value: Any) -> None:
        change_setting(self.settings, self.bus, self._now, name, value)
        self._parser.timing = self._timing()

    # `commands.context.Control`, for commands on the engine thread -------------------------------------

    def use_languages(self, active: list[str]) -> None:
        self.services.languages.activate(active)
        self._set("languages", self.services.languages.active)
        self.words_changed()

    def words_changed(self) -> None:
        self._parser.use(self.services.languages.stack)
        self.bus.publish(LanguagesChanged(self._now))
        self._show_preview()

    def piano(self, on: bool) -> None:
        self._hear(self._parser.set_piano(self._now, on))
        self._show_preview()

    def leave(self) -> bool:
        heard = self._parser.leave(self._now)
        self._hear(heard)
        return bool(heard)

    def again(self) -> RecognisedWord | None:
        return self._last

    def run_word(self, word: RecognisedWord) -> None:
        self.post(lambda: self._act(word))

    def end(self) -> None:
        self.bus.publish(ProgramEnding(self._now))
        self._queue.end()
