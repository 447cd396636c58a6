"""The words nearest to a run of keys that was not recognised."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.language.dictionary import Stack, Word
from rubato_desktop.language.keys import COUNT

CANDIDATES = 100  # near words that are compared by the distance of their keys
LONGEST_RUN = 16  # keys; a longer run is probably music, but its start may still have been meant as a word


class Nearest:
    """Finds the words of a stack whose keys are nearest to a run, by edit distance.

    Args:
        stack: The active languages.
    """

    def __init__(self, stack: Stack) -> None:
        self._words = list(stack.words())
        self._texts = [_text(word.keys) for word in self._words]

    def find(self, keys: Sequence[int], limit: int = 3) -> list[Word]:
        """Return the nearest words, nearest first.

        A word is near if its edit distance from the run is at most half of the longer of the two. Among words at the
        same distance, the one whose keys are closest on the keyboard comes first: a finger that slips hits a
        neighbouring key.

        Args:
            keys: The run (0-24).
            limit: The most words to return.
        """
        from rapidfuzz import process  # imported late: needed only after a run that was not recognised
        from rapidfuzz.distance import Levenshtein

        run = tuple(keys[:LONGEST_RUN])
        text = _text(run)
        matches = process.extract(
            text, self._texts, scorer=Levenshtein.normalized_distance, score_cutoff=0.5, limit=CANDIDATES
        )
        near = [
            (Levenshtein.distance(text, match), _apart(run, self._words[i].keys), i)
            for match, _, i in matches
        ]
        return [self._words[i] for _, _, i in sorted(near)[:limit]]


def _apart(run: Sequence[int], keys: Sequence[int]) -> int:
    """Return how far apart two runs are on the keyboard, in keys; a missing key counts as a whole keyboard."""
    return sum(abs(a - b) for a, b in zip(run, keys, strict=False)) + COUNT * abs(len(run) - len(keys))


def _text(keys: Sequence[int]) -> str:
    return "".join(chr(65 + key) for key in keys if 0 <= key < COUNT)
