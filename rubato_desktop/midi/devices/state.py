"""A MIDI device as people see it, what it is used for, and what they are told of it."""

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
        role: What its keys are: commands, music, or both.
        base_note: MIDI note 0-127 of its lowest command key.
        used: Whether the program should listen to it.
    """

    role: Role = "both"
    base_note: int = 48
    used: bool = True


@dataclass(frozen=True, slots=True)
class DeviceState:
    """One device at one moment.

    Attributes:
        name: Its name, the same at every plugging-in.
        connected: Whether it is plugged in.
        listening: Whether the program listens to it now.
        used: Whether the program should listen to it.
        role: What its keys are: commands, music, or both.
        base_note: MIDI note 0-127 of its lowest command key.
        last_seen: When it last sent or was joined, µs; None while never in this run.
        messages: How many messages it has sent in this run.
        rate: Messages a second, over the last half second.
        latency_ms: Most milliseconds its MIDI system keeps a message; None where it hands it over at once.
        learning: Whether its next note becomes its lowest key.
        problem: Why it is not listened to although it is plugged in and used.
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
    """Something a person should be told: what happened, what was kept, what to do."""

    level: Literal["info", "warning"]
    happened: str
    kept: str = ""
    todo: str = ""


def joined(name: str) -> DeviceNews:
    return DeviceNews("info", f"{name} is connected")


def parted(name: str) -> DeviceNews:
    return DeviceNews(
        "warning",
        f"{name} is no longer connected",
        "What it held is released",
        "Plug it in again; it is joined by itself",
    )


def problem_of(problem: RubatoError) -> DeviceNews:
    return DeviceNews("warning", problem.happened, problem.kept, problem.todo)
