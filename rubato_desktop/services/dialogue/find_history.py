"""The history of searched texts, newest first."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from rubato_desktop.files import write_beside

log = logging.getLogger(__name__)

KEPT = 50


class FindHistory:
    """Stores searched texts across runs of the program.

    Args:
        data: The data folder; the history is its ``finds.json``.
    """

    def __init__(self, data: Path) -> None:
        self._file = data / "finds.json"
        self._texts: list[str] | None = None

    @property
    def texts(self) -> list[str]:
        """The searched texts, newest first, without duplicates."""
        if self._texts is None:
            self._texts = self._read()
        return self._texts

    def add(self, text: str) -> None:
        """Add a text; if that cannot be written, it is kept until the program ends."""
        self._texts = [text, *(other for other in self.texts if other != text)][:KEPT]
        try:
            write_beside(self._file, json.dumps(self._texts, ensure_ascii=False).encode())
        except OSError as error:
            log.warning("the history of finds cannot be written: %s", error)

    def _read(self) -> list[str]:
        try:
            read = json.loads(self._file.read_text(encoding="utf-8"))
            return [text for text in read if isinstance(text, str)][:KEPT]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            log.warning("the history of finds cannot be read and starts empty: %s", error)
            return []
