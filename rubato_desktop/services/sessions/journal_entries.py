"""Journal entries other than the events of the bus."""

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
        began: Wall-clock time, with its offset from UTC, at `t`.
        t: µs on the clock of the run.
        program: Version of the program.
        about: In a session's journal, the description of the session, see `SessionInfo.about`.
    """

    began: datetime
    t: int
    program: str
    about: Mapping[str, Any] = field(default_factory=dict)

    def wall(self, t: int) -> datetime:
        """Return the wall-clock time at `t` (µs) of the run."""
        try:
            return self.began + timedelta(microseconds=t - self.t)
        except OverflowError:  # one of them is damaged
            return self.began


@dataclass(frozen=True, slots=True)
class Mark(Event):
    """An operation on the record itself.

    Attributes:
        what: ``start``, ``pause``, ``resume``, ``stop`` of a recording; ``save``; ``kept``: the recording or save
            `id` was written as a session; ``strike``: the word that begins at `word_t` is erased; ``gap``: `lost`
            messages could not be stored; ``end``: the program ended properly.
        id: Number of the recording or save in this run, from 1; 0 for none.
        at: Wall-clock time; None where it is not needed.
        word_t: For ``strike``: µs of the word's first note-on.
        lost: For ``gap``: number of messages.
        name: For ``stop`` and ``save``: the session's name.
        session: For ``kept``: the session's folder, relative to the folder of all sessions.
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
    """The connected devices from now on, as the device manager describes them."""

    devices: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
