"""Score fusion: merges the results of dense and lexical search into one ranking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Mode = Literal["fused", "dense", "bm25"]

# The weight of the dense score, the rest is that of BM25; measured with benchmarks/retrieval.py.
DENSE_WEIGHT: Final[Mapping[Mode, float]] = {"dense": 1.0, "bm25": 0.0, "fused": 0.5}
CHOSEN_BOOST: Final = 2.0  # factor for texts of a chosen topic


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float], mode: Mode = "fused") -> dict[int, float]:
    """Return a score from 0 to 1 for each text: a convex combination of both scores, each scaled by its maximum.

    Unlike rank fusion, this keeps how much better one text is than the next (Bruch, Gai, Ingber: An Analysis of
    Fusion Functions for Hybrid Retrieval, ACM TOIS 42, 2023).

    Args:
        dense: Cosine similarity by text.
        lexical: BM25 score by text.
        mode: Which scores count.
    """
    dense, lexical, weight = _scaled(dense), _scaled(lexical), DENSE_WEIGHT[mode]
    return {
        text: weight * dense.get(text, 0.0) + (1 - weight) * lexical.get(text, 0.0)
        for text in {*dense, *lexical}
    }


def rank(scores: Mapping[int, float], chosen: set[int]) -> list[tuple[int, float]]:
    """Return (text, score), best first, with the scores of `chosen` texts boosted."""
    boosted = {text: score * CHOSEN_BOOST if text in chosen else score for text, score in scores.items()}
    return sorted(boosted.items(), key=lambda item: (-item[1], item[0]))


def _scaled(scores: Mapping[int, float]) -> dict[int, float]:
    highest = max(scores.values(), default=0.0)
    return {text: max(0.0, score) / highest for text, score in scores.items()} if highest > 0 else {}
