"""Publishes notes and words as the engine does, for tests of subscribers."""

from __future__ import annotations

from typing import Any

from rubato_desktop.clock import ManualClock
from rubato_desktop.events import Bus, CommandDone, Event, Played, Result, WordHeard, WordMissed
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.messages import Message, note_off, note_on

KEYBOARD = "Keystation 25"
STEP, HELD = 250_000, 200_000  # µs


class Performer:
    """Publishes on its own bus and moves its own clock.

    Attributes:
        clock: The clock of the subscribers.
        bus: The bus of the subscribers.
        played: All messages so far.
        events: All events so far, of any publisher.
    """

    def __init__(self) -> None:
        self.clock = ManualClock(1_000_000)
        self.bus = Bus()
        self.events: list[Event] = []
        self.played: list[Message] = []
        self._ids = 0
        self.bus.subscribe(self.events.append)

    @property
    def now(self) -> int:
        return self.clock.now()

    def send(self, data: bytes, device: str = KEYBOARD) -> Message:
        """Publish a message at the current time."""
        message = Message(self.now, device, data)
        key = data[1] - 48 if data[0] & 0xE0 == 0x80 and 48 <= data[1] <= 72 else None
        self.played.append(message)
        self.bus.publish(Played(self.now, message, key))
        return message

    def press(self, note: int, device: str = KEYBOARD, velocity: int = 80) -> None:
        self.send(note_on(0, "", note, velocity).data, device)

    def release(self, note: int, device: str = KEYBOARD) -> None:
        self.send(note_off(0, "", note).data, device)

    def rest(self, t: int) -> None:
        """Move the clock by `t` µs."""
        self.clock.move_to(self.now + t)

    def notes(self, *notes: int, device: str = KEYBOARD) -> None:
        """Play MIDI notes one after another."""
        for note in notes:
            self.press(note, device)
            self.rest(HELD)
            self.release(note, device)
            self.rest(STEP - HELD)

    def word(
        self, word: str, keys: str, command: str = "", language: str = "core", **args: Any
    ) -> RecognisedWord:
        """Play a word, which is recognised and completed while its last key is down."""
        numbers = [int(key) for key in keys.split()]
        begin = self.now
        self.notes(*(48 + key for key in numbers[:-1]))
        self.press(48 + numbers[-1])
        recognised = RecognisedWord(begin, self.now, tuple(numbers), word, language, command or word, args)
        self._ids += 1
        self.bus.publish(WordHeard(self.now, recognised, self._ids))
        result = Result(self._ids, recognised.command, args, "ok", text=f"{word} done", elapsed_ms=0.25)
        self.bus.publish(CommandDone(self.now, result, recognised))
        self.rest(HELD)
        self.release(48 + numbers[-1])
        return recognised

    def nonsense(self, keys: str) -> RejectedRun:
        """Play keys that are not a word; the run is rejected."""
        numbers = tuple(int(key) for key in keys.split())
        begin = self.now
        self.notes(*(48 + key for key in numbers))
        run = RejectedRun(begin, self.now, numbers, "unknown")
        self.bus.publish(WordMissed(self.now, run, (((0, 7, 0), "click", "core"),)))
        return run

    def of(self, kind: type[Event]) -> list[Any]:
        """Return the events of a type."""
        return [event for event in self.events if isinstance(event, kind)]
