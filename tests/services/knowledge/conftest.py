"""A store with the real catalogue, Chroma and embedding model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.knowledge.learning import Learning
from rubato_desktop.services.knowledge.store import Store


@pytest.fixture
def problems() -> list[RubatoError]:
    """The problems that the store reported."""
    return []


@pytest.fixture
def open_store(tmp_path: Path, problems: list[RubatoError]) -> Iterator[Callable[[], Store]]:
    """Opens the store in the folder of the test, after closing it if it is open."""
    stores: list[Store] = []

    def reopen() -> Store:
        for store in stores:
            store.close()
        stores.append(Store(tmp_path / "knowledge", on_problem=problems.append, lock_timeout_s=0.2))
        return stores[-1]

    yield reopen
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three texts."""
    path = tmp_path / "texts"
    path.mkdir()
    for name, text in {
        "chopin.md": "# Chopin\n\nChopin wrote twenty-four études. He taught rubato: the left hand keeps time.",
        "tuning.md": "# Tuning\n\nThe tuner stretches octaves, since strings are stiff. Concert pitch is 440 Hz.",
        "pedal.txt": "The sustain pedal lifts all dampers at once. Half pedalling lets the bass ring.",
    }.items():
        (path / name).write_text(text)
    return path


@pytest.fixture
def filled(store: Store, folder: Path) -> Store:
    learning = Learning(store)
    learning.enqueue([folder], ["Piano"])
    learning.run()
    return store
