"""Somebody who plays the running program."""

from __future__ import annotations

from dataclasses import dataclass

from rubato_desktop.app import App
from rubato_desktop.language.keys import read_line
from rubato_desktop.midi.messages import note_off, note_on


@dataclass
class LivePlayer:
    """Somebody at a controller that is not the screen."""

    app: App
    device: str = "controller"

    def down(self, key: int) -> None:
        self.app.engine.receive(note_on(self.app.clock.now(), self.device, 48 + key))

    def up(self, key: int) -> None:
        self.app.engine.receive(note_off(self.app.clock.now(), self.device, 48 + key))

    def play(self, line: str) -> None:
        """Play a line of keys such as ``0 7 0 13+15``; rests are not waited for."""
        for press in read_line(line):
            (self.down if press.down else self.up)(press.key)
