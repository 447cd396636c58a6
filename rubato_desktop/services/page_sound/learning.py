"""Learning: while a sound is new a fast word follows it, and fades as the sound is learnt."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rubato_desktop.files import write_beside

log = logging.getLogger(__name__)

NEW: Final = 20
FADING: Final = 20


def word_volume(hearings: int) -> float:
    """Return how loudly a word follows a sound that was heard so often before.

    1 for the first 20 hearings, then evenly less; 0 from the 40th on.
    """
    return max(0.0, min(1.0, (NEW + FADING - hearings) / FADING))


class HearingCounts:
    """How often each kind of sound was heard; `hearings.json` in the data folder.

    Args:
        path: The file; it need not exist. One that cannot be read is begun anew. None keeps nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept: Counter[str] = Counter()
        if path is not None:
            self._read(path)
        self._counts = self._kept.copy()

    def _read(self, path: Path) -> None:
        try:
            counts = json.loads(path.read_text(encoding="utf-8"))
            self._kept.update({str(kind): max(0, int(count)) for kind, count in counts.items()})
        except FileNotFoundError:
            pass
        except (OSError, ValueError, AttributeError, TypeError, OverflowError, RecursionError) as error:
            log.warning("the counts of hearings could not be read and start anew: %s", error)

    def __getitem__(self, kind: str) -> int:
        return self._counts[kind]

    def heard(self, kinds: Iterable[str]) -> None:
        """Count one hearing of each kind."""
        self._counts.update(set(kinds))

    def save(self) -> None:
        """Keep the counts, if there is anything new.

        Raises:
            OSError: they cannot be written.
        """
        if self._path is not None and self._counts != self._kept:
            write_beside(self._path, json.dumps(self._counts, sort_keys=True).encode())
            self._kept = self._counts.copy()
