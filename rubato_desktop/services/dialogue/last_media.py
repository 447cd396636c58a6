"""What last sounded: play, pause, volume and speed act on it and name it."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol

from rubato_desktop.errors import RubatoError


class Source(Protocol):
    """Something that sounds and can be told to; one that is not in this program answers with a promise."""

    @property
    def name(self) -> str:
        """What people call it, such as ``the recording of 22 November``."""
        ...

    def play(self) -> Future[Any] | None: ...
    def pause(self) -> Future[Any] | None: ...
    def skip(self, seconds: float) -> Future[Any] | None: ...

    @property
    def volume(self) -> float: ...
    def set_volume(self, level: float) -> Future[Any] | None: ...

    @property
    def speed(self) -> float: ...
    def set_speed(self, factor: float) -> Future[Any] | None: ...


class LastMedia:
    """Remembers which source sounded last.

    Args:
        first: What media words act on before anything has sounded.
    """

    def __init__(self, first: Source) -> None:
        self._last = first

    @property
    def last(self) -> Source:
        return self._last

    def sounded(self, source: Source) -> None:
        self._last = source

    def require(self, speed: float) -> float:
        """Return `speed` if a source may play at it.

        Raises:
            RubatoError: it is not between 0.1 and 4.
        """
        if not 0.1 <= speed <= 4:
            raise RubatoError(f"Speed goes from 0.1 to 4, {speed:g} is outside", code="bad_value")
        return speed
