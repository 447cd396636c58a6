"""What holds for every test: real servers at hand, nothing passed over in silence, nobody's own data touched."""

from __future__ import annotations

from itertools import count

import pytest

pytest_plugins = [
    "servers",
    "lexicon",
    "player",
    "standin",
    "silent",
    "no_skips",
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What happens in real time, through JACK or a browser, is tried once more: two busy processors may be late for it.

    Whatever fails twice fails, and the last line says how often that was needed.
    """
    for item in items:
        real_time = "e2e" in item.path.parts or item.get_closest_marker("xdist_group") is not None
        if real_time:
            item.add_marker(pytest.mark.flaky(reruns=1))
