"""Extractive answers: cited quotes from the sources, for models that are too small to write themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rubato_desktop.services.answers.citation_filter import strip_citations
from rubato_desktop.services.answers.evidence import Evidence
from rubato_desktop.services.answers.tokens import sentences, terms

MAX_QUOTES: Final = {"short": 2, "normal": 4, "long": 10}
MIN_RELATIVE_SCORE: Final = 0.75  # of the best score
_DUPLICATE: Final = 0.7  # Jaccard similarity
_MATCH: Final = 0.5  # Jaccard similarity


def quote(sentence: str, number: int, max_words: int) -> str:
    """Return a sentence as a cited quote; empty if too little of it would fit.

    Citations inside the sentence are the source's own and would refer to something else here, so they are removed.

    Args:
        sentence: The sentence.
        number: The number to cite it by.
        max_words: Maximum length, with the citation.
    """
    words = strip_citations(sentence).strip().strip('"“”„«»').split()
    if len(words) + 1 > max_words:
        words = [*words[: max_words - 1]]
        if len(words) < 4:
            return ""
        words[-1] = words[-1].rstrip(",;:.–-") + "…"
    inside = re.sub(r"[“”]", '"', " ".join(words))
    return f"“{inside}” [{number}]"


def candidates(evidence: Sequence[Evidence], length: str) -> list[Evidence]:
    """Return the sentences that may be quoted, best first; none if the sources do not answer."""
    chosen: list[Evidence] = []
    for one in evidence:
        good = one.answers and one.score >= MIN_RELATIVE_SCORE * evidence[0].score
        if good and not any(_similarity(one.text, other.text) >= _DUPLICATE for other in chosen):
            chosen.append(one)
    return chosen[: 2 * MAX_QUOTES[length]]


def match(text: str, offered: Sequence[Evidence]) -> Iterator[Evidence]:
    """Yield the offered sentence that each sentence of a model's text is closest to, if it is close enough."""
    for sentence in sentences(text):
        best = max(offered, key=lambda one: _similarity(sentence, one.text), default=None)
        if best is not None and _similarity(sentence, best.text) >= _MATCH:
            yield best


def quotes(chosen: Iterable[Evidence], numbers: Sequence[int], limit: int) -> Iterator[tuple[Evidence, str]]:
    """Yield each sentence once, with its quote; quotes after the first begin with a space.

    Args:
        chosen: The sentences.
        numbers: The number each passage is cited by.
        limit: Maximum number of words in all.
    """
    count, used = 0, set()
    for one in chosen:
        if one.text in used:
            continue
        text = quote(one.text, numbers[one.passage], limit - count)
        if not text:
            return
        used.add(one.text)
        yield one, f" {text}" if count else text
        count += len(text.split())


def _similarity(one: str, other: str) -> float:
    """Jaccard similarity of the terms of two sentences, 0 to 1."""
    a, b = set(terms(one)), set(terms(other))
    return len(a & b) / max(1, len(a | b))
