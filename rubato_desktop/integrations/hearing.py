"""Joins the ear to the engine: what was said becomes words, values of words, or text."""

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

FREE = ("text", "choice or text")  # kinds of parameters that are dictated
NOTICED_US = 100_000  # a voice is noticed so long after it began
PEDAL_DOWN = 64  # of 127, as MIDI has it for pedals
HEARING_SETTINGS = ("microphone", "hearing_model", "hearing_language", "reduce_noise")


class HearingIntegration:
    """Brings the ear's own threads and the engine's together.

    Args:
        engine: Words are carried out there, and everything is told there.
        data: The data folder.
    """

    def __init__(self, engine: Engine, data: Path) -> None:
        self._engine, self._services, self._data = engine, engine.services, data
        self._words: Mapping[str, SpokenPhrase] | None = (
            None  # what may be said at rest; None when it has changed
        )
        self._expected: Mapping[str, SpokenPhrase] = {}
        self._values: Mapping[str, Any] = {}
        self._begun: deque[int] = deque()  # µs at which somebody began to speak whose words are not known yet
        self._talked = False  # the key to talk was down when somebody began to speak
        self.hearing = Hearing(
            data,
            self._services.settings.values,
            on_change=lambda: engine.post(self._changed),
            on_voice=lambda ns: engine.post(self._voice),
            on_utterance=lambda heard: engine.post(lambda: self._heard(heard)),
            on_problem=lambda problem: engine.post(lambda: self._tell(problem)),
        )
        self._services.hearing = self.hearing

    def start(self) -> None:
        """Begin to listen, where that is wished from the start."""
        if self._services.settings.values.listen_at_start:
            self.hearing.listen("word", True)

    def stop(self) -> None:
        """Listen no longer."""
        self.hearing.close()

    # What the engine tells everybody ------------------------------------------------------------------

    def listen(self, event: Event) -> None:
        """What changes what may be said, or who hears."""
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

    # What the ear tells, on the engine's thread -------------------------------------------------------

    def _changed(self) -> None:
        if self.hearing.state == "listening":
            self._services.state.hearing_problem = None
        if self.hearing.state == "listening" and not self._begun:
            self._expect()  # what is to be understood is made ready before anybody speaks
        self._publish(ListeningChanged(self._services.clock.now(), self.hearing.state))

    def _voice(self) -> None:
        self._talked = self.hearing.talking
        if self._talked and self._services.speech is not None:
            self._services.speech.be_quiet()
        self._begun.append(self._services.clock.now() - NOTICED_US)
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
            self._expected = {name: said for name, said in self._words.items() if said.ends_dictation}
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
        """Whether the meaning of a word may be spoken whose keys are about to be played."""
        preview = self._engine.preview
        word = self._services.languages.stack.word(preview.word) if preview.awaits == "keys" else None
        return word is not None and word.command == "add_word"

    def _heard(self, heard: Utterance | None) -> None:
        began = self._begun.popleft() if self._begun else self._services.clock.now()
        if heard is not None and not self._services.state.secret:
            dictated = self._engine.awaits_field_text
            became = self._take(heard, began)
            hidden = dictated and became == "text"
            self._publish(
                SpeechHeard(
                    self._services.clock.now(),
                    LEFT_OUT if hidden else heard.phrase or heard.text,
                    became,
                    () if hidden else heard.near,
                    heard.elapsed_ms,
                )
            )
        self._engine.voice(bool(self._begun))

    def _take(self, heard: Utterance, began: int) -> Any:
        if heard.phrase in self._values:
            self._engine.give(self._values[heard.phrase])
            return "value"
        if heard.phrase in self._expected:
            self._say(self._expected[heard.phrase], began)
            return "word"
        if self._services.remarks.open:
            self._services.remarks.add(self._services.clock.now(), heard.text, heard.audio)
            return "text"
        if self._defines and heard.text:
            self._services.state.spoken_meaning = heard.text
            self._publish(EntryRead(self._services.clock.now(), self._engine.preview.word, text=heard.text))
            return "text"
        if self._dictates and heard.text:
            self._engine.give(heard.text)
            return "text"
        if near := [self._expected[phrase] for phrase in heard.near if phrase in self._expected]:
            self._services.confirmation.ask(
                f"Did you mean {heard.near[0]}?", lambda yes: self._meant(yes, near[0], heard.near[0])
            )
            return "unsure"
        # Who keeps a key down wants an answer; who speaks in the room while it listens may speak to others.
        return "nothing" if self._talked else "ignored"

    def _meant(self, yes: bool, said: SpokenPhrase, name: str) -> str:
        if not yes:
            return "Say it again, or play it"
        self._say(said, self._services.clock.now())
        return name

    def _say(self, said: SpokenPhrase, began: int) -> None:
        self._engine.speak(began, said.word, said.args)

    def _audio(self) -> Path:
        return self._data / "remarks" / f"{self._services.clock.now()}.wav"

    def _tell(self, problem: RubatoError) -> None:
        if self.hearing.state == "off":  # else it listens, but through another microphone
            self._services.state.hearing_problem = problem
        self._publish(
            Notice(self._services.clock.now(), "warning", problem.happened, problem.kept, problem.todo)
        )

    def _publish(self, event: Event) -> None:
        self._services.bus.publish(event)
