"""Speech, recorded by another process through a real JACK server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from audio_recorder import AudioRecorder, Capture, frequency
from live_player import LivePlayer
from program import Program
from servers import JackServer
from waiting import until

from rubato_desktop.app import App
from rubato_desktop.audio.client import AudioClient
from rubato_desktop.midi.messages import Message
from rubato_desktop.services.voice.factory import open_speech
from rubato_desktop.services.voice.speech import Speech
from rubato_desktop.settings import Settings

pytestmark = pytest.mark.xdist_group("jack")

LOUD = 0.004
BAND_HZ = 40.0
SENTENCE = "The quick brown fox jumps over the lazy dog and then goes home to sleep. "


@pytest.fixture
def sound(jack: JackServer) -> Iterator[AudioClient]:
    made = AudioClient(instrument=81)
    made.start()
    until(lambda: made.output != "")
    yield made
    made.stop()


@pytest.fixture
def speech(sound: AudioClient, tmp_path: Path) -> Iterator[Speech]:
    made = open_speech(tmp_path, sound, Settings())
    made.say_now("Warm.")
    assert made.wait(60)
    yield made
    made.close()


def loud(capture: Capture) -> np.ndarray:
    """Return for each 10 ms whether it is audible."""
    hop = capture.rate // 100
    return np.abs(capture.sound[: len(capture.sound) // hop * hop]).reshape(-1, hop).max(axis=1) > LOUD


def silent_after_ms(capture: Capture, at_ns: int) -> float:
    """Return the time (ms) from a moment (ns) to the last audible sample."""
    last = int(np.flatnonzero(np.abs(capture.sound) > LOUD)[-1])
    return float(capture.arrived[last // capture.frames] - at_ns) / 1e6


def level(capture: Capture, hz: float, start: float, end: float) -> float:
    """Return the level of the band around a frequency, between two times in seconds.

    It is the energy of the band, not the amplitude of one frequency: instruments beat, and a block that a busy machine
    drops shifts the phase, so that over half a second a single frequency may cancel itself.
    """
    part = capture.sound[int(start * capture.rate) : int(end * capture.rate)] * 1.0
    window = np.hanning(len(part))
    power = np.abs(np.fft.rfft(part * window)) ** 2
    band = np.abs(np.fft.rfftfreq(len(part), 1 / capture.rate) - hz) < BAND_HZ
    return float(np.sqrt(power[band].sum() / (window**2).sum()))


def test_a_sentence_is_played_whole(speech: Speech) -> None:
    recorder = AudioRecorder(7.0)
    speech.say_now(SENTENCE)
    assert speech.wait(30)
    capture = recorder.finish()
    assert 2.0 < loud(capture).sum() / 100 < 6.5
    assert 0.05 < np.abs(capture.sound).max() < 1.0


def test_speech_is_silent_within_100_ms(speech: Speech) -> None:
    recorder = AudioRecorder(4.0)
    speech.say_now(SENTENCE * 500)
    threading.Event().wait(1.6)
    requested = time.perf_counter_ns()
    speech.be_quiet()
    capture = recorder.finish()
    assert loud(capture).any()
    after = silent_after_ms(capture, requested)
    print(f"silent {after:.0f} ms after the call")
    assert after < 100


def test_say_now_replaces_what_is_playing(speech: Speech) -> None:
    recorder = AudioRecorder(5.0)
    speech.say_now(SENTENCE * 500)
    threading.Event().wait(1.5)
    speech.say_now("Stopped.")
    assert speech.wait(10)
    spoken = loud(recorder.finish())
    last = int(np.flatnonzero(spoken)[-1])
    assert last < 350, "the long text went on"


def test_keys_are_ducked_while_it_speaks(sound: AudioClient, speech: Speech) -> None:
    note = 100
    sound.echo(Message(0, "hand", bytes((0x90, note, 100))))
    recorder = AudioRecorder(15.0)
    threading.Event().wait(1.5)
    speech.say_now(SENTENCE)
    assert speech.wait(20)
    capture = recorder.finish()
    sound.release()
    speaks = np.flatnonzero(np.abs(capture.sound) > 1.6 * np.abs(capture.sound[: capture.rate]).max())
    middle, end = float(speaks[len(speaks) // 2]) / capture.rate, float(speaks[-1]) / capture.rate
    before, during, after = (
        level(capture, frequency(note), at, at + 1) for at in (0.3, middle - 0.5, end + 2)
    )
    assert during / before == pytest.approx(0.35, abs=0.15)
    assert after / before == pytest.approx(1.0, abs=0.2)


def test_speech_over_a_fortissimo_does_not_clip(sound: AudioClient, speech: Speech) -> None:
    recorder = AudioRecorder(4.0)
    for note in range(48, 84, 3):
        sound.echo(Message(0, "hand", bytes((0x90, note, 127))))
    speech.say_now(SENTENCE)
    capture = recorder.finish()
    sound.release()
    assert np.abs(capture.sound[capture.rate // 2 :]).max() < 1.0


def test_speech_works_again_after_the_sound_process_was_killed(sound: AudioClient, speech: Speech) -> None:
    speech.say_now(SENTENCE * 50)
    threading.Event().wait(0.8)
    before = sound.process_id
    os.kill(before, signal.SIGKILL)
    until(lambda: sound.process_id != before and sound.output != "", "the sound to come back")
    speech.be_quiet()
    recorder = AudioRecorder(2.5)
    speech.say_now("Here again.")
    assert speech.wait(10)
    assert loud(recorder.finish()).any()


def test_speech_resumes_after_the_sound_server_was_restarted(
    jack: JackServer, sound: AudioClient, speech: Speech
) -> None:
    speech.say_now(SENTENCE * 2)
    speech.say_after("And this is the end of it.")
    threading.Event().wait(1.0)
    jack.kill()
    until(lambda: sound.output == "", "the loss of the server to be noticed")
    jack.start()
    until(lambda: sound.output != "", "the sound to come back")
    recorder = AudioRecorder(12.0)
    assert speech.wait(20)
    spoken = loud(recorder.finish()).sum() / 100
    print(f"{spoken:.1f} s of speech after the server came back")
    assert 4.5 < spoken < 11, "the sentence it was in, the next, and what waited"


def test_speech_is_dropped_when_the_sound_server_does_not_return(
    jack: JackServer, sound: AudioClient, speech: Speech
) -> None:
    speech.say_now(SENTENCE * 500)
    threading.Event().wait(1.0)
    jack.kill()
    try:
        assert speech.wait(20)
        speech.say_now("Nobody hears this.")
        assert speech.wait(10)
    finally:
        jack.start()
    until(lambda: sound.output != "", "the sound to come back")
    recorder = AudioRecorder(2.5)
    speech.say_now("Here again.")
    assert speech.wait(10)
    assert loud(recorder.finish()).any()


@pytest.fixture
def app(jack: JackServer, tmp_path: Path) -> Iterator[App]:
    running = App(tmp_path / "data", devices=False)
    running.engine.set("cues", False)
    running.engine.set("echo", False)
    running.start()
    until(lambda: running.sound.output != "")
    yield running
    running.stop()


def test_the_result_of_a_word_is_spoken_and_stop_silences_it(app: App) -> None:
    player = LivePlayer(app)
    assert app.services.speech is None, "the voice was opened before anything was spoken"
    recorder = AudioRecorder(8.0)
    player.play("0 12 13 0")
    until(lambda: app.services.speech is not None and app.services.speech.speaking, "the result to be spoken")
    threading.Event().wait(2.0)
    assert app.services.speech is not None and app.services.speech.speaking
    requested = time.perf_counter_ns()
    player.play("0 2 0")
    until(lambda: not app.services.speech.speaking)
    capture = recorder.finish()
    assert loud(capture).sum() > 20, "nothing was spoken"
    after = silent_after_ms(capture, requested)
    print(f"silent {after:.0f} ms after the keys")
    # It may have been in the pause between two sentences at that moment.
    assert -500 < after < 100, "it went on speaking"


def test_words_repeat_the_speech_and_switch_it_off_and_on(app: App) -> None:
    player = LivePlayer(app)

    def speech_s(keys: str) -> float:
        """Return the duration of the speech that a word causes, in seconds."""
        recorder = AudioRecorder(4.0)
        player.play(keys)
        return float(loud(recorder.finish()).sum()) / 100

    first = speech_s("0 12 11 0 0 7 0 24")
    assert first > 1.0, "0 7 0: click and so on"
    assert speech_s("0 2 5 0") == pytest.approx(first, rel=0.5)
    assert 0.3 < speech_s("5 11 10 5") < 1.6, "speech off"
    assert speech_s("0 2 3 0") == 0.0
    assert 0.3 < speech_s("5 10 11 5") < 1.6, "speech on"


def test_rubato_say_speaks_through_the_running_program(jack: JackServer, tmp_path: Path) -> None:
    program = Program(tmp_path / "data")
    try:
        until(lambda: program.ask("status")["value"]["problems"] == [], "the sound to open")
        recorder = AudioRecorder(8.0)
        began = time.monotonic()
        first = rubato("say", "This is the first one.", "--data", str(program.data), "--json")
        second = rubato(
            "say", "This is the second one.", "--data", str(program.data), "--rate", "2", "--json"
        )
        print(f"both were accepted after {time.monotonic() - began:.1f} s")
        assert first["running"] is second["running"] is True
        spoken = loud(recorder.finish())
        assert 1.5 < spoken.sum() / 100 < 6.0
        assert [line["args"]["text"] for line in program.results("say")] == [
            "This is the first one.",
            "This is the second one.",
        ]
        recorder = AudioRecorder(5.0)
        rubato("say", SENTENCE * 100, "--data", str(program.data), "--json")
        threading.Event().wait(1.0)
        requested = time.perf_counter_ns()
        program.ask("stop")
        assert silent_after_ms(recorder.finish(), requested) < 200
    finally:
        program.end()


def test_rubato_say_speaks_itself_when_no_program_is_running(jack: JackServer, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rubato_desktop", "say", SENTENCE, "--data", str(tmp_path), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    recorder = AudioRecorder(6.0)
    out, _ = process.communicate(timeout=30)
    assert json.loads(out)["running"] is False
    assert 2.0 < loud(recorder.finish()).sum() / 100 < 6.5


def rubato(*arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "rubato_desktop", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_nothing_is_spoken_when_speech_is_off(app: App) -> None:
    app.engine.set("speech", False)
    app.engine.settle()
    recorder = AudioRecorder(2.0)
    LivePlayer(app).play("0 12 13 0")
    assert not loud(recorder.finish()).any()
    assert app.services.speech is None
