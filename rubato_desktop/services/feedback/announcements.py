"""The table from events to spoken texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from rubato_desktop.events import (
    AnswerGrew,
    CommandDone,
    EntryRead,
    Event,
    Notice,
    PreviewChanged,
    QuestionAsked,
    Result,
    SettingChanged,
    SpeechHeard,
    WordHeard,
    WordMissed,
)
from rubato_desktop.language.keys import format_keys
from rubato_desktop.services.feedback.reading_aloud import ReadingAloud
from rubato_desktop.settings import Settings

# Commands whose results are not spoken: they ask for silence, or speak themselves.
WORDLESS: Final = ("stop", "silence", "say", "say_again")


class Voice(Protocol):
    """The part of the voice that announcements use."""

    @property
    def speaking(self) -> bool: ...
    def warm(self) -> None: ...
    def say_now(self, text: str) -> None: ...
    def say_after(
        self, text: str, *, rate: float | None = None, volume: float | None = None, voice: str = ""
    ) -> None: ...
    def be_quiet(self) -> None: ...


class Announcements:
    """Speaks events. The first text after a word interrupts the voice; further texts follow it.

    Args:
        voice: Returns the voice; called only when there is something to say.
        settings: The settings, for whether to speak and how loud.
        secret: Returns whether a password field has the focus, so that its text is not read back.
        announced: Returns whether a screen reader speaks the window's announcements.
    """

    def __init__(
        self,
        voice: Callable[[], Voice],
        settings: Settings,
        *,
        secret: Callable[[], bool] = lambda: False,
        announced: Callable[[], bool] = lambda: False,
    ) -> None:
        self._voice, self._settings = voice, settings
        self._secret, self._announced = secret, announced
        self._fresh = True  # nothing has been said about the last word yet
        self._spoke = False
        self._answer = ReadingAloud()  # the current answer
        self._last: list[str] = []  # the texts about the last word, in order

    def listen(self, event: Event) -> None:
        """Speak the text of an event."""
        if isinstance(event, WordHeard):
            self._fresh = True
        elif isinstance(event, PreviewChanged):
            # A word has begun and its result will be spoken: load the voice by then.
            if event.preview.awaits == "word" and self._settings.speech and not self._yields:
                self._voice().warm()
        elif isinstance(event, SettingChanged):
            if event.name == "speech":
                self._on_switched(bool(event.value))
        elif self._settings.speech and (text := self.text_of(event)):
            interrupts = self._fresh or isinstance(event, WordMissed | SpeechHeard)
            self._last = [text] if interrupts else [*self._last, text]
            if not self._yields:
                self._spoke = True
                (self._voice().say_now if interrupts else self._voice().say_after)(text)
            # A notice is not about a word: the result of a word still interrupts it.
            self._fresh = self._fresh and isinstance(event, Notice)
        if isinstance(event, CommandDone) and event.result.name == "ask":
            self._answer = ReadingAloud()

    @property
    def _yields(self) -> bool:
        return self._settings.screen_reader == "yield" and self._announced()

    def _on_switched(self, on: bool) -> None:
        # The result of the command came while speech was still off, or is about to be interrupted.
        if not self._yields and (on or self._spoke):
            self._spoke = True
            self._voice().say_now("Speech on" if on else "Speech off")
        elif self._spoke:
            self._voice().be_quiet()

    def text_of(self, event: Event) -> str:
        """Return the spoken text of an event; empty for none."""
        match event:
            case CommandDone(result=result) if result.status != "ok":
                return result.text  # spoken even if it was started by mouse
            case AnswerGrew(text=text):
                return self._answer.new(text)
            case CommandDone(result=Result(name="ask") as result):
                # The user stopped it, so do not read the rest.
                stopped = isinstance(result.value, Mapping) and result.value.get("stopped")
                return "" if stopped else self._answer.new(result.text, ended=True)
            case CommandDone(result=result, word=word) if word is not None and result.name not in WORDLESS:
                return result.text
            case WordMissed(run=run, nearest=nearest) if run.reason == "unknown":
                return f"Unknown. Closest: {nearest[0][1]}" if nearest else "Unknown"
            case SpeechHeard(became="nothing"):
                return "Not understood"
            case WordMissed(run=run) if run.reason == "lapsed":
                return "Timed out"
            case Notice(happened=happened, kept=kept, todo=todo):
                return ". ".join(filter(None, (happened, kept, todo)))
            case QuestionAsked(text=text) if text:
                return text
            case EntryRead() if not self._secret():
                return event.text or format_keys(event.keys)
        return ""

    def say(self, text: str, *, rate: float | None = None, voice: str = "") -> None:
        """Speak a text on request, after the current one, even if results are not spoken."""
        self._spoke = True
        self._voice().say_after(text, rate=rate, voice=voice)

    def again(self) -> str:
        """Repeat the texts about the last word that had any; returns them, empty for none."""
        if self._last:
            self._spoke = True
            self._voice().say_now("\n\n".join(self._last))
        return " ".join(self._last)

    def aside(self, text: str, rate: float, volume: float) -> None:
        """Speak a word between page sounds, see `PageSound.speak`; not while the voice is speaking."""
        voice = self._voice()
        if self._settings.speech and not voice.speaking:
            voice.say_after(text, rate=rate, volume=volume * self._settings.speech_volume)
