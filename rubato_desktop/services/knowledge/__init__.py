"""Knowledge: texts are read, cut into chunks, embedded and catalogued, and found again by meaning and by words."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CATALOGUE: Final = "catalogue.sqlite"


def knowledge_folder(data: Path) -> Path:
    """Return where in the data folder knowledge is."""
    return data / "knowledge"


def anything_learnt(data: Path) -> bool:
    """Return whether anything was ever learnt here; costs nothing to ask."""
    return (knowledge_folder(data) / CATALOGUE).is_file()
