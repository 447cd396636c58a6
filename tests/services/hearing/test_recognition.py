"""Speech becomes a command, a transcript, or nothing: the lines of spoken_commands.txt, and unusual sounds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from audio_source import synthesise

from rubato_desktop.commands.spoken_phrases import SpokenPhrase, words
from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.hearing.matching import LONGEST_S, Phrases
from rubato_desktop.services.hearing.models import choose_model
from rubato_desktop.services.hearing.moonshine import Moonshine
from rubato_desktop.services.hearing.recogniser import Whisper
from rubato_desktop.services.hearing.recognition import SpeechInterpreter, Task
from rubato_desktop.services.languages import LanguageLibrary
from rubato_desktop.services.voice.samples import Samples

LINES = [
    [part.strip() for part in line.split("→")]
    for line in Path(__file__).with_name("spoken_commands.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpeechInterpreter]:
    yield SpeechInterpreter(choose_model(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def phrases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SpokenPhrase]:
    return words(LanguageLibrary(tmp_path_factory.mktemp("library"), ["core", "names"]))


@pytest.mark.parametrize(("said", "command"), LINES, ids=[said for said, _ in LINES])
def test_speech_matches_the_expected_command(
    said: str, command: str, interpreter: SpeechInterpreter, phrases: dict[str, SpokenPhrase]
) -> None:
    quiet = np.zeros(RATE // 2, np.float32)
    sound = np.concatenate([quiet, synthesise(said, RATE), quiet])
    match = interpreter.recognise(sound, Task(tuple(phrases))).match
    if command.startswith("?"):
        assert not match.phrase and command[1:].strip() in match.near
    else:
        assert match.phrase == command, f"near: {match.near}, {match.score:.1f}"


def test_dictation_is_transcribed(interpreter: SpeechInterpreter) -> None:
    sound = synthesise("The second theme comes back in the minor key.", RATE)
    result = interpreter.recognise(sound, Task(("stop",), dictation=True))
    assert "second theme" in result.text.lower() and not result.match.phrase
    [segment] = result.segments
    assert 0 <= segment.start_ms < segment.end_ms <= len(sound) * 1000 // RATE + 1000
    assert 0.3 < segment.confidence <= 1


def test_in_dictation_only_a_whole_transcript_is_a_command(interpreter: SpeechInterpreter) -> None:
    task = Task(("stop", "end remark"), dictation=True)
    assert interpreter.recognise(synthesise("Stop.", RATE), task).match.phrase == "stop"
    assert not interpreter.recognise(synthesise("We stop here for today.", RATE), task).match.phrase


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.02, 0.3])
@pytest.mark.parametrize("dictation", [False, True])
def test_a_sound_that_is_too_short_matches_nothing(
    seconds: float, dictation: bool, interpreter: SpeechInterpreter
) -> None:
    sound = np.zeros(round(seconds * RATE), np.float32)
    result = interpreter.recognise(sound, Task(("stop",), dictation=dictation))
    assert not result.match.phrase and not result.match.near


SOUNDS: dict[str, Callable[[int], Samples]] = {
    "silence": lambda size: np.zeros(size, np.float32),
    "noise": lambda size: np.random.default_rng(1).normal(0, 0.1, size).astype(np.float32),
    "direct current": lambda size: np.ones(size, np.float32),
    "clipped": lambda size: np.sign(np.sin(np.arange(size, dtype=np.float32) / 5)),
    "far beyond full scale": lambda size: np.full(size, 3e38, np.float32),
    "not a number": lambda size: np.full(size, np.nan, np.float32),
    "infinite": lambda size: np.full(size, -np.inf, np.float32),
}
SECONDS = [0.0, 1 / RATE, 0.031, 0.064, 0.0641, 1.0, 9.0, 9.3, 12.0, 31.0]


@pytest.mark.parametrize("kind", SOUNDS)
@pytest.mark.parametrize("clean", [False, True])
def test_a_sound_without_a_voice_matches_nothing_however_long_or_unusual(
    kind: str, clean: bool, interpreter: SpeechInterpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter, "_clean", clean)
    for seconds in SECONDS:
        sound = SOUNDS[kind](round(seconds * RATE))
        for dictation in (False, True):
            result = interpreter.recognise(sound, Task(("stop", "tab two"), dictation=dictation))
            assert (result.text, result.match.phrase, result.match.near) == ("", "", ()), (
                f"{seconds} s, {dictation=}"
            )


@pytest.fixture(scope="module")
def talk() -> Samples:
    lines = [
        "The second theme comes back in the minor key, and the left hand takes over what the right hand had before.",
        "After the next tab of the score there is a pause, and then we start recording the whole page once more.",
        "Nobody in the hall had heard the piece before, so they listened to every bar of it.",
    ]
    return np.concatenate([synthesise(line, RATE) for line in lines] * 3)


@pytest.mark.parametrize("seconds", [9.2, 12, 28, 31, 40])
@pytest.mark.parametrize("fast", [True, False])
def test_long_speech_is_not_a_command(
    seconds: float,
    fast: bool,
    talk: Samples,
    interpreter: SpeechInterpreter,
    phrases: dict[str, SpokenPhrase],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(talk) > 40 * RATE
    if not fast:  # as for another language
        monkeypatch.setattr(interpreter, "_moonshine", None)
        monkeypatch.setattr(interpreter, "_cache", OrderedDict())
    result = interpreter.recognise(talk[: round(seconds * RATE)], Task(tuple(phrases)))
    assert not result.match.phrase and not result.match.near


def test_long_speech_is_transcribed_whole(talk: Samples, interpreter: SpeechInterpreter) -> None:
    text = interpreter.recognise(talk, Task(dictation=True)).text.lower()
    assert text.count("second theme") == text.count("every bar") == 3


@pytest.mark.parametrize(("before", "after"), [(11, 0), (0, 30), (9, 9), (25, 25)])
def test_a_command_with_long_silence_around_it_is_recognised(
    before: int, after: int, interpreter: SpeechInterpreter, phrases: dict[str, SpokenPhrase]
) -> None:
    said = synthesise("Start recording.", RATE)
    sound = np.pad(said, (before * RATE + RATE // 4, after * RATE + RATE // 4))
    sound += np.random.default_rng(1).normal(0, 0.001, len(sound)).astype(np.float32)
    assert interpreter.recognise(sound, Task(tuple(phrases))).match.phrase == "start recording"


def test_moonshine_accepts_the_longest_sound_that_is_matched() -> None:
    state = Moonshine().listen(np.zeros(round(LONGEST_S * RATE), np.float32))
    assert np.isfinite(state.next_tokens([()])).all()


def test_noise_is_not_a_command(interpreter: SpeechInterpreter, phrases: dict[str, SpokenPhrase]) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, RATE * 2).astype(np.float32)
    assert not interpreter.recognise(noise, Task(tuple(phrases))).match.phrase


def test_a_cancelled_recognition_matches_nothing(
    interpreter: SpeechInterpreter, phrases: dict[str, SpokenPhrase]
) -> None:
    sound = synthesise("Start recording.", RATE)
    assert not interpreter.recognise(sound, Task(tuple(phrases)), lambda: False).match.phrase


def test_whisper_does_not_run_when_moonshine_is_sure(
    interpreter: SpeechInterpreter, phrases: dict[str, SpokenPhrase], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("Whisper was run")

    monkeypatch.setattr(Whisper, "listen", fail)
    quiet = np.zeros(RATE // 2, np.float32)
    sound = np.concatenate([quiet, synthesise("Start recording.", RATE), quiet])
    assert interpreter.recognise(sound, Task(tuple(phrases))).match.phrase == "start recording"


@pytest.mark.parametrize("said", ["Start recording.", "Tab twelve.", "Where am I?"])
def test_whisper_decides_alone_for_another_language(
    said: str, interpreter: SpeechInterpreter, phrases: dict[str, SpokenPhrase], tmp_path: Path
) -> None:
    quiet = np.zeros(RATE // 2, np.float32)
    sound = np.concatenate([quiet, synthesise(said, RATE), quiet])
    alone = Phrases(Whisper(choose_model(tmp_path)), None, tuple(phrases))
    began, ended = interpreter.voice(sound)
    assert alone.match(sound, (ended - began) / RATE).phrase == said.strip(".?").lower()


def test_tokens_that_are_not_text_have_no_probability(tmp_path: Path) -> None:
    """A multilingual model may otherwise prefer a task token at the end of a short command."""
    recogniser = Whisper(choose_model(tmp_path))
    log_probabilities = recogniser.listen(synthesise("Tab.", RATE)).next_tokens([()])
    assert log_probabilities.shape[1] > recogniser.end + 1
    assert np.isneginf(log_probabilities[:, recogniser.end + 1 :]).all()
    assert np.exp(log_probabilities).sum() == pytest.approx(1, abs=1e-3)
