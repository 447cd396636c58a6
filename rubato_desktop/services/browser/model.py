"""What the app knows of a browser, and how a command there ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rubato_desktop.errors import RubatoError

Unfinished = Literal["failed", "timeout", "refused"]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab; `id` is the browser's own, `number` its place in the window, from 1."""

    id: int
    number: int
    title: str
    url: str
    active: bool = False
    audible: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A window, which people call a channel; `number` counts from 1 in the order they were opened."""

    id: int
    number: int
    focused: bool
    tabs: tuple[Tab, ...]

    @property
    def tab(self) -> Tab | None:
        """The tab that shows."""
        return next((tab for tab in self.tabs if tab.active), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """How a command ended well.

    Attributes:
        value: What it answers, as `extension_bridge.commands` says.
        state: The tab it ended on: window, tab, url, title, scroll, viewport, digest; empty when on none.
        elapsed_ms: From the asking to the answer.
    """

    value: Any
    state: Mapping[str, Any] = field(default_factory=dict)
    elapsed_ms: float = 0.0


class BrowserError(RubatoError):
    """How a command ended otherwise.

    Args:
        status: ``failed`` when it was tried, ``refused`` when a rule says no, ``timeout``.
        state: As in `Reply`.
    """

    def __init__(
        self,
        happened: str,
        *,
        status: Unfinished,
        code: str,
        todo: str = "",
        state: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(happened, todo=todo, code=code)
        self.status: Unfinished = status
        self.state: Mapping[str, Any] = state or {}


def windows_of(event: Mapping[str, Any]) -> tuple[Window, ...]:
    """Return the windows of a checked `windows` event."""
    return tuple(
        Window(one["id"], one["number"], one["focused"], tuple(Tab(**tab) for tab in one["tabs"]))
        for one in event["windows"]
    )
