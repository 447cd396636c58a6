"""The speech queue, with Piper or a silent synthesiser, and a sink that records what reaches it."""

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


class RecordingSink:
    """A sink that records what it plays, and "silence"."""

    def __init__(self) -> None:
        self.present = True
        self.openings = 1
        self.played: list[bytes | str] = []
        self.playing = threading.Event()

    def wait_until_open(self) -> bool:
        return self.present

    def opening(self) -> int:
        return self.openings if self.present else 0

    def encode(self, samples: Samples, rate: int, volume: float) -> bytes:
        return (samples * np.float32(volume)).tobytes()

    def play(self, data: bytes) -> None:
        self.played.append(data)
        self.playing.set()

    def silence(self) -> None:
        self.played.append("silence")


class SilentSynthesis:
    """A synthesiser without a voice: each character lasts 10 ms, and each segment is recorded."""

    def __init__(self) -> None:
        self.spoken: list[str] = []
        self.problem: RubatoError | None = None
        self.unloaded = 0
        self.used: list[str] = []

    def synthesise(self, text: str, rate: float, stop: Stop) -> tuple[Samples, int]:
        if self.problem:
            raise self.problem
        if stop.requested:
            raise Stopped
        self.spoken.append(text)
        return np.ones(round(len(text) * 10 / rate), np.float32), 1000

    def use(self, name: str) -> None:
        self.used.append(name)

    def language(self) -> str:
        return "en-us"

    def unload(self) -> None:
        self.unloaded += 1


@pytest.fixture
def sink() -> RecordingSink:
    return RecordingSink()


@pytest.fixture
def synthesis() -> SilentSynthesis:
    return SilentSynthesis()


@pytest.fixture
def speech(synthesis: SilentSynthesis, sink: RecordingSink) -> Iterator[Speech]:
    made = Speech(synthesis, sink)
    yield made
    made.close()


@pytest.fixture(scope="module")
def piper() -> Piper:
    voice = choose_voice(Path("nowhere"))
    return Piper(lambda _: voice)


def test_say_after_queues(speech: Speech, synthesis: SilentSynthesis) -> None:
    speech.say_now("One.")
    speech.say_after("Two.")
    speech.say_after("Three.")
    assert speech.wait(10)
    assert synthesis.spoken == ["One.", "Two.", "Three."]


