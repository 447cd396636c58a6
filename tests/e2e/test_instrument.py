"""The whole instrument: a controller in another process plays over a real JACK server into the real program."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from controller import Controller
from ears import Ears, frequency
from servers import JackServer
from waiting import until

from rubato_desktop.services.instance import request


class Program:
    """The program without a window, in a process of its own, on a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        command = [sys.executable, "-m", "rubato_desktop", "run", "--headless", "--data", str(data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
        assert self.process.stdout is not None
        assert "without a window" in self.process.stdout.readline()

    def ask(self, command: str, **args: Any) -> dict[str, Any]:
        return dict(request(self.data, {"do": "run", "command": command, "args": args}))

    def journal(self) -> list[dict[str, Any]]:
        (path,) = (self.data / "journals").glob("*.jsonl")
        lines = path.read_text().splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def words(self) -> list[str]:
        """The words it has understood so far, as its journal says."""
        return [line["word"]["word"] for line in self.journal() if line["kind"] == "word"]

    def hears(self, name: str) -> None:
        """Wait until it listens to a device."""
        until(
            lambda: any(
                device["name"] == name and device["connected"] for device in self.ask("devices")["value"]
            ),
            f"{name} to be joined",
        )

    def end(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(30)


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
        program.hears("Keystation 25")
        keys.play("0 7 0 12 7 12 14 12", gap_ms=60)
        until(lambda: program.words() == ["click", "tab"], "click and tab")
        until(lambda: program.ask("status")["value"]["problems"] == [], "sound")
        ears = Ears(1.5)
        keys.send("90 45 60")  # A of 440 Hz
        heard = ears.hear()
        keys.send("80 45 00")
    assert heard.pitch(0.5, 1.2) == pytest.approx(frequency(0x45), rel=0.015)


def test_a_controller_pulled_in_mid_word_comes_back_and_is_understood(program: Program) -> None:
    with Controller("Keystation 25") as keys:
        program.hears("Keystation 25")
        keys.send("90 30 50", "90 37 50")
        keys.unplug()
        until(lambda: not program.ask("devices")["value"][0]["connected"], "the device to be missed")
        keys.plug_in()
        program.hears("Keystation 25")
        keys.play("24 0 7 0", gap_ms=60)
        until(lambda: program.words() == ["click"], "click")
    sent = [line["data"] for line in program.journal() if line["kind"] == "midi"]
    assert {data[:4] for data in sent[2:4]} == {"8030", "8037"}, "what it held was not released"


def test_two_controllers_and_their_roles(program: Program) -> None:
    with Controller("Grand") as grand, Controller("Keystation 25") as keys:
        program.hears("Grand")
        program.hears("Keystation 25")
        assert program.ask("device_role", name="Grand", role="performance")["status"] == "ok"
        grand.play("0 5 0", gap_ms=40)
        keys.play("0 7 0", gap_ms=40)
        until(lambda: program.words() == ["click"], "click alone")


def test_the_program_ends_calmly_and_drops_what_nobody_asked_to_keep(program: Program) -> None:
    with Controller("Keystation 25") as keys:
        program.hears("Keystation 25")
        keys.play("0 7 0")
        until(lambda: program.words() == ["click"], "click")
    assert program.end() == 0
    assert not list((program.data / "journals").glob("*.jsonl")) and not (program.data / "sessions").exists()
    assert json.loads((program.data / "usage.json").read_text()) == {"0 7 0": 1}
