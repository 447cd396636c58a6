"""A second installation of a packaged model, which a test may damage."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from rubato_desktop.packaged_models import find_model, packaged_models


def install(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Install the package of a model again in a folder that is first on `sys.path`.

    Args:
        name: Name of the model in `resources/models.toml`.
        folder: An empty folder.

    Returns:
        Paths of its files by name, as `find_model`.
    """
    model = packaged_models()[name]
    for file, path in zip(model.files, find_model(name).values(), strict=True):
        copy = folder / model.package / file.path
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    (folder / model.package / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, model.package, raising=False)
    monkeypatch.syspath_prepend(folder)
    found = find_model(name)
    assert all(folder in path.parents for path in found.values())
    return found
