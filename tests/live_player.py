"""Plays keys on a program that runs in real time, such as the one behind the window."""

from __future__ import annotations

from dataclasses import dataclass

from rubato_desktop.app import App
from rubato_desktop.language.keys import read_line
from rubato_desktop.midi.messages import note_off, note_on


@dataclass
class LivePlayer:
    """Plays keys as a device other than the on-screen keyboard.

    Attributes:
        app: The program.
        device: Name of the device.
    """

    app: App
    device: str = "controller"

    def down(self, key: int) -> None:
        self.app.engine.receive(note_on(self.app.clock.now(), self.device, 48 + key))

    def up(self, key: int) -> None:
        self.app.engine.receive(note_off(self.app.clock.now(), self.device, 48 + key))

    def play(self, line: str) -> None:
        """Play a line of keys such as ``0 7 0 13+15``, without waiting at rests."""
        for press in read_line(line):
            (self.down if press.down else self.up)(press.key)
