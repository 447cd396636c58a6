"""Fixtures for every test: real servers, no silent skips, no access to the user's own data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from rubato_desktop.events import Bus, Event

pytest_plugins = [
    "servers",
    "language_fixtures",
    "player",
    "fake_browser",
    "silent_audio",
    "no_skips",
    "long_tests",
    "web_server",
    "connected_browser",
    "bridge_fixtures",
    "extension_harness",
    "pytester",
]

_number = count()


@pytest.fixture(autouse=True)
def isolated_data_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test, and each program that it starts, its own data folder."""
    monkeypatch.setenv("RUBATO_DATA", str(tmp_path_factory.getbasetemp() / f"data-{next(_number)}"))


@pytest.fixture(autouse=True)
def stray_events(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Fail a test in which an event was published on a thread other than the engine's."""
    strays: list[str] = []

    def record_stray(bus: Bus, event: Event) -> None:
        strays.append(f"{type(event).__name__} on {threading.current_thread().name}")

    monkeypatch.setattr(Bus, "_on_wrong_thread", record_stray)
    yield strays
    assert not strays


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Rerun a failed real-time test (JACK, browser) once, as a busy machine may be too slow for it.

    A test that fails twice fails; the summary says how many were rerun.
    """
    for item in items:
        real_time = "e2e" in item.path.parts or item.get_closest_marker("xdist_group") is not None
        if real_time:
            item.add_marker(pytest.mark.flaky(reruns=1))
