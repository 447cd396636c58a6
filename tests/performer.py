"""Playing without a device: notes and words as the engine publishes them, for tests of what listens."""

from __future__ import annotations

from typing import Any

from rubato_desktop.clock import ManualClock
from rubato_desktop.events import Bus, CommandDone, Event, Played, Result, WordHeard, WordMissed
from rubato_desktop.language.results import RecognisedWord, RejectedRun
from rubato_desktop.midi.messages import Message, note_off, note_on

KEYBOARD = "Keystation 25"
STEP, HELD = 250_000, 200_000  # µs


class Performer:
    """Plays on a bus, on a clock that moves as it plays.

    Attributes:
        clock, bus: Those of the listeners.
        played: Every message so far.
        heard: Every event so far, whoever published it.
    """

    def __init__(self) -> None:
        self.clock = ManualClock(1_000_000)
        self.bus = Bus()
        self.heard: list[Event] = []
        self.played: list[Message] = []
        self._ids = 0
        self.bus.subscribe(self.heard.append)

    @property
    def now(self) -> int:
        return self.clock.now()

    def send(self, data: bytes, device: str = KEYBOARD) -> Message:
        """Send a message now."""
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
        """Let µs pass."""
        self.clock.move_to(self.now + t)

    def notes(self, *notes: int, device: str = KEYBOARD) -> None:
        """Play notes one after another."""
        for note in notes:
            self.press(note, device)
            self.rest(HELD)
            self.release(note, device)
            self.rest(STEP - HELD)

    def word(
        self, word: str, keys: str, command: str = "", language: str = "core", **args: Any
    ) -> RecognisedWord:
        """Play a word; it acts at its last key, which is still down then."""
        numbers = [int(key) for key in keys.split()]
        begin = self.now
        self.notes(*(48 + key for key in numbers[:-1]))
        self.press(48 + numbers[-1])
        understood = RecognisedWord(begin, self.now, tuple(numbers), word, language, command or word, args)
        self._ids += 1
        self.bus.publish(WordHeard(self.now, understood, self._ids))
        result = Result(self._ids, understood.command, args, "ok", text=f"{word} done", elapsed_ms=0.25)
        self.bus.publish(CommandDone(self.now, result, understood))
        self.rest(HELD)
        self.release(48 + numbers[-1])
        return understood

    def nonsense(self, keys: str) -> RejectedRun:
        """Play a run that is no word."""
        numbers = tuple(int(key) for key in keys.split())
        begin = self.now
        self.notes(*(48 + key for key in numbers))
        run = RejectedRun(begin, self.now, numbers, "unknown")
        self.bus.publish(WordMissed(self.now, run, (((0, 7, 0), "click", "core"),)))
        return run

    def of(self, kind: type[Event]) -> list[Any]:
        """Return the events of a kind that were published."""
        return [event for event in self.heard if isinstance(event, kind)]
