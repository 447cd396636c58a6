"""The ear on a real JACK server: what is shown is what the microphone's stream is, and nobody waits for its process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from audio_source import Mouth
from servers import JackServer
from waiting import until

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.hearing.hearing import Hearing, Utterance
from rubato_desktop.settings import Settings

pytestmark = pytest.mark.xdist_group("jack")

NO_PHRASE = (1,)  # a fault of the program's own: the recogniser cannot make anything of it


@pytest.fixture(scope="module")
def mouth(jack: JackServer) -> Iterator[Mouth]:
    with Mouth() as speaking:
        yield speaking


class Ear:
    """An ear, all that it told, and what JACK says about its microphone."""

    def __init__(self, data: Path, jack: JackServer, **settings: Any) -> None:
        self._jack = jack
        self.states: list[str] = []
        self.heard: list[Utterance | None] = []
        self.problems: list[RubatoError] = []
        self.begun = 0
        self.phrases: tuple[Any, ...] = ("start recording",)
        self.hearing = Hearing(
            data,
            Settings(**settings),
            on_change=lambda: self.states.append(self.hearing.state),
            on_voice=self._voice,
            on_utterance=self.heard.append,
            on_problem=self.problems.append,
            unused_s=30.0,
        )

    def _voice(self, _: int) -> None:
        self.begun += 1
        self.hearing.expect(self.phrases, dictation=False)

    @property
    def ports(self) -> list[str]:
        return [port for port in self._jack.ports() if port.startswith("Rubato hearing")]

    def listens(self) -> None:
        self.hearing.listen("word", True)
        until(lambda: self.hearing.state == "listening", "the microphone to open")
        assert self.ports, "it says that it listens, and has no microphone"

    def is_off(self) -> None:
        until(lambda: self.hearing.state == "off", "the state to be off")
        assert not self.ports, "it says that it is off, and the microphone is open"


@pytest.fixture
def make(jack: JackServer, tmp_path: Path) -> Iterator[Callable[..., Ear]]:
    made: list[Ear] = []

    def one(**settings: Any) -> Ear:
        made.append(Ear(tmp_path, jack, **settings))
        return made[-1]

    yield one
    for ear in made:
        ear.hearing.close()


def hearing_processes() -> list[psutil.Process]:
    return [
        process
        for process in psutil.Process().children()
        if process.status() != psutil.STATUS_ZOMBIE and "hearing.process" in " ".join(process.cmdline())
    ]


def test_the_microphone_is_open_exactly_while_it_is_not_off(make: Callable[..., Ear]) -> None:
    ear = make()
    for _ in range(2):
        ear.is_off()
        ear.listens()
        ear.hearing.listen("word", False)
    ear.is_off()
    assert not ear.problems


def test_switched_on_and_off_at_once_it_is_off_when_the_microphone_is_closed(
    make: Callable[..., Ear],
) -> None:
    ear = make()
    for _ in range(5):
        ear.hearing.listen("word", True)
        ear.hearing.listen("word", False)
    ear.is_off()
    ear.states.clear()
    ear.listens()
    assert "off" not in ear.states, "an order that had not been carried out yet opened it"


def test_what_cannot_be_understood_is_told_and_it_listens_on(make: Callable[..., Ear], mouth: Mouth) -> None:
    ear = make()
    ear.listens()
    ear.phrases = NO_PHRASE
    mouth.say("Start recording.")
    until(lambda: ear.heard, "the fault to be told as nothing heard")
    assert ear.heard == [None] and {problem.code for problem in ear.problems} == {"not_heard"}
    until(lambda: ear.hearing.state == "listening")
    assert ear.ports
    ear.phrases = ("start recording",)
    mouth.say("Start recording.")
    until(lambda: len(ear.heard) == ear.begun == 2, "it to hear on")
    assert ear.heard[1] is not None and ear.heard[1].phrase == "start recording"
    ear.hearing.listen("word", False)
    ear.is_off()


def test_a_fault_while_the_key_is_down_leaves_no_microphone_open(
    make: Callable[..., Ear], mouth: Mouth
) -> None:
    ear = make()
    ear.phrases = NO_PHRASE
    ear.hearing.talk(True)
    until(lambda: ear.hearing.state == "hearing", "the microphone to open")
    until(lambda: ear.problems, "the fault in preparing")
    mouth.say("Start recording.")
    ear.hearing.talk(False)
    ear.is_off()
    assert ear.heard == [None]


def test_without_its_model_the_microphone_is_closed_and_that_is_told_each_time(
    make: Callable[..., Ear],
) -> None:
    ear = make(hearing_model="nothing")
    for attempt in (1, 2):
        ear.hearing.listen("word", True)
        until(lambda attempt=attempt: len(ear.problems) == attempt, "the problem")
        ear.is_off()
    assert [problem.code for problem in ear.problems] == ["no_model", "no_model"]


def test_a_killed_one_says_so_and_is_off(make: Callable[..., Ear], mouth: Mouth) -> None:
    ear = make()
    ear.listens()
    [process] = hearing_processes()
    process.kill()
    until(lambda: ear.problems)
    assert "SIGKILL" in ear.problems[0].happened
    assert ear.hearing.state == "off"
    until(lambda: not ear.ports, "JACK to notice")
    ear.listens()


def test_new_settings_hold_nobody_up_and_the_old_process_ends(make: Callable[..., Ear]) -> None:
    ear = make()
    ear.listens()
    took = []
    for _ in range(5):
        [before] = hearing_processes()
        began = time.perf_counter()
        ear.hearing.restart()
        took.append((time.perf_counter() - began) * 1e3)
        until(lambda: ear.hearing.state == "listening" and ear.ports, "it to listen again")
        assert not before.is_running(), "two microphones are open"
    assert statistics.median(took) < 5, f"it took {took} ms"
    assert not ear.problems
    ear.hearing.listen("word", False)
    ear.is_off()


def test_new_settings_in_mid_speech_end_what_was_being_heard(make: Callable[..., Ear]) -> None:
    ear = make()
    ear.hearing.talk(True)
    until(lambda: ear.hearing.state == "hearing", "the microphone to open")
    done = ear.hearing.finish()
    ear.hearing.restart()
    assert done.done() and ear.heard == [None] and ear.begun == 1
    ear.hearing.listen("word", True)
    until(lambda: ear.hearing.state == "listening", "the next process to listen")
    assert ear.heard == [None] and ear.begun == 1
