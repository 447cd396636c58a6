"""The running program, joined to a real Chromium that a test sees as well: the fixture ``hand``, one a test module."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from extended import chromium
from playwright.sync_api import BrowserContext, Page
from running import Program
from served import Site
from waiting import until

from extension_bridge.install import Installation


class Hand:
    """A running program, joined to a browser that a test sees as well."""

    def __init__(self, program: Program, context: BrowserContext, site: Site) -> None:
        self.program, self.context, self.site = program, context, site

    @property
    def page(self) -> Page:
        return self.context.pages[0]

    @property
    def joined(self) -> bool:
        return "browser" in self.program.ask("status")["value"]["has"]

    def sends(self, *words: str) -> dict[str, Any]:
        return self.program.send(*words)

    def sees(self, holds: Callable[[], object], what: str) -> None:
        def look() -> object:
            self.page.wait_for_timeout(20)
            return holds()

        until(look, what)


@pytest.fixture(scope="module")
def hand(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    folder = tmp_path_factory.mktemp("faults")
    Installation(folder / "data").install_in_profile(folder / "profile")
    program = Program(folder / "data")
    with chromium(folder / "profile") as context:
        hand = Hand(program, context, site)
        until(lambda: program.ask("status")["value"]["question"], "the question")
        program.ask("confirm")
        until(lambda: hand.joined, "the browser to join")
        yield hand
    program.end(signal.SIGKILL)
