"""The sound of the program, recorded by another process through a real JACK server."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rtmidi
from audio_recorder import AudioRecorder, frequency
from servers import JackServer
from waiting import until

from rubato_desktop.app import App
from rubato_desktop.audio.client import AudioClient
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.messages import Message, note_off, note_on
from rubato_desktop.midi.notes import Notes

pytestmark = pytest.mark.xdist_group("jack")

SECOND = 1_000_000
LEAD_SQUARE = 81  # 1-based; a steady tone with a clear pitch


@pytest.fixture
def problems() -> list[RubatoError | None]:
    return []


@pytest.fixture
def sound(jack: JackServer, problems: list[RubatoError | None]) -> Iterator[AudioClient]:
    client = AudioClient(instrument=LEAD_SQUARE, on_problem=problems.append)
    client.start()
    until(lambda: client.output != "")
    yield client
    client.stop()


def peak(sound: np.ndarray) -> float:
    return float(np.abs(sound).max(initial=0.0))


@pytest.mark.parametrize("note", [48, 60, 69])
def test_key_of_another_process_sounds_at_its_pitch(sound: AudioClient, note: int) -> None:
    keys = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "rubato test")
    keys.open_virtual_port("in")
    keys.set_callback(lambda event, _: sound.echo(Message(0, "keys", bytes(event[0]))))
    try:
        capture = AudioRecorder(
            1.2, [(0.1, 0x90, note, 90), (0.9, 0x80, note, 0)], play="rubato test"
        ).finish()
    finally:
        keys.close_port()
    assert capture.latency_ms(0) is not None
    assert capture.pitch(0.3, 0.8) == pytest.approx(frequency(note), rel=0.015)


def test_released_key_is_silent(sound: AudioClient) -> None:
    sound.echo(note_on(0, "keys", 60))
    recorder = AudioRecorder(1.0)
    sound.echo(note_off(0, "keys", 60))
    capture = recorder.finish()
    assert peak(capture.sound[-capture.rate // 4 :]) < 0.001


def test_cue_sounds(sound: AudioClient) -> None:
    recorder = AudioRecorder(0.8)
    sound.cue("understood")
    assert peak(recorder.finish().sound) > 0.01


def test_keys_of_a_word_sound_in_turn(sound: AudioClient) -> None:
    recorder = AudioRecorder(1.0)
    sound.play_keys([12, 24], base=48, instrument=LEAD_SQUARE)
    capture = recorder.finish()
    begin = int(np.argmax(np.abs(capture.sound) > 0.005)) / capture.rate
    assert capture.pitch(begin + 0.02, begin + 0.19) == pytest.approx(frequency(60), rel=0.03)
    assert capture.pitch(begin + 0.25, begin + 0.4) == pytest.approx(frequency(72), rel=0.03)


def test_recording_and_played_keys_do_not_affect_each_other(
    sound: AudioClient,
) -> None:
    sound.deck.load(Notes.of([(0, 4 * SECOND, 0, 0, 69, 90)], ["t"]), [(0, 0, bytes((0xC0, 80)))])
    sound.deck.play()
    recorder = AudioRecorder(1.5)
    # The same note on the same channel is released, and the channel silenced; the recording continues.
    sound.echo(note_on(0, "keys", 69))
    sound.echo(note_off(0, "keys", 69))
    sound.echo(Message(0, "keys", bytes((0xB0, 120, 0))))
    capture = recorder.finish()
    assert capture.pitch(0.8, 1.4) == pytest.approx(frequency(69), rel=0.015)
    assert 0 < sound.deck.position_us() <= 4 * SECOND


def test_note_held_at_the_start_position_sounds_at_once(sound: AudioClient) -> None:
    long = [(0, 60 * SECOND, 0, 0, 69, 90), (0, SECOND, 0, 0, 57, 90)]
    sound.deck.load(Notes.of(long, ["t"]), [(0, 0, bytes((0xC0, 80)))])
    sound.deck.seek(20 * SECOND)
    recorder = AudioRecorder(0.6)
    sound.deck.play()
    capture = recorder.finish()
    assert capture.pitch(0.3, 0.55) == pytest.approx(frequency(69), rel=0.015)
    sound.deck.seek(30 * SECOND)
    assert AudioRecorder(0.8).finish().pitch(0.3, 0.7) == pytest.approx(frequency(69), rel=0.015)


def test_seeking_while_stopped_is_silent(sound: AudioClient) -> None:
    sound.deck.load(Notes.of([(0, 60 * SECOND, 0, 0, 69, 90)], ["t"]), [(0, 0, bytes((0xC0, 80)))])
    recorder = AudioRecorder(1.0)
    sound.deck.seek(20 * SECOND)
    capture = recorder.finish()
    # Only the end: a started note would still sound, while the start of a recording may contain a click.
    assert peak(capture.sound[-capture.rate // 4 :]) < 0.001


def test_silence_stops_keys_and_playback(sound: AudioClient) -> None:
    sound.deck.load(Notes.of([(0, 60 * SECOND, 0, 0, 69, 90)], ["t"]), [(0, 0, bytes((0xC0, 80)))])
    sound.deck.play()
    sound.echo(note_on(0, "keys", 60))
    recorder = AudioRecorder(1.0)
    sound.silence()
    capture = recorder.finish()
    assert peak(capture.sound[-capture.rate // 4 :]) < 0.001
    assert not sound.deck.playing


def test_killed_server_is_reported_once_and_sound_returns_with_it(
    jack: JackServer, sound: AudioClient, problems: list[RubatoError | None]
) -> None:
    once_a_second = [(i * SECOND, i * SECOND + 950_000, 0, 0, 69, 90) for i in range(600)]
    sound.deck.load(Notes.of(once_a_second, ["t"]), [(0, 0, bytes((0xC0, 80)))])
    sound.deck.play()
    jack.kill()
    until(lambda: any(problem and problem.code == "sound_gone" for problem in problems))
    position = sound.deck.position_us()
    until(lambda: sound.deck.position_us() > position + SECOND)
    assert sound.deck.playing
    assert sound.output == ""
    jack.start()
    until(lambda: sound.output != "")
    until(lambda: sound.problem is None)
    assert AudioRecorder(1.0).finish().pitch(0.3, 0.9) == pytest.approx(frequency(69), rel=0.015)
    assert [problem.code for problem in problems if problem].count("sound_gone") == 1


def test_status_lists_sound_and_speech(jack: JackServer, tmp_path: Path) -> None:
    app = App(tmp_path / "data", devices=False)
    app.start()
    try:
        until(lambda: app.sound.output)
        status = app.engine.run("status").result(10)
    finally:
        app.stop()
    assert {"sound", "speech"} <= set(status.value["has"])
    assert status.text.startswith("Keys and sound are ready")
