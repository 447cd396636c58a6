"""The audio client without a device: everything works silently, and the reason is reported."""

import os
import signal
import threading
from pathlib import Path

import pytest
from silent_audio import PATIENCE, Listener, notes
from waiting import until

from rubato_desktop.audio.client import AudioClient
from rubato_desktop.midi.messages import Message, note_on


def test_all_calls_are_accepted_before_the_process_is_ready(listener: Listener) -> None:
    sound = AudioClient(silent=True, on_end=listener.ended.set)
    sound.start()
    sound.echo(note_on(0, "keys", 60))
    sound.cue("understood")
    sound.play_keys([0, 7, 0])
    sound.deck.load(notes(0, 0.2))
    sound.deck.play()
    try:
        assert listener.ended.wait(PATIENCE)
    finally:
        sound.stop()


def test_stopping_twice_and_calls_after_stopping_are_harmless(sound: AudioClient) -> None:
    sound.stop()
    sound.stop()
    sound.echo(note_on(0, "keys", 60))
    sound.cue("understood")
    sound.deck.play()


def test_a_missing_device_is_reported_once_and_a_recording_keeps_time(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "rubato_nowhere")
    sound = AudioClient(on_problem=listener.problems.append, on_end=listener.ended.set)
    sound.start()
    try:
        until(lambda: sound.problem is not None)
        sound.deck.load(notes(0, 2))
        sound.deck.play()
        assert listener.ended.wait(PATIENCE)
        assert listener.codes() == ["no_sound_device"]
        assert (sound.output, sound.latency_ms) == ("", 0)
        assert sound.problem is not None
        assert sound.problem.kept == "Everything else works, without sound"
    finally:
        sound.stop()


def test_a_damaged_soundfont_is_reported_and_its_cause_is_logged(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = tmp_path / "damaged.sf2"
    damaged.write_bytes(b"RIFF....sfbk, but not really")
    monkeypatch.setenv("RUBATO_SOUNDFONT", str(damaged))
    sound = AudioClient(silent=True, on_problem=listener.problems.append)
    sound.start()
    try:
        until(lambda: listener.codes() == ["bad_soundfont"])
        assert listener.problems[0] is not None
        assert listener.problems[0].happened == "The SoundFont cannot be read"
        until(lambda: "RuntimeError" in caplog.text)
    finally:
        sound.stop()


def test_a_fault_in_the_process_is_written_to_its_log_file(tmp_path: Path) -> None:
    log_file = tmp_path / "sound.log"
    sound = AudioClient(silent=True, log_file=log_file)
    sound.start()
    try:
        assert sound.wait_ready(PATIENCE)
        sound._send(do="no such order")
        until(lambda: "ValueError: unknown order 'no such order'" in log_file.read_text())
        assert "Traceback" in log_file.read_text()
        os.kill(sound.process_id, signal.SIGKILL)
        until(lambda: sound.problem is not None)
        assert sound.problem is not None and "sound.log has the details" in sound.problem.todo
    finally:
        sound.stop()


def test_messages_from_many_threads_at_once_are_safe(sound: AudioClient, listener: Listener) -> None:
    def flood(channel: int) -> None:
        for i in range(2000):
            sound.echo(Message(0, "keys", bytes((0x90 | channel, i % 128, 90))))
            if i % 100 == 0:
                sound.cue("understood")

    threads = [threading.Thread(target=flood, args=(channel,)) for channel in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The process is still alive and in sync: a recording plays to its end.
    sound.deck.load(notes(0, 0.1))
    sound.deck.play()
    assert listener.ended.wait(PATIENCE)
    assert listener.problems == []
