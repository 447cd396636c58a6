"""The queue of what is said, with the real voice and an ear that writes down what reaches it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from waiting import until

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.voice.samples import Samples
from rubato_desktop.services.voice.speech import AHEAD_S, Speech
from rubato_desktop.services.voice.synthesis import Piper, Stop, Stopped
from rubato_desktop.services.voice.voices import choose_voice

LONG = "This is a sentence that is long enough to be cut in its middle, and it goes on for a while. " * 3


class Notepad:
    """An ear that keeps what it hears: pieces, and "hush"."""

    def __init__(self) -> None:
        self.there = True
        self.opening = 1
        self.heard: list[bytes | str] = []
        self.sounded = threading.Event()

    def opens(self) -> bool:
        return self.there

    def place(self) -> int:
        return self.opening if self.there else 0

    def prepared(self, samples: Samples, rate: int, volume: float) -> bytes:
        return (samples * np.float32(volume)).tobytes()

    def hear(self, piece: bytes) -> None:
        self.heard.append(piece)
        self.sounded.set()

    def hush(self) -> None:
        self.heard.append("hush")


class Teller:
    """Stands where the synthesiser does: each letter lasts 10 ms, and each piece is written down."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.problem: RubatoError | None = None
        self.unloaded = 0
        self.used: list[str] = []

    def synthesise(self, text: str, rate: float, stop: Stop) -> tuple[Samples, int]:
        if self.problem:
            raise self.problem
        if stop.requested:
            raise Stopped
        self.said.append(text)
        return np.ones(round(len(text) * 10 / rate), np.float32), 1000

    def use(self, name: str) -> None:
        self.used.append(name)

    def language(self) -> str:
        return "en-us"

    def unload(self) -> None:
        self.unloaded += 1


@pytest.fixture
def ear() -> Notepad:
    return Notepad()


@pytest.fixture
def teller() -> Teller:
    return Teller()


@pytest.fixture
def speech(teller: Teller, ear: Notepad) -> Iterator[Speech]:
    made = Speech(teller, ear)
    yield made
    made.close()


@pytest.fixture(scope="module")
def piper() -> Piper:
    voice = choose_voice(Path("nowhere"))
    return Piper(lambda _: voice)


def test_what_is_said_after_comes_after(speech: Speech, teller: Teller) -> None:
    speech.say_now("One.")
    speech.say_after("Two.")
    speech.say_after("Three.")
    assert speech.wait(10)
    assert teller.said == ["One.", "Two.", "Three."]


def test_what_is_said_now_cuts_what_is_being_said_and_what_waits(
    speech: Speech, teller: Teller, ear: Notepad
) -> None:
    speech.say_now("A first sentence. " * 40)
    speech.say_after("Never.")
    until(ear.sounded.is_set)
    speech.say_now("Last.")
    assert speech.wait(10)
    assert teller.said[-1] == "Last."
    assert "Never." not in teller.said
    assert "hush" in ear.heard
    assert len(teller.said) < 40


def test_it_tells_when_it_begins_and_when_all_has_been_heard(teller: Teller, ear: Notepad) -> None:
    told: list[tuple[bool, float]] = []
    speech = Speech(teller, ear, on_change=lambda on: told.append((on, time.monotonic())))
    assert not speech.speaking
    speech.say_now("Twenty letters here.")
    assert speech.speaking
    assert speech.wait(10)
    assert [on for on, _ in told] == [True, False]
    assert told[1][1] - told[0][1] == pytest.approx(0.2, abs=0.1), "it is heard for 200 ms"
    speech.close()


def test_quiet_in_the_middle_of_a_sentence_is_instant_with_an_hour_of_text_waiting(
    speech: Speech, ear: Notepad
) -> None:
    hour = "A sentence of about fifty letters, as books have it. " * 1100
    for _ in range(10):
        speech.say_after(hour)
    until(ear.sounded.is_set)
    began = time.perf_counter()
    speech.be_quiet()
    assert (time.perf_counter() - began) < 0.5
    assert ear.heard[-1] == "hush"
    assert not speech.speaking or until(lambda: not speech.speaking, patience=1.0)
    count = len(ear.heard)
    threading.Event().wait(0.3)
    assert len(ear.heard) == count, "something was handed on after the silence"


def test_a_megabyte_is_begun_at_once_and_quiet_at_once(speech: Speech, ear: Notepad) -> None:
    text = "A sentence of a book, as there are many. " * 25_000
    began = time.perf_counter()
    speech.say_now(text)
    assert time.perf_counter() - began < 0.25, "the caller waits"
    until(ear.sounded.is_set, patience=3.0)
    speech.be_quiet()
    assert speech.wait(1)
    assert ear.heard[-1] == "hush"


def test_only_a_little_is_ready_ahead(speech: Speech, teller: Teller, ear: Notepad) -> None:
    speech.say_now("A sentence of about fifty letters, as books have it. " * 1100)
    until(lambda: len(teller.said) >= 5)
    threading.Event().wait(0.3)
    ready = sum(len(piece) / 4 for piece in ear.heard) / 1000
    assert ready < AHEAD_S + 2


