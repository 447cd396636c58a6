"""Plays keys on the program in this process, with a manual clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from waiting import until

from rubato_desktop.app import App
from rubato_desktop.clock import SECOND, ManualClock
from rubato_desktop.events import CommandDone, Event, Result
from rubato_desktop.language.keys import BASE_NOTE, read_line
from rubato_desktop.midi.messages import Message, note_off, note_on

E = TypeVar("E", bound=Event)


class Player:
    """Runs the program without window, devices and sound, and plays keys on it.

    Args:
        data: The data folder.
        parts: Options of `App`: further parts of the program to start.

    Attributes:
        app: The program.
        events: All events so far.
    """

    def __init__(self, data: Path, **parts: bool) -> None:
        self.clock = ManualClock()
        self.app = App(data, devices=False, sound=False, clock=self.clock, **parts)
        self.events: list[Event] = []
        self.app.bus.subscribe(self.events.append)
        self.app.begin()

    def play(self, line: str, *, device: str = "screen", wait: float = 5.0) -> list[Result]:
        """Play a line of keys and let `wait` seconds pass; return the results of its words."""
        before = len(self.events)
        start = self.clock.now() + 2 * SECOND
        for press in read_line(line):
            make = note_on if press.down else note_off
            self.send(make(start + press.t, device, BASE_NOTE + press.key))
        self.wait(wait)
        return [event.result for event in self.events[before:] if isinstance(event, CommandDone)]

    def word(self, line: str) -> Result:
        """Play a line of keys that is one word; wait for its result and return it."""
        before = len(self.events)
        self.play(line)
        self.until(lambda: any(isinstance(event, CommandDone) for event in self.events[before:]))
        (result,) = (event.result for event in self.events[before:] if isinstance(event, CommandDone))
        return result

    def run(self, command: str, **args: Any) -> Result:
        """Run a command as the mouse or the command line does; wait for its result and return it."""
        future = self.app.engine.run(command, **args)
        self.until(future.done)
        return future.result(0)

    def until(self, done: Callable[[], bool]) -> None:
        """Run the engine until a condition holds."""

        def pumped() -> bool:
            self.app.engine.pump()
            return done()

        until(pumped)

    def send(self, message: Message) -> None:
        self.wait_until(message.t)
        self.app.engine.receive(message)
        self.app.engine.pump()

    def wait(self, seconds: float) -> None:
        self.wait_until(self.clock.now() + round(seconds * SECOND))

    def wait_until(self, t: int) -> None:
        while (deadline := self.app.engine.deadline) is not None and deadline < t:
            self.clock.move_to(deadline)
            self.app.engine.pump()
        self.clock.move_to(t)
        self.app.engine.pump()

    def last(self, kind: type[E]) -> E:
        """Return the last event of a type."""
        return next(event for event in reversed(self.events) if isinstance(event, kind))


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    player = Player(tmp_path / "data")
    yield player
    player.app.stop()
