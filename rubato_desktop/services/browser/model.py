"""The app's model of a browser, and the results of its commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rubato_desktop.errors import RubatoError

ErrorStatus = Literal["failed", "timeout", "refused"]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab; `id` is the browser's own, `number` its position in the window, from 1."""

    id: int
    number: int
    title: str
    url: str
    active: bool = False
    audible: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A window, called a channel in commands; `number` counts from 1 in the order windows were opened."""

    id: int
    number: int
    focused: bool
    tabs: tuple[Tab, ...]

    @property
    def tab(self) -> Tab | None:
        """The active tab."""
        return next((tab for tab in self.tabs if tab.active), None)


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a command that succeeded.

    Attributes:
        value: The answer, of the type given in `extension_bridge.commands`.
        state: The tab it ended on: window, tab, url, title, scroll, viewport, digest; empty when there is none.
        elapsed_ms: Time from request to answer, ms.
    """

    value: Any
    state: Mapping[str, Any] = field(default_factory=dict)
    elapsed_ms: float = 0.0


class BrowserError(RubatoError):
    """The error of a command that did not succeed.

    Args:
        status: ``failed`` when it was tried, ``refused`` when a rule forbids it, ``timeout``.
        state: As in `Reply`.
    """

    def __init__(
        self,
        happened: str,
        *,
        status: ErrorStatus,
        code: str,
        todo: str = "",
        state: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(happened, todo=todo, code=code)
        self.status: ErrorStatus = status
        self.state: Mapping[str, Any] = state or {}


def windows_of(event: Mapping[str, Any]) -> tuple[Window, ...]:
    """Return the windows in a validated `windows` event."""
    return tuple(
        Window(window["id"], window["number"], window["focused"], tuple(Tab(**tab) for tab in window["tabs"]))
        for window in event["windows"]
    )
