"""The words nearest to a run that was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rubato_desktop.language.dictionary import Stack, Word

LONGEST_RUN = 16  # a run this long was music; its beginning still tells what was meant


class Nearest:
    """Finds the words of a stack whose keys are closest to a run, by edit distance.

    Args:
        stack: The active languages.
    """

    def __init__(self, stack: Stack) -> None:
        self._words = list(stack.words())
        self._texts = [_text(word.keys) for word in self._words]

    def find(self, keys: Sequence[int], limit: int = 3) -> list[Word]:
        """Return at most `limit` words, nearest first; of equally near ones, first in the dictionary first.

        A word is near when at most half of the longer of the two would have to change.
        """
        run = _text(keys[:LONGEST_RUN])
        found = process.extract(
            run, self._texts, scorer=Levenshtein.normalized_distance, limit=limit, score_cutoff=0.5
        )
        return [self._words[index] for _, _, index in found]


def _text(keys: Sequence[int]) -> str:
    return "".join(chr(65 + key) for key in keys)
