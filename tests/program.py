"""The program without a window, in a process of its own, on a data folder of its own."""

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
    """The running program, asked and observed from outside.

    Args:
        data: Its data folder.
        speech: Whether it speaks; what is measured of sound would hear it.
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
        """Carry out a command; its result."""
        return dict(request(self.data, {"do": "run", "command": command, "args": args}))

    def send(self, *words: str) -> dict[str, Any]:
        """What `rubato send` does; its result."""
        return dict(request(self.data, {"do": "send", "command": words[0], "words": words[1:]}))

    def journal(self) -> list[dict[str, Any]]:
        (path,) = (self.data / "journals").glob("*.jsonl")
        lines = path.read_text().splitlines()
        return [json.loads(line) for line in lines if line.endswith("}")]

    def words(self) -> list[str]:
        """The words it has understood so far, as its journal says."""
        return [line["word"]["word"] for line in self.journal() if line["kind"] == "word"]

    def results(self, name: str) -> list[dict[str, Any]]:
        """The results of a command so far, as its journal says."""
        return [line for line in self.journal() if line["kind"] == "result" and line["command"] == name]

    def result(self, name: str) -> dict[str, Any]:
        """The first result of a command, as soon as there is one."""
        return until(lambda: self.results(name), f"{name} to end")[0]

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
