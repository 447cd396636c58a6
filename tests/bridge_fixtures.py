"""Fixtures: the program's end of the browser connection, and fake extensions that connect through the real host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fake_extension import FakeExtension

from rubato_desktop.services.browser import Browser, PanelRequest, UnknownBrowser


class Bridge:
    """A `Browser` that records everything it reports.

    Attributes:
        browser: The browser service under test.
        data: Its data folder.
        events: Events of the current browser, as (name, arguments).
        requests: Requests of side panels.
        questions: Pairing questions; None when one was withdrawn.
    """

    def __init__(self, data: Path, **options: Any) -> None:
        self.data = data
        self.events: list[tuple[str, Any]] = []
        self.requests: list[PanelRequest] = []
        self.questions: list[UnknownBrowser | None] = []
        self.browser = Browser(
            data,
            welcome=lambda: {"listening": False, "settings": {"search": "https://s.example/?q=%s"}},
            on_event=lambda name, args: self.events.append((name, args)),
            on_request=self.requests.append,
            on_pairing=self.questions.append,
            **options,
        )
        self.browser.start()


@pytest.fixture
def ending() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start_bridge(tmp_path: Path, ending: ExitStack) -> Callable[..., Bridge]:
    """Start a bridge in the data folder of the test."""

    def start(**options: Any) -> Bridge:
        bridge = Bridge(tmp_path / "data", **options)
        ending.callback(bridge.browser.close)
        return bridge

    return start


@pytest.fixture
def bridge(start_bridge: Callable[..., Bridge]) -> Bridge:
    """A bridge that accepts every browser."""
    return start_bridge(trust_all=True)


@pytest.fixture
def open_browser(tmp_path: Path, ending: ExitStack) -> Callable[..., FakeExtension]:
    """Connect a fake extension to the data folder of the test."""

    def start(**options: Any) -> FakeExtension:
        (tmp_path / "data").mkdir(exist_ok=True)
        return ending.enter_context(FakeExtension(tmp_path / "data", **options))

    return start
