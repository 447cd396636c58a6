"""A bridge with its data folder, and extensions that join it through the real host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fake_extension import FakeExtension

from rubato_desktop.services.browser import Browser, PanelRequest, UnknownBrowser


class Bridge:
    """A `Browser` and all that it reported.

    Attributes:
        browser: The real thing.
        data: Its data folder.
        events: What happened in the current browser.
        requests: What panels asked.
        questions: Who was asked about; None where a question went away.
    """

    def __init__(self, data: Path, **how: Any) -> None:
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
            **how,
        )
        self.browser.start()


@pytest.fixture
def ending() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start_bridge(tmp_path: Path, ending: ExitStack) -> Callable[..., Bridge]:
    """Start a bridge on the data folder of the test."""

    def start(**how: Any) -> Bridge:
        bridge = Bridge(tmp_path / "data", **how)
        ending.callback(bridge.browser.close)
        return bridge

    return start


@pytest.fixture
def bridge(start_bridge: Callable[..., Bridge]) -> Bridge:
    """A bridge that lets everybody join."""
    return start_bridge(trust_all=True)


@pytest.fixture
def open_browser(tmp_path: Path, ending: ExitStack) -> Callable[..., FakeExtension]:
    """Open a browser with the extension on the data folder of the test."""

    def start(**how: Any) -> FakeExtension:
        (tmp_path / "data").mkdir(exist_ok=True)
        return ending.enter_context(FakeExtension(tmp_path / "data", **how))

    return start
