"""Puts what was found by meaning and what was found by words into one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

Mode = Literal["fused", "dense", "bm25"]

BY_MEANING: Final = 0.5  # its share, the rest is that of words; benchmarks/retrieval.py measures it
CHOSEN: Final = 2.0  # how much more a passage of a chosen topic counts


def fuse(
    dense: Sequence[tuple[int, float]], words: Sequence[tuple[int, float]], by_meaning: float = BY_MEANING
) -> dict[int, float]:
    """Return a score from 0 to 1 for each text: a convex combination of both, each from its least to its most.

    A convex combination keeps how much better a text is than the next, which ranks lose (Bruch, Gai, Ingber:
    An Analysis of Fusion Functions for Hybrid Retrieval, ACM TOIS 42, 2023).

    Args:
        dense: (text, cosine) of all texts that any way found.
        words: (text, BM25 score) of those that share a word.
        by_meaning: Share of the first.
    """
    meant = _spread(dense, least=0.0)
    said = _spread(words, least=0.0)
    return {
        text: by_meaning * meant.get(text, 0.0) + (1 - by_meaning) * said.get(text, 0.0)
        for text in {*meant, *said}
    }


def ranked(scores: Mapping[int, float], chosen: set[int]) -> list[tuple[int, float]]:
    """Return texts with their scores, the best first; those `chosen` count more."""
    weighed = {text: score * CHOSEN if text in chosen else score for text, score in scores.items()}
    return sorted(weighed.items(), key=lambda item: (-item[1], item[0]))


def _spread(found: Sequence[tuple[int, float]], least: float) -> dict[int, float]:
    most = max((score for _, score in found), default=0.0)
    if most <= least:
        return {}
    return {text: max(0.0, score - least) / (most - least) for text, score in found}
