"""Spoken commands through the microphone on a real JACK server, alone and together with keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
from audio_source import AudioSource
from live_player import LivePlayer
from servers import JackServer
from waiting import until

from rubato_desktop.app import App
from rubato_desktop.events import Event, Notice, SpeechHeard, WordHeard
from rubato_desktop.services.sessions.session import list_sessions, read_session

pytestmark = pytest.mark.xdist_group("jack")

E = TypeVar("E", bound=Event)


class Room:
    """A running program, a voice that speaks into its microphone, and the events that were published."""

    def __init__(self, app: App, speaker: AudioSource) -> None:
        self.app, self.speaker = app, speaker
        self.events: list[Event] = []
        app.bus.subscribe(self.events.append)
        self.player = LivePlayer(app)

    @property
    def words(self) -> list[tuple[str, dict[str, Any]]]:
        return [(event.word.word, dict(event.word.args)) for event in self.all(WordHeard)]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def say(self, text: str) -> SpeechHeard:
        """Say something and return the event of its recognition."""
        before = len(self.all(SpeechHeard))
        self.speaker.say(text)
        until(lambda: len(self.all(SpeechHeard)) > before, f"{text} to be recognised")
        return self.all(SpeechHeard)[-1]

    def run(self, command: str, **args: Any) -> Any:
        result = self.app.engine.run(command, **args).result(20)
        assert result.status == "ok", result
        return result.value


@pytest.fixture(scope="module")
def speaker() -> Iterator[AudioSource]:
    with JackServer(frames=512), AudioSource() as speaking:
        yield speaking


@pytest.fixture
def room(speaker: AudioSource, tmp_path: Path) -> Iterator[Room]:
    app = App(tmp_path / "data", devices=False, hearing=True)
    for quiet in ("cues", "echo", "speech"):
        app.services.settings.set(quiet, False)
    app.start()
    yield Room(app, speaker)
    app.stop()


@pytest.fixture
def listening(room: Room) -> Room:
    room.player.play("0 4 7 0")
    until(lambda: room.app.services.hearing.state == "listening", "the microphone to open")
    return room


def test_a_spoken_command_runs(listening: Room) -> None:
    assert listening.say("Start recording.").became == "word"
    until(lambda: listening.app.recorder.state == "on", "the recording to begin")
    assert listening.words[-1] == ("start recording", {})


def test_a_spoken_command_takes_its_parameter_from_the_keys(listening: Room) -> None:
    listening.say("Tab.")
    listening.player.play("14 15 12")
    until(lambda: ("tab", {"number": 12}) in listening.words, "tab 12")


def test_a_played_command_takes_its_parameter_from_speech(listening: Room) -> None:
    listening.player.play("12 7 12")
    listening.app.engine.settle()
    assert listening.say("Twelve.").became == "value"
    until(lambda: ("tab", {"number": 12}) in listening.words, "tab 12")


def test_keys_played_during_a_spoken_command_are_its_parameter(listening: Room) -> None:
    voice = threading.Thread(target=listening.speaker.say, args=("Tab.",))
    voice.start()
    until(lambda: listening.app.services.hearing.state == "hearing", "the voice to be detected")
    listening.player.play("14 15 12")
    voice.join()
    until(lambda: ("tab", {"number": 12}) in listening.words, "tab 12")


def test_push_to_talk_recognises_what_is_said_while_it_is_down_and_nothing_else(room: Room) -> None:
    hearing = room.app.services.hearing
    room.run("talk", on=True)
    until(lambda: hearing.state == "hearing", "the microphone to open")
    room.speaker.say("Start recording.")
    room.run("talk", on=False)
    until(lambda: room.app.recorder.state == "on", "the recording to begin")
    until(lambda: hearing.state == "off", "the microphone to close")
    room.run("talk", on=True)
    until(lambda: hearing.state == "hearing", "the microphone to open again")
    threading.Event().wait(0.5)
    room.run("talk", on=False)
    until(lambda: hearing.state == "off", "the microphone to close again")
    assert len(room.all(SpeechHeard)) == 1, "silence was recognised"


def test_a_dictated_remark_is_saved_in_the_session_with_its_times(listening: Room) -> None:
    listening.run("record_start")
    listening.player.play("12 15 15 12")
    until(lambda: listening.app.services.remarks.open, "the remark to begin")
    listening.say("The second theme comes back in the minor key.")
    listening.player.play("12 15 16 12")
    until(lambda: not listening.app.services.remarks.open, "the remark to end")
    listening.run("record_stop")
    listening.app.stop()
    [remark] = read_session(list_sessions(listening.app.data)[0].folder).remarks
    assert "second theme" in remark.text.lower()
    assert 0 <= remark.t < remark.end < 20_000_000


def test_stopping_the_recording_during_a_remark_saves_what_was_said(listening: Room) -> None:
    listening.run("record_start")
    listening.run("remark_start")
    listening.speaker.say("This is not to be lost.")
    listening.run("record_stop")
    listening.app.stop()
    [remark] = read_session(list_sessions(listening.app.data)[0].folder).remarks
    assert "lost" in remark.text.lower()


def test_a_new_word_is_dictated_played_read_back_and_confirmed(listening: Room) -> None:
    listening.player.play("12 9 10 11 12")
    listening.app.engine.settle()
    assert listening.say("Open the garden gate.").became == "text"
    listening.player.play("3 5 3 24")
    until(lambda: listening.app.services.confirmation.text, "the question")
    assert "garden gate" in listening.app.services.confirmation.text
    assert listening.app.services.languages.stack.at((3, 5, 3)) is None, (
        "it was saved before it was confirmed"
    )
    listening.player.play("0 4 9 0")
    until(lambda: listening.app.services.languages.stack.at((3, 5, 3)) is not None, "the word to be saved")


def test_a_conflict_of_a_new_word_is_reported_instead_of_a_question(listening: Room) -> None:
    listening.player.play("12 9 10 11 12")
    listening.app.engine.settle()
    listening.say("Open the garden gate.")
    listening.player.play("0 7 0 24")
    until(lambda: any("0 7 0" in str(event) for event in listening.events), "the conflict")
    listening.app.engine.settle()
    assert not listening.app.services.confirmation.text


def test_the_program_ignores_its_own_voice(listening: Room) -> None:
    speech = listening.app._speech()
    speech.say_now("Something that is long enough to be heard while somebody else speaks.")
    until(lambda: listening.app.services.hearing._muted, "it to speak")
    listening.speaker.say("Start recording.")
    assert speech.wait(20)
    threading.Event().wait(1.0)
    assert not listening.all(SpeechHeard) and listening.app.recorder.state == "off"
    assert listening.say("Start recording.").became == "word", "it listens again afterwards"


def test_speech_is_ignored_while_a_password_field_has_the_focus(listening: Room) -> None:
    listening.app.services.state.secret = True
    listening.speaker.say("Start recording.")
    threading.Event().wait(2.5)
    assert not listening.all(SpeechHeard) and not listening.words[1:]


def test_a_killed_hearing_process_is_reported_and_can_be_started_by_keys(
    speaker: AudioSource, tmp_path: Path
) -> None:
    app = App(tmp_path / "data", devices=False, sound=False, hearing=True)
    app.start()
    room = Room(app, speaker)
    try:
        room.player.play("0 4 7 0")
        until(lambda: app.services.hearing.state == "listening", "the microphone to open")
        psutil.Process(app.services.hearing.process_id).kill()
        until(lambda: room.all(Notice), "the notice")
        assert app.services.hearing.state == "off"
        room.player.play("0 4 7 0")
        until(lambda: app.services.hearing.state == "listening", "the microphone to open again")
    finally:
        app.stop()


def test_an_idle_hearing_process_ends_and_starts_again(room: Room) -> None:
    hearing = room.app.services.hearing
    hearing._process.idle_s = 0.5
    room.run("microphone", on=True)
    until(lambda: hearing.state == "listening", "the microphone to open")
    process = psutil.Process(hearing.process_id)
    room.run("microphone", on=False)
    until(lambda: not process.is_running(), "the process to end")
    room.run("microphone", on=True)
    until(lambda: hearing.state == "listening", "the microphone to open again")


def test_a_missing_microphone_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "no_such_server")
    app = App(tmp_path / "data", devices=False, sound=False, hearing=True)
    app.start()
    try:
        events: list[Event] = []
        app.bus.subscribe(events.append)
        app.engine.run("microphone", on=True).result(10)
        until(lambda: any(isinstance(event, Notice) for event in events), "the notice")
        [notice] = [event for event in events if isinstance(event, Notice)]
        assert "no microphone" in notice.happened.lower() and notice.todo
        status = app.engine.run("status").result(10)
        assert "hearing" in status.value["missing"] and status.value["why"]["hearing"].startswith(
            notice.happened
        )
        assert app.services.hearing.state == "off"
    finally:
        app.stop()
