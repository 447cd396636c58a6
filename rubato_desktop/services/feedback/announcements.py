"""What is said aloud of what happens: the one table from events to spoken words."""

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

# Whoever asks for silence gets it; what is asked to be said is the answer itself.
WORDLESS: Final = ("stop", "silence", "say", "say_again")


class Voice(Protocol):
    """What speaks, as far as this table needs it."""

    @property
    def speaking(self) -> bool: ...
    def warm(self) -> None: ...
    def say_now(self, text: str) -> None: ...
    def say_after(
        self, text: str, *, rate: float | None = None, volume: float | None = None, voice: str = ""
    ) -> None: ...
    def be_quiet(self) -> None: ...


class Announcements:
    """Listens, and speaks. The first that is said after a word was played cuts what is being said; the rest follows.

    Args:
        voice: Gives what speaks; asked when there is something to say.
        settings: Whether anything is said, and how loud.
        secret: Whether a password field has the focus: what is written there is not read back.
        announced: Whether a screen reader says what happens.
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
        self._fresh = True  # nothing has been said of the last word yet
        self._spoke = False
        self._answer = ReadingAloud()  # the answer that is being given
        self._last: list[str] = []  # what was said of the last word, in its order

    def listen(self, event: Event) -> None:
        if isinstance(event, WordHeard):
            self._fresh = True
        elif isinstance(event, PreviewChanged):
            # Whoever begins a word will hear an answer: by then the voice is there.
            if event.preview.awaits == "word" and self._settings.speech and not self._yields:
                self._voice().warm()
        elif isinstance(event, SettingChanged):
            if event.name == "speech":
                self._switched(bool(event.value))
        elif self._settings.speech and (text := self.text_of(event)):
            begins = self._fresh or isinstance(event, WordMissed | SpeechHeard)
            self._last = [text] if begins else [*self._last, text]
            if not self._yields:
                self._spoke = True
                (self._voice().say_now if begins else self._voice().say_after)(text)
            # A notice comes by itself: the result of a word that was played still cuts it short.
            self._fresh = self._fresh and isinstance(event, Notice)
        if isinstance(event, CommandDone) and event.result.name == "ask":
            self._answer = ReadingAloud()

    @property
    def _yields(self) -> bool:
        return self._settings.screen_reader == "yield" and self._announced()

    def _switched(self, on: bool) -> None:
        # The answer of the word that switches came before, when it was not yet on, or is about to be cut.
        if not self._yields and (on or self._spoke):
            self._spoke = True
            self._voice().say_now("Speech on" if on else "Speech off")
        elif self._spoke:
            self._voice().be_quiet()

    def text_of(self, event: Event) -> str:
        """Return what is said of an event; empty for nothing."""
        match event:
            case CommandDone(result=result) if result.status != "ok":
                return result.text  # also where it was asked for by mouse
            case AnswerGrew(text=text):
                return self._answer.new(text)
            case CommandDone(result=Result(name="ask") as result):
                # Whoever stopped it has heard enough.
                stopped = isinstance(result.value, Mapping) and result.value.get("stopped")
                return "" if stopped else self._answer.new(result.text, ended=True)
            case CommandDone(result=result, word=word) if word is not None and result.name not in WORDLESS:
                return result.text
            case WordMissed(run=run, nearest=nearest) if run.reason == "unknown":
                return f"Unknown. Near it: {nearest[0][1]}" if nearest else "Unknown"
            case SpeechHeard(became="nothing"):
                return "Not understood"
            case WordMissed(run=run) if run.reason == "lapsed":
                return "Lapsed"
            case Notice(happened=happened, kept=kept, todo=todo):
                return ". ".join(filter(None, (happened, kept, todo)))
            case QuestionAsked(text=text) if text:
                return text
            case EntryRead() if not self._secret():
                return event.text or format_keys(event.keys)
        return ""

    def say(self, text: str, *, rate: float | None = None, voice: str = "") -> None:
        """Say a text that somebody asked for, after what is being said, also where results are not said."""
        self._spoke = True
        self._voice().say_after(text, rate=rate, voice=voice)

    def again(self) -> str:
        """Say once more what was said of the last word that had an answer; returns it, empty for nothing."""
        if self._last:
            self._spoke = True
            self._voice().say_now("\n\n".join(self._last))
        return " ".join(self._last)

    def aside(self, text: str, rate: float, volume: float) -> None:
        """Say a word beside what is heard, as `PageSound` wants it; not into something that is being said."""
        voice = self._voice()
        if self._settings.speech and not voice.speaking:
            voice.say_after(text, rate=rate, volume=volume * self._settings.speech_volume)
