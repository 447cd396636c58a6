"""A video or a sound on a page, as a source that media words act on."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, Protocol


class Asks(Protocol):
    """The part of the browser that this needs."""

    def ask(self, name: str, /, *, deadline: float = ..., **args: Any) -> Future[Any]: ...


class PageMedia:
    """One element of one page that sounds.

    Args:
        browser: Who reaches it.
        found: What the browser says of it: ``tab``, ``frame``, ``ref``, ``title``, ``volume``, ``speed``…
    """

    def __init__(self, browser: Asks, found: Mapping[str, Any]) -> None:
        self._browser = browser
        self._where = {name: found[name] for name in ("tab", "frame", "ref")}
        self.name = str(found.get("title") or "the media of the page")
        self.volume = float(found.get("volume", 1.0))
        self.speed = float(found.get("speed", 1.0))

    def is_at(self, found: Mapping[str, Any]) -> bool:
        """Whether this is the element that the browser speaks of."""
        return all(found.get(name) == value for name, value in self._where.items())

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
        more = {} if value is None else {"value": value}
        return self._browser.ask("media_do", action=action, **self._where, **more)
