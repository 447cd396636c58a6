"""The version is defined once, in rubato_desktop/__init__.py, and all copies agree."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from rubato_desktop import __version__

ROOT = Path(__file__).parents[1]


def test_package_takes_its_version_from_the_program() -> None:
    file = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert file["project"]["dynamic"] == ["version"]
    assert "version" not in file["project"]
    source = ROOT / file["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{__version__}"' in source.read_text(encoding="utf-8")


def test_extension_has_the_same_version() -> None:
    manifest = json.loads((ROOT / "extension_bridge/extension/manifest.json").read_text(encoding="utf-8"))
    assert manifest["version"] == __version__


def test_changelog_starts_with_the_version() -> None:
    headings = re.findall(r"^## (\S+?),? ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == __version__
