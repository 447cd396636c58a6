"""The remark that is being made: when it began, what it is about, and what has been said so far."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, RemarkChanged, RemarkKept


class Remarks:
    """Gathers what is said between the start and the end of a remark. For the engine's thread.

    Args:
        bus: `RemarkChanged` and `RemarkKept` are published on it; the journal keeps the latter.
        data: The data folder.
    """

    def __init__(self, bus: Bus, data: Path) -> None:
        self._bus, self._data = bus, data
        self._began: int | None = None
        self._place: Mapping[str, Any] = {}
        self._said: list[str] = []
        self._audio: list[str] = []

    @property
    def open(self) -> bool:
        """Whether a remark is being made."""
        return self._began is not None

    def start(self, t: int, place: Mapping[str, Any]) -> None:
        """Begin a remark at `t` (µs) about a place in a recording or video, as `RemarkKept` has it.

        Raises:
            RubatoError: one is being made already.
        """
        if self.open:
            raise RubatoError(
                "A remark is being made already", todo="End it with remark end", code="remark_open"
            )
        self._began, self._place = t, place
        self._said, self._audio = [], []
        self._bus.publish(RemarkChanged(t, True))

    def add(self, t: int, text: str, audio: Path | None = None) -> None:
        """Add what was said or typed, and the file of its sound."""
        if text:
            self._said.append(text)
        if audio is not None:
            self._audio.append(audio.relative_to(self._data).as_posix())
        self._bus.publish(RemarkChanged(t, True, self._text))

    def end(self, t: int) -> RemarkKept:
        """End the remark at `t` (µs), and keep it.

        Raises:
            RubatoError: none is being made.
        """
        if self._began is None:
            raise RubatoError("No remark is being made", todo="Begin one with remark start", code="no_remark")
        kept = RemarkKept(self._began, t, self._text, self._place, tuple(self._audio))
        self._began = None
        self._bus.publish(kept)
        self._bus.publish(RemarkChanged(t, False, kept.text))
        return kept

    @property
    def _text(self) -> str:
        return " ".join(self._said)
