"""Another installation of one packaged model, which a test may damage."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from rubato_desktop.packaged_models import find_model, packaged_models


def install(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Install the package of a model once more, where Python finds it first.

    Args:
        name: The model's name in the table.
        folder: An empty folder for it.

    Returns:
        As `find_model`: the path of each file by its name.
    """
    model = packaged_models()[name]
    for file, path in zip(model.files, find_model(name).values(), strict=True):
        there = folder / model.package / file.path
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, there)
    (folder / model.package / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, model.package, raising=False)
    monkeypatch.syspath_prepend(folder)
    found = find_model(name)
    assert all(folder in path.parents for path in found.values())
    return found
