"""The program without a window, in its own process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from waiting import until

from rubato_desktop.ipc.single_instance import request


class Program:
    """The running program, controlled through its socket and observed through its journal.

    Args:
        data: The data folder.
        speech: Whether it speaks, which would disturb tests that record its sound.
    """

    def __init__(self, data: Path, *, speech: bool = False) -> None:
        self.data = data
        if not speech and not (data / "settings.toml").exists():
            data.mkdir(parents=True, exist_ok=True)
            (data / "settings.toml").write_text("speech = false\n")
        command = [sys.executable, "-m", "rubato_desktop", "run", "--headless", "--data", str(data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
        assert self.process.stdout is not None
        assert "without a window" in self.process.stdout.readline()

    def ask(self, command: str, **args: Any) -> dict[str, Any]:
        """Run a command and return its result."""
        return dict(request(self.data, {"do": "run", "command": command, "args": args}))

    def send(self, *words: str) -> dict[str, Any]:
        """Run a command given as words, as `rubato send` does; return its result."""
        return dict(request(self.data, {"do": "send", "command": words[0], "words": words[1:]}))

    def journal(self) -> list[dict[str, Any]]:
        (path,) = (self.data / "journals").glob("*.jsonl")
        lines = path.read_text().splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def words(self) -> list[str]:
        """Return the words recognised so far, from the journal."""
        return [line["word"]["word"] for line in self.journal() if line["kind"] == "word"]

    def results(self, name: str) -> list[dict[str, Any]]:
        """Return the results of a command so far, from the journal."""
        return [line for line in self.journal() if line["kind"] == "result" and line["command"] == name]

    def result(self, name: str) -> dict[str, Any]:
        """Wait for the first result of a command and return it."""
        return until(lambda: self.results(name), f"{name} to end")[0]

    def wait_for_device(self, name: str) -> None:
        """Wait until a MIDI device is connected."""
        until(
            lambda: any(
                device["name"] == name and device["connected"] for device in self.ask("devices")["value"]
            ),
            f"{name} to be connected",
        )

    def end(self, signal_number: int = signal.SIGTERM) -> int:
        """End the process with a signal and return its exit status."""
        self.process.send_signal(signal_number)
        return self.process.wait(30)
