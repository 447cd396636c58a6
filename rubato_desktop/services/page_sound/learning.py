"""Learning the sounds: a new sound is followed by a fast spoken word, which fades as the sound is learnt."""

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
    """Return the volume (0-1) of the word after a sound that was heard `hearings` times before.

    1 for the first 20 hearings, then falling linearly to 0 at the 40th.
    """
    return max(0.0, min(1.0, (NEW + FADING - hearings) / FADING))


class HearingCounts:
    """How often each kind of sound was heard, stored in `hearings.json` in the data folder.

    Args:
        path: The file; it need not exist, and an unreadable one is replaced. None: counts are not stored.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._saved: Counter[str] = Counter()
        if path is not None:
            self._read(path)
        self._counts = self._saved.copy()

    def _read(self, path: Path) -> None:
        try:
            counts = json.loads(path.read_text(encoding="utf-8"))
            self._saved.update({str(kind): max(0, int(count)) for kind, count in counts.items()})
        except FileNotFoundError:
            pass
        except (OSError, ValueError, AttributeError, TypeError, OverflowError, RecursionError) as error:
            log.warning("cannot read the hearing counts, starting from zero: %s", error)

    def __getitem__(self, kind: str) -> int:
        return self._counts[kind]

    def count(self, kinds: Iterable[str]) -> None:
        """Count one hearing of each kind."""
        self._counts.update(set(kinds))

    def save(self) -> None:
        """Write the counts if they have changed.

        Raises:
            OSError: they cannot be written.
        """
        if self._path is not None and self._counts != self._saved:
            write_beside(self._path, json.dumps(self._counts, sort_keys=True).encode())
            self._saved = self._counts.copy()
