"""Speech, heard by another process through a real JACK server."""

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
    """Return for each 10 ms whether anything is capture."""
    hop = capture.rate // 100
    return np.abs(capture.sound[: len(capture.sound) // hop * hop]).reshape(-1, hop).max(axis=1) > LOUD


def silent_after_ms(capture: Capture, at_ns: int) -> float:
    """Return the ms from a moment to the last sample that is capture."""
    last = int(np.flatnonzero(np.abs(capture.sound) > LOUD)[-1])
    return float(capture.arrived[last // capture.frames] - at_ns) / 1e6


def level(capture: Capture, hz: float, start: float, end: float) -> float:
    """Return how loud the band around a frequency is between two seconds.

    Its energy, not the amplitude of one frequency: instruments beat, and a block that a busy machine loses turns
    their phase, so that over half a second one frequency may cancel itself.
    """
    part = capture.sound[int(start * capture.rate) : int(end * capture.rate)] * 1.0
    shape = np.hanning(len(part))
    power = np.abs(np.fft.rfft(part * shape)) ** 2
    around = np.abs(np.fft.rfftfreq(len(part), 1 / capture.rate) - hz) < BAND_HZ
    return float(np.sqrt(power[around].sum() / (shape**2).sum()))


def test_what_is_said_is_heard_whole(speech: Speech) -> None:
    recorder = AudioRecorder(7.0)
    speech.say_now(SENTENCE)
    assert speech.wait(30)
    capture = recorder.finish()
    assert 2.0 < loud(capture).sum() / 100 < 6.5
    assert 0.05 < np.abs(capture.sound).max() < 1.0


def test_quiet_in_mid_sentence_is_heard_within_100_ms(speech: Speech) -> None:
    recorder = AudioRecorder(4.0)
    speech.say_now(SENTENCE * 500)
    threading.Event().wait(1.6)
    asked = time.perf_counter_ns()
    speech.be_quiet()
    capture = recorder.finish()
    assert loud(capture).any()
    after = silent_after_ms(capture, asked)
    print(f"silent {after:.0f} ms after the call")
    assert after < 100


def test_what_is_said_now_is_heard_in_place_of_what_was(speech: Speech) -> None:
    recorder = AudioRecorder(5.0)
    speech.say_now(SENTENCE * 500)
    threading.Event().wait(1.5)
    speech.say_now("Stopped.")
    assert speech.wait(10)
    spoken = loud(recorder.finish())
    last = int(np.flatnonzero(spoken)[-1])
    assert last < 350, "the long text went on"


def test_keys_give_way_to_speech_and_come_back(sound: AudioClient, speech: Speech) -> None:
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


def test_speech_over_a_fortissimo_is_not_cut_off(sound: AudioClient, speech: Speech) -> None:
    recorder = AudioRecorder(4.0)
    for note in range(48, 84, 3):
        sound.echo(Message(0, "hand", bytes((0x90, note, 127))))
    speech.say_now(SENTENCE)
    capture = recorder.finish()
    sound.release()
    assert np.abs(capture.sound[capture.rate // 2 :]).max() < 1.0


def test_a_sound_process_that_dies_while_it_speaks_is_heard_again(sound: AudioClient, speech: Speech) -> None:
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


def test_a_sound_server_that_dies_while_it_speaks_hears_the_rest_when_it_is_back(
    jack: JackServer, sound: AudioClient, speech: Speech
) -> None:
    speech.say_now(SENTENCE * 2)
    speech.say_after("And this is the end of it.")
    threading.Event().wait(1.0)
    jack.kill()
    until(lambda: sound.output == "", "the server to be missed")
    jack.start()
    until(lambda: sound.output != "", "the sound to come back")
    recorder = AudioRecorder(12.0)
    assert speech.wait(20)
    spoken = loud(recorder.finish()).sum() / 100
    print(f"{spoken:.1f} s of speech after the server came back")
    assert 4.5 < spoken < 11, "the sentence it was in, the next, and what waited"


def test_a_sound_server_that_stays_away_ends_what_is_said_and_hangs_nothing(
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


def test_the_result_of_a_word_is_said_and_stop_quiets_it(app: App) -> None:
    player = LivePlayer(app)
    assert app.services.speech is None, "nothing was said yet"
    recorder = AudioRecorder(8.0)
    player.play("0 12 13 0")
    until(lambda: app.services.speech is not None and app.services.speech.speaking, "a word to be answered")
    threading.Event().wait(2.0)
    assert app.services.speech is not None and app.services.speech.speaking
    asked = time.perf_counter_ns()
    player.play("0 2 0")
    until(lambda: not app.services.speech.speaking)
    capture = recorder.finish()
    assert loud(capture).sum() > 20, "nothing was said"
    after = silent_after_ms(capture, asked)
    print(f"silent {after:.0f} ms after the keys")
    # It may have been in the pause between two sentences when it was asked.
    assert -500 < after < 100, "it was speaking, and is no more"


def test_words_say_it_again_and_switch_it_off_and_on(app: App) -> None:
    player = LivePlayer(app)

    def heard_of(keys: str) -> float:
        """Seconds of speech that are heard of a word."""
        recorder = AudioRecorder(4.0)
        player.play(keys)
        return float(loud(recorder.finish()).sum()) / 100

    first = heard_of("0 12 11 0 0 7 0 24")
    assert first > 1.0, "0 7 0: click and so on"
    assert heard_of("0 2 5 0") == pytest.approx(first, rel=0.5)
    assert 0.3 < heard_of("5 11 10 5") < 1.6, "speech off"
    assert heard_of("0 2 3 0") == 0.0
    assert 0.3 < heard_of("5 10 11 5") < 1.6, "speech on"


def test_rubato_say_speaks_through_the_program_that_runs(jack: JackServer, tmp_path: Path) -> None:
    program = Program(tmp_path / "data")
    try:
        until(lambda: program.ask("status")["value"]["problems"] == [], "the sound to be there")
        recorder = AudioRecorder(8.0)
        began = time.monotonic()
        said = rubato("say", "This is the first one.", "--data", str(program.data), "--json")
        then = rubato("say", "This is the second one.", "--data", str(program.data), "--rate", "2", "--json")
        print(f"both were taken after {time.monotonic() - began:.1f} s")
        assert said["running"] is then["running"] is True
        spoken = loud(recorder.finish())
        assert 1.5 < spoken.sum() / 100 < 6.0
        assert [line["args"]["text"] for line in program.results("say")] == [
            "This is the first one.",
            "This is the second one.",
        ]
        recorder = AudioRecorder(5.0)
        rubato("say", SENTENCE * 100, "--data", str(program.data), "--json")
        threading.Event().wait(1.0)
        asked = time.perf_counter_ns()
        program.ask("stop")
        assert silent_after_ms(recorder.finish(), asked) < 200
    finally:
        program.end()


def test_rubato_say_speaks_itself_where_no_program_runs(jack: JackServer, tmp_path: Path) -> None:
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


def test_switched_off_nothing_is_said(app: App) -> None:
    app.engine.set("speech", False)
    app.engine.settle()
    recorder = AudioRecorder(2.0)
    LivePlayer(app).play("0 12 13 0")
    assert not loud(recorder.finish()).any()
    assert app.services.speech is None
