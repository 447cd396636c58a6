"""A fake browser with scripted responses, which are checked against the protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import pytest
from player import Player

from extension_bridge.protocol import check_args, check_value
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.browser import BrowserError, Reply, Tab, Window

Response = Mapping[str, Any] | list[Any] | Callable[..., Any] | BrowserError


STATE = {
    "window": 1,
    "tab": 12,
    "url": "https://example.org/news",
    "title": "News",
    "scroll": {"x": 0, "y": 0},
    "viewport": {"width": 1280, "height": 800},
    "digest": "0badcafe",
}


class FakeBrowser:
    """Responds to commands; arguments and responses that violate the protocol fail the test.

    Attributes:
        answers: Responses by command, or functions of its arguments that return one.
        requests: All commands so far, with their arguments.
    """

    name = "Chromium 150"
    problem: RubatoError | None = None

    def __init__(self) -> None:
        self.answers: dict[str, Response] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.windows = (window("News", "Études"),)

    @property
    def connected(self) -> bool:
        return self.problem is None

    def ask(self, name: str, /, *, deadline: float = 5.0, **args: Any) -> Future[Reply]:
        self.requests.append((name, check_args(name, args)))
        answer = self.answers[name]
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
    """Return a tab as the browser describes it."""
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
    """Return a window with tabs, of which the first is active."""
    tabs = tuple(Tab(**tab(n, title, active=n == 1)) for n, title in enumerate(titles, 1))
    return Window(id=1, number=number, focused=True, tabs=tabs)


@pytest.fixture
def browser(player: Player) -> FakeBrowser:
    """A browser that is connected to the program of `player`."""
    fake = FakeBrowser()
    player.app.services.browser = fake  # type: ignore[assignment]
    return fake
