"""The open remark: when it began, what it is about, and its text so far."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.events import Bus, RemarkChanged, RemarkKept


class Remarks:
    """Collects the text between the start and the end of a remark. For the engine's thread.

    Args:
        bus: Carries `RemarkChanged` and `RemarkKept`; the journal stores the latter.
        data: The data folder.
    """

    def __init__(self, bus: Bus, data: Path) -> None:
        self._bus, self._data = bus, data
        self._began: int | None = None
        self._place: Mapping[str, Any] = {}
        self._texts: list[str] = []
        self._audio: list[str] = []

    @property
    def open(self) -> bool:
        """Whether a remark is open."""
        return self._began is not None

    def start(self, t: int, place: Mapping[str, Any]) -> None:
        """Start a remark at `t` (µs) about a position in a recording or video, see `RemarkKept`.

        Raises:
            RubatoError: a remark is open already.
        """
        if self.open:
            raise RubatoError("A remark is open already", todo="End it with remark end", code="remark_open")
        self._began, self._place = t, place
        self._texts, self._audio = [], []
        self._bus.publish(RemarkChanged(t, True))

    def add(self, t: int, text: str, audio: Path | None = None) -> None:
        """Add spoken or typed text, and the file of its sound."""
        if text:
            self._texts.append(text)
        if audio is not None:
            self._audio.append(audio.relative_to(self._data).as_posix())
        self._bus.publish(RemarkChanged(t, True, self._text))

    def end(self, t: int) -> RemarkKept:
        """End the remark at `t` (µs) and publish it.

        Raises:
            RubatoError: no remark is open.
        """
        if self._began is None:
            raise RubatoError("No remark is open", todo="Start one with remark start", code="no_remark")
        remark = RemarkKept(self._began, t, self._text, self._place, tuple(self._audio))
        self._began = None
        self._bus.publish(remark)
        self._bus.publish(RemarkChanged(t, False, remark.text))
        return remark

    @property
    def _text(self) -> str:
        return " ".join(self._texts)