def test_say_now_replaces_what_is_playing_and_queued(
    speech: Speech, synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    speech.say_now("A first sentence. " * 40)
    speech.say_after("Never.")
    until(sink.playing.is_set)
    speech.say_now("Last.")
    assert speech.wait(10)
    assert synthesis.spoken[-1] == "Last."
    assert "Never." not in synthesis.spoken
    assert "silence" in sink.played
    assert len(synthesis.spoken) < 40


def test_changes_are_reported_when_speech_begins_and_when_it_has_been_played(
    synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    changes: list[tuple[bool, float]] = []
    speech = Speech(synthesis, sink, on_change=lambda on: changes.append((on, time.monotonic())))
    assert not speech.speaking
    speech.say_now("Twenty letters here.")
    assert speech.speaking
    assert speech.wait(10)
    assert [on for on, _ in changes] == [True, False]
    assert changes[1][1] - changes[0][1] == pytest.approx(0.2, abs=0.1), "it plays for 200 ms"
    speech.close()


def test_silence_is_instant_with_an_hour_of_text_queued(speech: Speech, sink: RecordingSink) -> None:
    hour = "A sentence of about fifty letters, as books have it. " * 1100
    for _ in range(10):
        speech.say_after(hour)
    until(sink.playing.is_set)
    began = time.perf_counter()
    speech.be_quiet()
    assert (time.perf_counter() - began) < 0.5
    assert sink.played[-1] == "silence"
    assert not speech.speaking or until(lambda: not speech.speaking, patience=1.0)
    count = len(sink.played)
    threading.Event().wait(0.3)
    assert len(sink.played) == count, "something was played after the silence"


def test_a_megabyte_starts_at_once_and_stops_at_once(speech: Speech, sink: RecordingSink) -> None:
    text = "A sentence of a book, as there are many. " * 25_000
    began = time.perf_counter()
    speech.say_now(text)
    assert time.perf_counter() - began < 0.25, "the caller was blocked"
    until(sink.playing.is_set, patience=3.0)
    speech.be_quiet()
    assert speech.wait(1)
    assert sink.played[-1] == "silence"


def test_little_is_synthesised_ahead_of_playback(
    speech: Speech, synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    speech.say_now("A sentence of about fifty letters, as books have it. " * 1100)
    until(lambda: len(synthesis.spoken) >= 5)
    threading.Event().wait(0.3)
    ahead_s = sum(len(chunk) / 4 for chunk in sink.played) / 1000
    assert ahead_s < AHEAD_S + 2


def test_nothing_is_synthesised_without_a_device(
    speech: Speech, synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    sink.present = False
    speech.say_now("Nobody hears this.")
    assert speech.wait(10)
    assert synthesis.spoken == []


def test_a_problem_is_reported_once_and_again_after_speech_has_worked(
    synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    problems: list[RubatoError] = []
    speech = Speech(synthesis, sink, on_problem=problems.append)
    for problem in (RubatoError("The voice is damaged"), RubatoError("The voice is damaged"), None, None):
        synthesis.problem = problem
        speech.say_now("Hello.")
        assert speech.wait(10)
    synthesis.problem = RubatoError("The voice is damaged")
    speech.say_now("Hello.")
    assert speech.wait(10)
    assert [problem.happened for problem in problems] == ["The voice is damaged"] * 2
    speech.close()


@pytest.mark.parametrize("text", ["", "😀", "   "])
def test_empty_text_is_not_spoken(speech: Speech, sink: RecordingSink, text: str) -> None:
    speech.say_now(text)
    assert speech.wait(10)
    assert sink.played == []


def test_an_unused_voice_is_unloaded_and_can_speak_again(
    synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    speech = Speech(synthesis, sink, unused_s=0.1)
    speech.say_now("Hello.")
    until(lambda: synthesis.unloaded == 1)
    speech.say_now("Again.")
    assert speech.wait(10)
    assert synthesis.spoken == ["Hello.", "Again."]
    speech.close()


def test_warming_loads_the_voice_silently(
    speech: Speech, synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    speech.warm()
    until(lambda: synthesis.spoken)
    speech.warm()
    assert not speech.speaking
    speech.say_now("Hello.")
    assert speech.wait(10)
    assert synthesis.spoken == ["Ready.", "Hello."]
    assert len(sink.played) == 1


def test_warming_without_a_device_loads_nothing(
    speech: Speech, synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    sink.present = False
    speech.warm()
    speech.say_now("Nobody hears this.")
    assert speech.wait(10)
    assert synthesis.spoken == []


def test_a_warmed_voice_that_is_not_used_is_unloaded(synthesis: SilentSynthesis, sink: RecordingSink) -> None:
    speech = Speech(synthesis, sink, unused_s=0.1)
    speech.warm()
    until(lambda: synthesis.unloaded == 1)
    speech.warm()
    until(lambda: len(synthesis.spoken) == 2)
    speech.close()


def test_speech_resumes_when_a_lost_device_is_reopened(
    speech: Speech, synthesis: SilentSynthesis, sink: RecordingSink
) -> None:
    speech.say_now("The first sentence of all that are said. The second one. And then the third one.")
    until(lambda: len(sink.played) == 3)
    sink.present = False
    threading.Event().wait(0.3)
    assert speech.speaking, "it did not wait for the device"
    sink.present, sink.openings = True, 2
    assert speech.wait(10)
    assert sink.played[3:] == sink.played[:3], "the lost chunks were not replayed in order"
    assert synthesis.spoken == [
        "The first sentence of all that are said.",
        "The second one.",
        "And then the third one.",
    ]


def test_speech_is_dropped_when_a_lost_device_does_not_return_in_time(
    speech: Speech, synthesis: SilentSynthesis, sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rubato_desktop.services.voice.pending_audio.TIMEOUT_S", 0.3)
    speech.say_now("A sentence of about fifty letters, as books have it. " * 40)
    speech.say_after("Never.")
    until(sink.playing.is_set)
    sink.present = False
    assert speech.wait(5)
    count = len(sink.played)
    sink.present, sink.openings = True, 2
    speech.say_now("Later.")
    assert speech.wait(5)
    assert len(sink.played) == count + 1
    assert synthesis.spoken[-1] == "Later."
    assert "Never." not in synthesis.spoken


def test_silenced_speech_does_not_resume_when_the_device_is_reopened(
    speech: Speech, sink: RecordingSink
) -> None:
    speech.say_now("A sentence of about fifty letters, as books have it. " * 40)
    until(sink.playing.is_set)
    sink.present = False
    threading.Event().wait(0.3)
    speech.be_quiet()
    assert speech.wait(1), "it still waits for the device"
    count = len(sink.played)
    sink.present, sink.openings = True, 2
    threading.Event().wait(0.3)
    assert len(sink.played) == count


def test_nothing_is_spoken_after_close(speech: Speech, synthesis: SilentSynthesis) -> None:
    speech.close()
    speech.say_now("Too late.")
    assert not speech.speaking
    assert synthesis.spoken == []


def test_piper_stops_in_mid_sentence_and_speaks_the_next_text(piper: Piper, sink: RecordingSink) -> None:
    speech = Speech(piper, sink)
    speech.say_now(LONG)
    until(sink.playing.is_set)
    speech.be_quiet()
    until(lambda: not speech.speaking, patience=2.0)
    assert sink.played[-1] == "silence"
    sink.playing.clear()
    speech.say_now("Next.")
    until(sink.playing.is_set, patience=5.0)
    assert isinstance(sink.played[-1], bytes)
    speech.close()
