"""Puts what was found by meaning and what was found by words into one order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Mode = Literal["fused", "dense", "bm25"]

# The share of meaning, the rest is that of words; benchmarks/retrieval.py measures it.
BY_MEANING: Final[Mapping[Mode, float]] = {"dense": 1.0, "bm25": 0.0, "fused": 0.5}
CHOSEN: Final = 2.0  # how much more a passage of a chosen topic counts


def fuse(dense: Mapping[int, float], words: Mapping[int, float], mode: Mode = "fused") -> dict[int, float]:
    """Return a score from 0 to 1 for each text: a convex combination of both, each a share of its most.

    A convex combination keeps how much better a text is than the next, which ranks lose (Bruch, Gai, Ingber:
    An Analysis of Fusion Functions for Hybrid Retrieval, ACM TOIS 42, 2023).

    Args:
        dense: The cosine of each text that any way found.
        words: The BM25 score of each that shares a word.
        mode: What counts.
    """
    meant, said, share = _shares(dense), _shares(words), BY_MEANING[mode]
    return {
        text: share * meant.get(text, 0.0) + (1 - share) * said.get(text, 0.0) for text in {*meant, *said}
    }


def ranked(scores: Mapping[int, float], chosen: set[int]) -> list[tuple[int, float]]:
    """Return texts with their scores, the best first; those `chosen` count more."""
    weighed = {text: score * CHOSEN if text in chosen else score for text, score in scores.items()}
    return sorted(weighed.items(), key=lambda item: (-item[1], item[0]))


def _shares(scores: Mapping[int, float]) -> dict[int, float]:
    most = max(scores.values(), default=0.0)
    return {text: max(0.0, score) / most for text, score in scores.items()} if most > 0 else {}
