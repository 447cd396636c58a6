"""What stands in a journal beside the events of the bus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from rubato_desktop.events import Event

What = Literal["start", "pause", "resume", "stop", "save", "kept", "strike", "gap", "end"]


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a journal.

    Attributes:
        began: Wall-clock time, with its offset from UTC, at the microsecond `t`.
        t: µs on the clock of the run.
        program: Version of the program.
        about: For a session's own journal: what it is, see `sessions`.
    """

    began: datetime
    t: int
    program: str
    about: Mapping[str, Any] = field(default_factory=dict)

    def wall(self, t: int) -> datetime:
        """Return the wall-clock time of a microsecond of the run."""
        try:
            return self.began + timedelta(microseconds=t - self.t)
        except OverflowError:  # one of them is damaged
            return self.began


@dataclass(frozen=True, slots=True)
class Mark(Event):
    """Something done to the record itself.

    Attributes:
        what: ``start``, ``pause``, ``resume``, ``stop`` of a recording; ``save``; ``kept``: what `id` marked is
            now a session; ``strike``: the word that begins at `word_t` is erased; ``gap``: `lost` messages
            could not be kept; ``end``: the program ended.
        id: Number of the recording or save in this run, from 1; 0 where it belongs to none.
        at: Wall-clock time; None where it does not matter.
        word_t: For ``strike``: µs of the word's first note-on.
        lost: For ``gap``.
        name: For ``stop`` and ``save``: what the person calls the session.
        session: For ``kept``: the session's folder, below the folder of all sessions.
    """

    what: What
    id: int = 0
    at: datetime | None = None
    word_t: int = 0
    lost: int = 0
    name: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Devices(Event):
    """The devices there were from now on, as the device manager describes them."""

    devices: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
