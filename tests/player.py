"""A player at the keys of the real program, whose time passes by hand: for tests that read like sentences."""

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
    """Plays lines of keys into a running program without screen, device or sound.

    Args:
        data: The data folder.
        parts: Further parts of the program, as `App` has them.

    Attributes:
        app: The program.
        heard: Every event so far.
    """

    def __init__(self, data: Path, **parts: bool) -> None:
        self.clock = ManualClock()
        self.app = App(data, devices=False, sound=False, clock=self.clock, **parts)
        self.heard: list[Event] = []
        self.app.bus.subscribe(self.heard.append)
        self.app.begin()

    def play(self, line: str, *, device: str = "screen", wait: float = 5.0) -> list[Result]:
        """Play a line of keys, then wait for whatever is pending; returns the results of its words."""
        before = len(self.heard)
        start = self.clock.now() + 2 * SECOND
        for press in read_line(line):
            make = note_on if press.down else note_off
            self.send(make(start + press.t, device, BASE_NOTE + press.key))
        self.wait(wait)
        return [event.result for event in self.heard[before:] if isinstance(event, CommandDone)]

    def word(self, line: str) -> Result:
        """Play a line of keys that is one word; returns its result, when it has one."""
        before = len(self.heard)
        self.play(line)
        self.until(lambda: any(isinstance(event, CommandDone) for event in self.heard[before:]))
        (result,) = (event.result for event in self.heard[before:] if isinstance(event, CommandDone))
        return result

    def run(self, command: str, **args: Any) -> Result:
        """Carry out a command as the mouse or the command line does."""
        future = self.app.engine.run(command, **args)
        self.until(future.done)
        return future.result(0)

    def until(self, done: Callable[[], bool]) -> None:
        """Let the program work until something is so."""

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
        """The last event of a kind."""
        return next(event for event in reversed(self.heard) if isinstance(event, kind))


@pytest.fixture
def player(tmp_path: Path) -> Iterator[Player]:
    player = Player(tmp_path / "data")
    yield player
    player.app.stop()
