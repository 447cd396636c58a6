"""The state of a MIDI device as shown to users, its settings, and the notices about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rubato_desktop.errors import RubatoError

Role = Literal["command", "performance", "both"]
ROLES: tuple[Role, ...] = ("command", "performance", "both")


@dataclass(frozen=True, slots=True)
class DeviceUse:
    """What a device is used for.

    Attributes:
        role: What its keys play: commands, music, or both.
        base_note: MIDI note 0-127 of its lowest command key.
        used: Whether the program should open it.
    """

    role: Role = "both"
    base_note: int = 48
    used: bool = True


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A snapshot of one device.

    Attributes:
        name: Its name, the same each time it is plugged in.
        connected: Whether it is plugged in.
        listening: Whether it is open for input.
        used: Whether the program should open it.
        role: What its keys play: commands, music, or both.
        base_note: MIDI note 0-127 of its lowest command key.
        last_seen: Time of its last message or connection in this run (µs), or None if there was none.
        messages: Number of messages received in this run.
        rate: Messages per second, over the last half second.
        latency_ms: Longest time its MIDI system holds a message back (ms), or None if it delivers immediately.
        learning: Whether its next note becomes its lowest key.
        problem: Why it is not open although it is plugged in and used.
    """

    name: str
    connected: bool
    listening: bool
    used: bool
    role: Role
    base_note: int
    last_seen: int | None = None
    messages: int = 0
    rate: float = 0.0
    latency_ms: float | None = None
    learning: bool = False
    problem: RubatoError | None = None


@dataclass(frozen=True, slots=True)
class DeviceNews:
    """A notice to the user: what happened, what was kept, what to do."""

    level: Literal["info", "warning"]
    happened: str
    kept: str = ""
    todo: str = ""


def connected_news(name: str) -> DeviceNews:
    return DeviceNews("info", f"{name} is connected")


def disconnected_news(name: str) -> DeviceNews:
    return DeviceNews(
        "warning",
        f"{name} was disconnected",
        "Its held notes were released",
        "Plug it in again; Rubato reconnects automatically",
    )


def problem_news(problem: RubatoError) -> DeviceNews:
    return DeviceNews("warning", problem.happened, problem.kept, problem.todo)
