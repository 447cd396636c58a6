"""The media that played last, which play, pause, volume and speed control."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol

from rubato_desktop.errors import RubatoError


class Source(Protocol):
    """Media that can be controlled; one outside this program returns futures."""

    @property
    def name(self) -> str:
        """Its name for people, such as ``the recording of 22 November``."""
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
    """Tracks which source played last.

    Args:
        first: The source to control before anything has played.
    """

    def __init__(self, first: Source) -> None:
        self._last = first

    @property
    def last(self) -> Source:
        return self._last

    def sounded(self, source: Source) -> None:
        self._last = source

    def require(self, speed: float) -> float:
        """Return `speed` if it is allowed.

        Raises:
            RubatoError: it is not between 0.1 and 4.
        """
        if not 0.1 <= speed <= 4:
            raise RubatoError(f"The speed can be 0.1 to 4, not {speed:g}", code="bad_value")
        return speed
