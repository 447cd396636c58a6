"""Somebody who answers for the browser: what a test says it answers, checked against the protocol's own table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import pytest
from player import Player

from extension_bridge.protocol import check_args, check_value
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.browser import BrowserError, Reply, Tab, Window

Says = Mapping[str, Any] | list[Any] | Callable[..., Any] | BrowserError


STATE = {
    "window": 1,
    "tab": 12,
    "url": "https://example.org/news",
    "title": "News",
    "scroll": {"x": 0, "y": 0},
    "viewport": {"width": 1280, "height": 800},
    "digest": "0badcafe",
}


class StandIn:
    """Answers commands as told; an argument or an answer that the protocol does not know fails the test.

    Attributes:
        says: Command → its answer, or a function of its arguments that returns one.
        asked: Every command so far, with its arguments.
    """

    name = "Chromium 150"
    problem: RubatoError | None = None

    def __init__(self) -> None:
        self.says: dict[str, Says] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.windows = (window("News", "Études"),)

    @property
    def connected(self) -> bool:
        return self.problem is None

    def ask(self, name: str, /, *, deadline: float = 5.0, **args: Any) -> Future[Reply]:
        self.asked.append((name, check_args(name, args)))
        answer = self.says[name]
        answer = answer(**args) if callable(answer) else answer
        future: Future[Reply] = Future()
        if isinstance(answer, BrowserError):
            future.set_exception(answer)
        else:
            future.set_result(Reply(check_value(name, answer), STATE))
        return future

    def tell(self, name: str, /, **args: Any) -> None:
        pass

    def close(self) -> None:
        pass


def tab(number: int, title: str, *, active: bool = False) -> dict[str, Any]:
    """A tab as the browser describes it."""
    return {
        "id": 10 + number,
        "number": number,
        "title": title,
        "url": f"https://example.org/{title.lower()}",
        "active": active,
        "audible": False,
        "muted": False,
    }


def window(*titles: str, number: int = 1) -> Window:
    """A window with tabs, the first in front."""
    tabs = tuple(Tab(**tab(n, title, active=n == 1)) for n, title in enumerate(titles, 1))
    return Window(id=1, number=number, focused=True, tabs=tabs)


@pytest.fixture
def browser(player: Player) -> StandIn:
    """A browser that has joined the program which `player` plays."""
    stand_in = StandIn()
    player.app.services.browser = stand_in  # type: ignore[assignment]
    return stand_in