def test_with_nobody_to_hear_nothing_is_synthesised(speech: Speech, teller: Teller, ear: Notepad) -> None:
    ear.there = False
    speech.say_now("Nobody hears this.")
    assert speech.wait(10)
    assert teller.said == []


def test_why_it_cannot_speak_is_told_once_and_again_after_it_could(teller: Teller, ear: Notepad) -> None:
    problems: list[RubatoError] = []
    speech = Speech(teller, ear, on_problem=problems.append)
    for problem in (RubatoError("The voice is damaged"), RubatoError("The voice is damaged"), None, None):
        teller.problem = problem
        speech.say_now("Hello.")
        assert speech.wait(10)
    teller.problem = RubatoError("The voice is damaged")
    speech.say_now("Hello.")
    assert speech.wait(10)
    assert [problem.happened for problem in problems] == ["The voice is damaged"] * 2
    speech.close()


@pytest.mark.parametrize("text", ["", "😀", "   "])
def test_of_nothing_nothing_is_heard(speech: Speech, ear: Notepad, text: str) -> None:
    speech.say_now(text)
    assert speech.wait(10)
    assert ear.heard == []


def test_an_unused_voice_is_unloaded_and_speaks_again(teller: Teller, ear: Notepad) -> None:
    speech = Speech(teller, ear, unused_s=0.1)
    speech.say_now("Hello.")
    until(lambda: teller.unloaded == 1)
    speech.say_now("Again.")
    assert speech.wait(10)
    assert teller.said == ["Hello.", "Again."]
    speech.close()


def test_a_voice_is_loaded_before_it_is_needed_and_nothing_is_heard_of_that(
    speech: Speech, teller: Teller, ear: Notepad
) -> None:
    speech.warm()
    until(lambda: teller.said)
    speech.warm()
    assert not speech.speaking
    speech.say_now("Hello.")
    assert speech.wait(10)
    assert teller.said == ["Ready.", "Hello."]
    assert len(ear.heard) == 1


def test_where_nobody_hears_no_voice_is_loaded(speech: Speech, teller: Teller, ear: Notepad) -> None:
    ear.there = False
    speech.warm()
    speech.say_now("Nobody hears this.")
    assert speech.wait(10)
    assert teller.said == []


def test_a_voice_that_was_loaded_and_never_needed_is_unloaded(teller: Teller, ear: Notepad) -> None:
    speech = Speech(teller, ear, unused_s=0.1)
    speech.warm()
    until(lambda: teller.unloaded == 1)
    speech.warm()
    until(lambda: len(teller.said) == 2)
    speech.close()


def test_a_device_that_goes_while_it_speaks_hears_the_rest_when_it_is_back(
    speech: Speech, teller: Teller, ear: Notepad
) -> None:
    speech.say_now("The first sentence of all that are said. The second one. And then the third one.")
    until(lambda: len(ear.heard) == 3)
    ear.there = False
    threading.Event().wait(0.3)
    assert speech.speaking, "it waits"
    ear.there, ear.opening = True, 2
    assert speech.wait(10)
    assert ear.heard[3:] == ear.heard[:3], "what nobody heard is said again, in its order"
    assert teller.said == [
        "The first sentence of all that are said.",
        "The second one.",
        "And then the third one.",
    ]


def test_a_device_that_does_not_come_back_ends_it_and_what_comes_later_is_said(
    speech: Speech, teller: Teller, ear: Notepad, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rubato_desktop.services.voice.pending_audio.PATIENCE_S", 0.3)
    speech.say_now("A sentence of about fifty letters, as books have it. " * 40)
    speech.say_after("Never.")
    until(ear.sounded.is_set)
    ear.there = False
    assert speech.wait(5)
    count = len(ear.heard)
    ear.there, ear.opening = True, 2
    speech.say_now("Later.")
    assert speech.wait(5)
    assert len(ear.heard) == count + 1
    assert teller.said[-1] == "Later."
    assert "Never." not in teller.said


def test_quiet_while_the_device_is_away_is_quiet_when_it_comes_back(speech: Speech, ear: Notepad) -> None:
    speech.say_now("A sentence of about fifty letters, as books have it. " * 40)
    until(ear.sounded.is_set)
    ear.there = False
    threading.Event().wait(0.3)
    speech.be_quiet()
    assert speech.wait(1), "it goes on waiting"
    count = len(ear.heard)
    ear.there, ear.opening = True, 2
    threading.Event().wait(0.3)
    assert len(ear.heard) == count


def test_after_its_end_nothing_is_said(speech: Speech, teller: Teller) -> None:
    speech.close()
    speech.say_now("Too late.")
    assert not speech.speaking
    assert teller.said == []


def test_the_real_voice_is_quiet_in_mid_sentence_and_says_the_next(piper: Piper, ear: Notepad) -> None:
    speech = Speech(piper, ear)
    speech.say_now(LONG)
    until(ear.sounded.is_set)
    speech.be_quiet()
    until(lambda: not speech.speaking, patience=2.0)
    assert ear.heard[-1] == "hush"
    ear.sounded.clear()
    speech.say_now("Next.")
    until(ear.sounded.is_set, patience=5.0)
    assert isinstance(ear.heard[-1], bytes)
    speech.close()
