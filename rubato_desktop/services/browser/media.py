"""Video and audio on a page, as a source for the media commands."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, Protocol


class BrowserClient(Protocol):
    """The part of `Browser` that this needs."""

    def ask(self, name: str, /, *, deadline: float = ..., **args: Any) -> Future[Any]: ...


class PageMedia:
    """One media element of a page.

    Args:
        browser: Sends the commands.
        state: The element as the browser reported it: ``tab``, ``frame``, ``ref``, ``title``, ``volume`` (0-1),
            ``speed``.
    """

    def __init__(self, browser: BrowserClient, state: Mapping[str, Any]) -> None:
        self._browser = browser
        self._element = {name: state[name] for name in ("tab", "frame", "ref")}
        self.name = str(state.get("title") or "the media on this page")
        self.volume = float(state.get("volume", 1.0))
        self.speed = float(state.get("speed", 1.0))

    def is_at(self, state: Mapping[str, Any]) -> bool:
        """Whether this is the element that a report of the browser is about."""
        return all(state.get(name) == value for name, value in self._element.items())

    def play(self) -> Future[Any]:
        return self._do("play")

    def pause(self) -> Future[Any]:
        return self._do("pause")

    def skip(self, seconds: float) -> Future[Any]:
        return self._do("skip", seconds)

    def set_volume(self, level: float) -> Future[Any]:
        self.volume = level
        return self._do("volume", level)

    def set_speed(self, factor: float) -> Future[Any]:
        self.speed = factor
        return self._do("speed", factor)

    def _do(self, action: str, value: float | None = None) -> Future[Any]:
        values = {} if value is None else {"value": value}
        return self._browser.ask("media_do", action=action, **self._element, **values)
