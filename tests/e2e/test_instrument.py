"""End to end: a controller in another process plays the real program through a real JACK server."""

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


def test_controller_words_are_recognised_and_its_keys_sound(program: Program) -> None:
    assert program.ask("instrument", program=81)["status"] == "ok"  # a steady tone with a clear pitch
    assert program.ask("cues", on=False)["status"] == "ok"
    with Controller("Keystation 25") as keys:
        program.wait_for_device("Keystation 25")
        keys.play("0 7 0 12 7 12 14 12", gap_ms=60)
        until(lambda: program.words() == ["click", "tab"], "click and tab")
        until(lambda: program.ask("status")["value"]["problems"] == [], "sound")
        recorder = AudioRecorder(1.5)
        keys.send("90 45 60")  # A4, 440 Hz
        capture = recorder.finish()
        keys.send("80 45 00")
    assert capture.pitch(0.5, 1.2) == pytest.approx(frequency(0x45), rel=0.015)


def test_controller_disconnected_during_a_word_works_after_reconnection(program: Program) -> None:
    with Controller("Keystation 25") as keys:
        program.wait_for_device("Keystation 25")
        keys.send("90 30 50", "90 37 50")
        keys.unplug()
        until(lambda: not program.ask("devices")["value"][0]["connected"], "the device to be disconnected")
        keys.plug_in()
        program.wait_for_device("Keystation 25")
        keys.play("24 0 7 0", gap_ms=60)
        until(lambda: program.words() == ["click"], "click")
    sent = [line["data"] for line in program.journal() if line["kind"] == "midi"]
    assert {data[:4] for data in sent[2:4]} == {"8030", "8037"}, "held notes were not released"


def test_roles_of_two_controllers(program: Program) -> None:
    with Controller("Grand") as grand, Controller("Keystation 25") as keys:
        program.wait_for_device("Grand")
        program.wait_for_device("Keystation 25")
        assert program.ask("device_role", name="Grand", role="performance")["status"] == "ok"
        grand.play("0 5 0", gap_ms=40)
        keys.play("0 7 0", gap_ms=40)
        until(lambda: program.words() == ["click"], "only click")


def test_clean_exit_discards_the_unsaved_journal(program: Program) -> None:
    with Controller("Keystation 25") as keys:
        program.wait_for_device("Keystation 25")
        keys.play("0 7 0")
        until(lambda: program.words() == ["click"], "click")
    assert program.end() == 0
    assert not list((program.data / "journals").glob("*.jsonl")) and not (program.data / "sessions").exists()
    assert json.loads((program.data / "usage.json").read_text()) == {"0 7 0": 1}
