"""Paths of the program's own data files, in a checkout and in an installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
ROOT = next(path for path in (_PACKAGE / "resources", _PACKAGE.parent / "resources") if path.is_dir())


def resource(*parts: str) -> Path:
    """Return the path of a file in `resources/`, e.g. ``resource("languages", "core.toml")``."""
    return ROOT.joinpath(*parts)
