"""Hearing on a real JACK server: the state shown is that of the microphone stream, and no caller waits."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from audio_source import AudioSource
from servers import JackServer
from waiting import until

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.hearing import Hearing, Utterance
from rubato_desktop.settings import Settings

pytestmark = pytest.mark.xdist_group("jack")

INVALID_PHRASES = (1,)  # provokes an internal error: the recogniser cannot tokenise a number


@pytest.fixture(scope="module")
def speaker(jack: JackServer) -> Iterator[AudioSource]:
    with AudioSource() as speaking:
        yield speaking


class Ear:
    """A `Hearing`, all that it has reported, and the ports that JACK shows for its microphone."""

    def __init__(self, data: Path, jack: JackServer, **settings: Any) -> None:
        self._jack = jack
        self.states: list[str] = []
        self.utterances: list[Utterance | None] = []
        self.problems: list[RubatoError] = []
        self.begun = 0
        self.phrases: tuple[Any, ...] = ("start recording",)
        self.hearing = Hearing(
            data,
            Settings(**settings),
            on_change=lambda: self.states.append(self.hearing.state),
            on_voice=self._on_voice,
            on_utterance=self.utterances.append,
            on_problem=self.problems.append,
            unused_s=30.0,
        )

    def _on_voice(self, _: int) -> None:
        self.begun += 1
        self.hearing.expect(self.phrases, dictation=False)

    @property
    def ports(self) -> list[str]:
        return [port for port in self._jack.ports() if port.startswith("Rubato hearing")]

    def switch_on(self) -> None:
        self.hearing.listen("word", True)
        until(lambda: self.hearing.state == "listening", "the microphone to open")
        assert self.ports, "the state is listening, but no microphone is open"

    def assert_off(self) -> None:
        until(lambda: self.hearing.state == "off", "the state to be off")
        assert not self.ports, "the state is off, but the microphone is open"


@pytest.fixture
def make(jack: JackServer, tmp_path: Path) -> Iterator[Callable[..., Ear]]:
    made: list[Ear] = []

    def make_ear(**settings: Any) -> Ear:
        made.append(Ear(tmp_path, jack, **settings))
        return made[-1]

    yield make_ear
    for ear in made:
        ear.hearing.close()


def hearing_processes() -> list[psutil.Process]:
    return [
        process
        for process in psutil.Process().children()
        if process.status() != psutil.STATUS_ZOMBIE and "hearing.process" in " ".join(process.cmdline())
    ]


def test_the_microphone_is_open_exactly_while_the_state_is_not_off(make: Callable[..., Ear]) -> None:
    ear = make()
    for _ in range(2):
        ear.assert_off()
        ear.switch_on()
        ear.hearing.listen("word", False)
    ear.assert_off()
    assert not ear.problems


def test_switched_on_and_off_repeatedly_it_is_off_once_the_microphone_is_closed(
    make: Callable[..., Ear],
) -> None:
    ear = make()
    for _ in range(5):
        ear.hearing.listen("word", True)
        ear.hearing.listen("word", False)
    ear.assert_off()
    ear.states.clear()
    ear.switch_on()
    assert "off" not in ear.states, "a pending order opened the microphone"


def test_after_a_failed_recognition_it_goes_on_listening(
    make: Callable[..., Ear], speaker: AudioSource
) -> None:
    ear = make()
    ear.switch_on()
    ear.phrases = INVALID_PHRASES
    speaker.say("Start recording.")
    until(lambda: ear.utterances, "the empty result")
    assert ear.utterances == [None] and {problem.code for problem in ear.problems} == {"not_heard"}
    until(lambda: ear.hearing.state == "listening")
    assert ear.ports
    ear.phrases = ("start recording",)
    speaker.say("Start recording.")
    until(lambda: len(ear.utterances) == ear.begun == 2, "the next utterance")
    assert ear.utterances[1] is not None and ear.utterances[1].phrase == "start recording"
    ear.hearing.listen("word", False)
    ear.assert_off()


def test_after_a_failed_recognition_push_to_talk_still_closes_the_microphone(
    make: Callable[..., Ear], speaker: AudioSource
) -> None:
    ear = make()
    ear.phrases = INVALID_PHRASES
    ear.hearing.talk(True)
    until(lambda: ear.hearing.state == "hearing", "the microphone to open")
    until(lambda: ear.problems, "the failed preparation")
    speaker.say("Start recording.")
    ear.hearing.talk(False)
    ear.assert_off()
    assert ear.utterances == [None]


def test_without_its_model_the_microphone_is_closed_and_each_attempt_is_reported(
    make: Callable[..., Ear],
) -> None:
    ear = make(hearing_model="nothing")
    for attempt in (1, 2):
        ear.hearing.listen("word", True)
        until(lambda attempt=attempt: len(ear.problems) == attempt, "the problem")
        ear.assert_off()
    assert [problem.code for problem in ear.problems] == ["no_model", "no_model"]


def test_a_killed_process_is_reported_and_the_state_is_off(
    make: Callable[..., Ear], speaker: AudioSource
) -> None:
    ear = make()
    ear.switch_on()
    [process] = hearing_processes()
    process.kill()
    until(lambda: ear.problems)
    assert "SIGKILL" in ear.problems[0].happened
    assert ear.hearing.state == "off"
    until(lambda: not ear.ports, "JACK to notice")
    ear.switch_on()


def test_restart_does_not_block_and_ends_the_old_process(make: Callable[..., Ear]) -> None:
    ear = make()
    ear.switch_on()
    elapsed_ms = []
    for _ in range(5):
        [before] = hearing_processes()
        began = time.perf_counter()
        ear.hearing.restart()
        elapsed_ms.append((time.perf_counter() - began) * 1e3)
        until(lambda: ear.hearing.state == "listening" and ear.ports, "the microphone to open again")
        assert not before.is_running(), "two microphones are open"
    assert statistics.median(elapsed_ms) < 5, f"restart took {elapsed_ms} ms"
    assert not ear.problems
    ear.hearing.listen("word", False)
    ear.assert_off()


def test_restart_ends_the_current_utterance(make: Callable[..., Ear]) -> None:
    ear = make()
    ear.hearing.talk(True)
    until(lambda: ear.hearing.state == "hearing", "the microphone to open")
    finished = ear.hearing.finish()
    ear.hearing.restart()
    assert finished.done() and ear.utterances == [None] and ear.begun == 1
    ear.hearing.listen("word", True)
    until(lambda: ear.hearing.state == "listening", "the next process to listen")
    assert ear.utterances == [None] and ear.begun == 1
