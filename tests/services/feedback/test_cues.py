"""Each event plays its cue."""

from __future__ import annotations

import pytest

from rubato_desktop.audio.cues import load_cues
from rubato_desktop.events import (
    CommandDone,
    Event,
    Listed,
    ListeningChanged,
    Notice,
    PreviewChanged,
    QuestionAsked,
    RecordingChanged,
    Result,
    SpeechHeard,
    WordHeard,
    WordMissed,
)
from rubato_desktop.language.results import Preview, RecognisedWord, RejectedRun
from rubato_desktop.services.feedback.cues import CueFeedback
from rubato_desktop.settings import Settings

# An event → the name of its cue, empty for none. Add a line for a new cue.
EVENTS: list[tuple[Event, str]] = [
    (WordHeard(0, RecognisedWord(0, 0, (0, 7, 0), "click", "core", "click"), 1), "understood"),
    (WordMissed(0, RejectedRun(0, 0, (0, 8), "unknown")), "unknown"),
    (WordMissed(0, RejectedRun(0, 0, (0, 8), "lapsed")), "lapsed"),
    (WordMissed(0, RejectedRun(0, 0, (0, 8), "erased")), "erased"),
    (CommandDone(0, Result(1, "click", {}, "ok")), ""),
    (CommandDone(0, Result(1, "click", {}, "refused")), "failed"),
    (RecordingChanged(0, "on"), "recording_on"),
    (RecordingChanged(0, "off"), "recording_off"),
    (RecordingChanged(0, "paused"), "recording_paused"),
    (Listed(0, "Words", ("click",)), "listed"),
    (Notice(0, "info", "Done"), ""),
    (Notice(0, "warning", "The disk is full"), "notice"),
    (QuestionAsked(0, "Keep it?"), "notice"),
    (QuestionAsked(0, ""), ""),
    (SpeechHeard(0, "mumble", "nothing"), "unknown"),
    (SpeechHeard(0, "click", "word"), ""),
    (ListeningChanged(0, "listening"), "listening"),
    (PreviewChanged(0, Preview((12, 7, 12), "tab", "number")), "pending"),
    (PreviewChanged(0, Preview()), ""),
]


class Sounded(list[str]):
    def cue(self, name: str) -> None:
        self.append(name)


@pytest.fixture
def sounded() -> Sounded:
    return Sounded()


@pytest.mark.parametrize(("event", "name"), EVENTS)
def test_an_event_plays_its_cue(event: Event, name: str, sounded: Sounded) -> None:
    CueFeedback(sounded, Settings()).listen(event)
    assert sounded == ([name] if name else [])


def test_every_cue_that_is_used_exists() -> None:
    assert {name for _, name in EVENTS if name} <= load_cues().keys()


def test_a_word_that_waits_for_its_parameter_plays_one_cue(sounded: Sounded) -> None:
    feedback = CueFeedback(sounded, Settings())
    for keys in ((12, 7, 12), (12, 7, 12, 14), (12, 7, 12, 14, 15)):
        feedback.listen(PreviewChanged(0, Preview(keys, "tab", "number")))
    assert sounded == ["pending"]


def test_a_cue_reports_that_the_microphone_opens_and_closes(sounded: Sounded) -> None:
    feedback = CueFeedback(sounded, Settings())
    for state in ("opening", "listening", "hearing", "thinking", "listening", "off"):
        feedback.listen(ListeningChanged(0, state))  # type: ignore[arg-type]
    assert sounded == ["listening", "not_listening"]


def test_no_cue_plays_while_cues_are_off(sounded: Sounded) -> None:
    settings = Settings()
    settings.cues = False
    CueFeedback(sounded, settings).listen(Listed(0, "Words", ()))
    assert sounded == []
