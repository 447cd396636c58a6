"""Knowledge: reads documents, cuts them into chunks, embeds and catalogues them, and retrieves passages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CATALOGUE: Final = "catalogue.sqlite"


def knowledge_folder(data: Path) -> Path:
    """Return the folder of the store inside the data folder."""
    return data / "knowledge"


def anything_learnt(data: Path) -> bool:
    """Return whether a store exists, without opening it."""
    return (knowledge_folder(data) / CATALOGUE).is_file()
