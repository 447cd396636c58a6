"""The whole instrument: a controller in another process plays over a real JACK server into the real program."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from audio_recorder import AudioRecorder, frequency
from controller import Controller
from program import Program
from servers import JackServer
from waiting import until


@pytest.fixture
def program(jack: JackServer, tmp_path: Path) -> Iterator[Program]:
    program = Program(tmp_path / "data")
    yield program
    if program.process.poll() is None:
        program.end(signal.SIGKILL)


def test_words_played_on_a_controller_are_understood_and_its_keys_are_heard(program: Program) -> None:
    assert program.ask("instrument", program=81)["status"] == "ok"  # steady, and of one clear pitch
    assert program.ask("cues", on=False)["status"] == "ok"
    with Controller("Keystation 25") as keys:
        program.wait_for_device("Keystation 25")
        keys.play("0 7 0 12 7 12 14 12", gap_ms=60)
        until(lambda: program.words() == ["click", "tab"], "click and tab")
        until(lambda: program.ask("status")["value"]["problems"] == [], "sound")
        recorder = AudioRecorder(1.5)
        keys.send("90 45 60")  # A of 440 Hz
        capture = recorder.finish()
        keys.send("80 45 00")
    assert capture.pitch(0.5, 1.2) == pytest.approx(frequency(0x45), rel=0.015)


def test_a_controller_pulled_in_mid_word_comes_back_and_is_understood(program: Program) -> None:
    with Controller("Keystation 25") as keys:
        program.wait_for_device("Keystation 25")
        keys.send("90 30 50", "90 37 50")
        keys.unplug()
        until(lambda: not program.ask("devices")["value"][0]["connected"], "the device to be missed")
        keys.plug_in()
        program.wait_for_device("Keystation 25")
        keys.play("24 0 7 0", gap_ms=60)
        until(lambda: program.words() == ["click"], "click")
    sent = [line["data"] for line in program.journal() if line["kind"] == "midi"]
    assert {data[:4] for data in sent[2:4]} == {"8030", "8037"}, "what it held was not released"


def test_two_controllers_and_their_roles(program: Program) -> None:
    with Controller("Grand") as grand, Controller("Keystation 25") as keys:
        program.wait_for_device("Grand")
        program.wait_for_device("Keystation 25")
        assert program.ask("device_role", name="Grand", role="performance")["status"] == "ok"
        grand.play("0 5 0", gap_ms=40)
        keys.play("0 7 0", gap_ms=40)
        until(lambda: program.words() == ["click"], "click alone")


def test_the_program_ends_calmly_and_drops_what_nobody_asked_to_keep(program: Program) -> None:
    with Controller("Keystation 25") as keys:
        program.wait_for_device("Keystation 25")
        keys.play("0 7 0")
        until(lambda: program.words() == ["click"], "click")
    assert program.end() == 0
    assert not list((program.data / "journals").glob("*.jsonl")) and not (program.data / "sessions").exists()
    assert json.loads((program.data / "usage.json").read_text()) == {"0 7 0": 1}
