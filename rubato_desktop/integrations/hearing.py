"""Connects speech recognition to the engine: speech becomes words, values of parameters, or text."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rubato_desktop.commands.spoken_phrases import SpokenPhrase, values, words
from rubato_desktop.engine import Engine
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import (
    BrowserChanged,
    EntryRead,
    Event,
    LanguagesChanged,
    Listed,
    ListeningChanged,
    Notice,
    Played,
    PreviewChanged,
    ProgramEnding,
    RemarkChanged,
    SettingChanged,
    SpeechHeard,
)
from rubato_desktop.midi.messages import CONTROL, Message
from rubato_desktop.redaction import LEFT_OUT
from rubato_desktop.services.hearing.hearing import Hearing, Utterance

FREE = ("text", "choice or text")  # kinds of parameters that can be dictated
DETECTION_US = 100_000  # delay from the start of speech to its detection
PEDAL_DOWN = 64  # of 127, the MIDI threshold for pedals
HEARING_SETTINGS = ("microphone", "hearing_model", "hearing_language", "reduce_noise")


class HearingIntegration:
    """Passes what the hearing threads recognise on to the engine's thread.

    Args:
        engine: The engine that runs the words and publishes the events.
        data: The data folder.

    Attributes:
        hearing: The speech recognition service.
    """

    def __init__(self, engine: Engine, data: Path) -> None:
        self._engine, self._services, self._data = engine, engine.services, data
        # The phrases for words; None when they have changed.
        self._words: Mapping[str, SpokenPhrase] | None = None
        self._expected: Mapping[str, SpokenPhrase] = {}
        self._values: Mapping[str, Any] = {}
        self._begun: deque[int] = deque()  # µs at which each unrecognised utterance began
        self._talked = False  # push-to-talk was held when speech began
        self.hearing = Hearing(
            data,
            self._services.settings.values,
            on_change=lambda: engine.post(self._on_change),
            on_voice=lambda ns: engine.post(self._on_voice),
            on_utterance=lambda utterance: engine.post(lambda: self._on_utterance(utterance)),
            on_problem=lambda problem: engine.post(lambda: self._on_problem(problem)),
        )
        self._services.hearing = self.hearing

    def start(self) -> None:
        """Listen at once, if the settings say so."""
        if self._services.settings.values.listen_at_start:
            self.hearing.listen("word", True)

    def stop(self) -> None:
        """Stop listening."""
        self.hearing.close()

    # Events of the engine -----------------------------------------------------------------------------

    def listen(self, event: Event) -> None:
        """React to events that change which phrases are expected, or the microphone."""
        match event:
            case Played(message=message):
                self._pedal(message)
            case LanguagesChanged() | BrowserChanged() | Listed():
                self._words = None
            case PreviewChanged() | RemarkChanged():
                if not self._defines:
                    self._services.state.spoken_meaning = ""
                if self._begun:
                    self._expect()
            case SettingChanged(name=name) if name in HEARING_SETTINGS:
                self.hearing.restart()
            case ProgramEnding():
                self.hearing.close()

    def _pedal(self, message: Message) -> None:
        pedal = self._services.settings.values.talk_pedal
        if pedal and message.kind == CONTROL and message.data[1] == pedal:
            self.hearing.talk(message.data[2] >= PEDAL_DOWN)

    # Callbacks of hearing, on the engine's thread -----------------------------------------------------

    def _on_change(self) -> None:
        if self.hearing.state == "listening":
            self._services.state.hearing_problem = None
        if self.hearing.state == "listening" and not self._begun:
            self._expect()  # ready before speech begins
        self._publish(ListeningChanged(self._services.clock.now(), self.hearing.state))

    def _on_voice(self) -> None:
        self._talked = self.hearing.talking
        if self._talked and self._services.speech is not None:
            self._services.speech.be_quiet()
        self._begun.append(self._services.clock.now() - DETECTION_US)
        self._engine.voice(True)
        self._expect()

    def _expect(self) -> None:
        preview = self._engine.preview
        if self._words is None:
            browser = self._services.browser
            windows = browser.windows if browser is not None else ()
            self._words = words(self._services.languages, self._services.numbered_lists.shown, windows)
        self._expected, self._values = self._words, {}
        remark = self._services.remarks.open
        dictation = remark or self._dictates
        if remark:
            self._expected = {name: phrase for name, phrase in self._words.items() if phrase.ends_dictation}
        elif preview.word:
            self._values = values(
                preview.awaits, self._services.languages, self._services.numbered_lists.shown
            )
        save_to = self._audio() if remark and self._services.settings.values.keep_remark_sound else None
        self.hearing.expect((*self._values, *self._expected), dictation=dictation, save_to=save_to)

    @property
    def _dictates(self) -> bool:
        preview = self._engine.preview
        return preview.awaits in FREE or self._defines

    @property
    def _defines(self) -> bool:
        """Whether a word is being added: its meaning may be spoken before its keys are played."""
        preview = self._engine.preview
        word = self._services.languages.stack.word(preview.word) if preview.awaits == "keys" else None
        return word is not None and word.command == "add_word"

    def _on_utterance(self, utterance: Utterance | None) -> None:
        began = self._begun.popleft() if self._begun else self._services.clock.now()
        if utterance is not None and not self._services.state.secret:
            dictated = self._engine.awaits_field_text
            became = self._use(utterance, began)
            hidden = dictated and became == "text"
            self._publish(
                SpeechHeard(
                    self._services.clock.now(),
                    LEFT_OUT if hidden else utterance.phrase or utterance.text,
                    became,
                    () if hidden else utterance.near,
                    utterance.elapsed_ms,
                )
            )
        self._engine.voice(bool(self._begun))

    def _use(self, utterance: Utterance, began: int) -> Any:
        if utterance.phrase in self._values:
            self._engine.give(self._values[utterance.phrase])
            return "value"
        if utterance.phrase in self._expected:
            self._speak(self._expected[utterance.phrase], began)
            return "word"
        if self._services.remarks.open:
            self._services.remarks.add(self._services.clock.now(), utterance.text, utterance.audio)
            return "text"
        if self._defines and utterance.text:
            self._services.state.spoken_meaning = utterance.text
            self._publish(
                EntryRead(self._services.clock.now(), self._engine.preview.word, text=utterance.text)
            )
            return "text"
        if self._dictates and utterance.text:
            self._engine.give(utterance.text)
            return "text"
        if near := [self._expected[phrase] for phrase in utterance.near if phrase in self._expected]:
            self._services.confirmation.ask(
                f"Did you mean {utterance.near[0]}?",
                lambda yes: self._on_confirmed(yes, near[0], utterance.near[0]),
            )
            return "unsure"
        # With push-to-talk, the speech was meant for the program; otherwise it may have been meant for somebody else.
        return "nothing" if self._talked else "ignored"

    def _on_confirmed(self, yes: bool, phrase: SpokenPhrase, name: str) -> str:
        if not yes:
            return "Say it again, or play it"
        self._speak(phrase, self._services.clock.now())
        return name

    def _speak(self, phrase: SpokenPhrase, began: int) -> None:
        self._engine.speak(began, phrase.word, phrase.args)

    def _audio(self) -> Path:
        return self._data / "remarks" / f"{self._services.clock.now()}.wav"

    def _on_problem(self, problem: RubatoError) -> None:
        if self.hearing.state == "off":  # else it still listens, through another microphone
            self._services.state.hearing_problem = problem
        self._publish(
            Notice(self._services.clock.now(), "warning", problem.happened, problem.kept, problem.todo)
        )

    def _publish(self, event: Event) -> None:
        self._services.bus.publish(event)
