"""What holds for every test: real servers at hand, nothing passed over in silence, nobody's own data touched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from rubato_desktop.events import Bus, Event

pytest_plugins = [
    "servers",
    "lexicon",
    "player",
    "standin",
    "silent",
    "no_skips",
    "long_tests",
    "served",
    "hand",
    "bridging",
    "wired",
    "pytester",
]

_number = count()


@pytest.fixture(autouse=True)
def data_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test, and every program it starts, a data folder of its own."""
    monkeypatch.setenv("RUBATO_DATA", str(tmp_path_factory.getbasetemp() / f"data-{next(_number)}"))


@pytest.fixture(autouse=True)
def published_on_the_engine_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail a test in which anything was published on another thread than the engine's."""
    strays: list[str] = []

    def stray(bus: Bus, event: Event) -> None:
        strays.append(f"{type(event).__name__} on {threading.current_thread().name}")

    monkeypatch.setattr(Bus, "_stray", stray)
    yield strays
    assert not strays


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What happens in real time, through JACK or a browser, is tried once more: two busy processors may be late for it.

    Whatever fails twice fails, and the last line says how often that was needed.
    """
    for item in items:
        real_time = "e2e" in item.path.parts or item.get_closest_marker("xdist_group") is not None
        if real_time:
            item.add_marker(pytest.mark.flaky(reruns=1))
