"""The words nearest to a run that was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from rubato_desktop.language.dictionary import Stack, Word
from rubato_desktop.language.keys import COUNT

CANDIDATES = 40
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
        """Return at most `limit` words, nearest first.

        A word is near when at most half of the longer of the two would have to change. Of those that differ in
        equally many keys, the one whose keys lie closest comes first: a finger that slips lands next door.
        """
        from rapidfuzz import process  # not needed until something is misplayed
        from rapidfuzz.distance import Levenshtein

        run = tuple(keys[:LONGEST_RUN])
        found = process.extract(
            _text(run),
            self._texts,
            scorer=Levenshtein.distance,
            limit=CANDIDATES,
            score_cutoff=(len(run) + 1) // 2,
        )
        words = [(changes, self._words[index]) for _, changes, index in found]
        near = [
            (changes, _apart(run, word.keys), word)
            for changes, word in words
            if 2 * changes <= max(len(run), len(word.keys))
        ]
        near.sort(key=lambda item: item[:2])
        return [word for _, _, word in near[:limit]]


def _apart(run: Sequence[int], keys: Sequence[int]) -> int:
    """How far the fingers were off, in keys; as much as the whole keyboard for each key too many or too few."""
    return sum(abs(a - b) for a, b in zip(run, keys, strict=False)) + COUNT * abs(len(run) - len(keys))


def _text(keys: Sequence[int]) -> str:
    return "".join(chr(65 + key) for key in keys if 0 <= key < COUNT)
