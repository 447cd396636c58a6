"""Answers in the sources' own words, for models that may not be trusted with others: each sentence a quote, cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rubato_desktop.services.answers.citation_filter import without_marks
from rubato_desktop.services.answers.evidence import Evidence
from rubato_desktop.services.answers.tokens import sentences, terms

MOST: Final = {"short": 2, "normal": 4, "long": 10}  # quotes in an answer
NEAR_BEST: Final = 0.75  # of the best one's score, to be chosen too
_SAME: Final = 0.7
_MEANT: Final = 0.5


def quote(sentence: str, number: int, room: int) -> str:
    """Return a sentence as a cited quote of at most `room` words, its mark among them; empty where that is too few.

    Marks of citation inside it are the source's own, and would point elsewhere here.
    """
    words = without_marks(sentence).strip().strip('"“”„«»').split()
    if len(words) + 1 > room:
        words = [*words[: room - 1]]
        if len(words) < 4:
            return ""
        words[-1] = words[-1].rstrip(",;:.–-") + "…"
    inside = re.sub(r"[“”]", '"', " ".join(words))
    return f"“{inside}” [{number}]"


def candidates(evidence: Sequence[Evidence], length: str) -> list[Evidence]:
    """Return what may be quoted, best first; nothing when the sources do not answer."""
    chosen: list[Evidence] = []
    for one in evidence:
        good = one.answers and one.score >= NEAR_BEST * evidence[0].score
        if good and not any(_alike(one, other) for other in chosen):
            chosen.append(one)
    return chosen[: 2 * MOST[length]]


def meant(said: str, offered: Sequence[Evidence]) -> Iterator[Evidence]:
    """Return those of the offered sentences that what a model said is made of, in its order."""
    for sentence in sentences(said):
        words = set(terms(sentence))
        near = [
            (len(words & (own := set(terms(one.text)))) / max(1, len(words | own)), one) for one in offered
        ]
        best = max(near, key=lambda pair: pair[0], default=None)
        if best is not None and best[0] >= _MEANT:
            yield best[1]


def told(chosen: Iterable[Evidence], numbers: Sequence[int], limit: int) -> Iterator[tuple[Evidence, str]]:
    """Yield quotes, each once, until the limit of words is reached; later ones begin with a blank."""
    said, used = 0, set()
    for one in chosen:
        if one.text in used:
            continue
        text = quote(one.text, numbers[one.passage], limit - said)
        if not text:
            return
        used.add(one.text)
        yield one, f" {text}" if said else text
        said += len(text.split())


def _alike(one: Evidence, other: Evidence) -> bool:
    a, b = set(terms(one.text)), set(terms(other.text))
    return bool(a | b) and len(a & b) / len(a | b) >= _SAME
