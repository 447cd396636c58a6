"""Events withheld from the journal, in memory only, until it is known whether they are secret."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from rubato_desktop.events import Event, FieldText, Played, WordHeard


class WithheldEvents:
    """Passes events on in order, and stops at one that may contain a secret until that is known.

    Args:
        write: Called with each event that may be written down.
    """

    def __init__(self, write: Callable[[Event], object]) -> None:
        self._write = write
        self._waiting: deque[Event] = deque()
        self._left_out: set[tuple[str, int, int]] = set()  # notes whose note-offs must be left out too
        self._lock = threading.Lock()

    def take(self, event: Event) -> None:
        """Add the next event."""
        with self._lock:
            self._waiting.append(event)
            self._go_on()

    def go_on(self) -> None:
        """Pass on the events that are no longer in doubt."""
        with self._lock:
            self._go_on()

    def give_up(self) -> None:
        """Stop waiting: treat texts in doubt as secret."""
        with self._lock:
            for event in self._waiting:
                text = _field_text(event)
                if text is not None and text.secret is None:
                    text.secret = True
            self._go_on()

    def _go_on(self) -> None:
        while self._waiting:
            text = _field_text(self._waiting[0])
            if text is not None and text.secret is None:
                return
            event = self._waiting.popleft()
            if isinstance(event, Played) and self._is_left_out(event, text):
                continue
            if isinstance(event, WordHeard) and text is not None:
                word = event.word if text.secret else (text.word or event.word)
                event = WordHeard(event.t, word, event.id)
            self._write(event)

    def _is_left_out(self, event: Played, text: FieldText | None) -> bool:
        if event.key is None:
            return False
        note = (event.message.device, event.message.channel, event.message.note)
        if event.message.is_note_off:
            # If the note-on was written, so is the note-off.
            if note not in self._left_out:
                return False
            self._left_out.discard(note)
            return True
        if text is not None and text.secret:
            self._left_out.add(note)
            return True
        self._left_out.discard(note)
        return False


def _field_text(event: Event) -> FieldText | None:
    return event.field_text if isinstance(event, Played | WordHeard) else None
