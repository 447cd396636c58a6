"""Tags that would fit a text: those of documents like it, those it names itself, and the words it is about."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from rubato_desktop.services.answers.tokens import normalise, terms
from rubato_desktop.services.knowledge.store import Store

_LIKE_IT: Final = 12  # passages that are looked at
_SAMPLE: Final = 2_000  # signs of a text that say what it is like
_SHORTEST: Final = 4  # signs of a word that makes a tag


def suggest(
    store: Store, text: str, *, but: Sequence[str] = (), document: str = "", most: int = 5
) -> list[str]:
    """Return tags for a text, the likeliest first.

    Args:
        store: What has been learnt.
        text: What is to be tagged.
        but: Tags it has already.
        document: Its own id, which is like itself.
        most: How many.
    """
    held = set(terms(text))
    score: defaultdict[str, float] = defaultdict(float)
    for passage in store.search(text[:_SAMPLE], k=_LIKE_IT):
        if passage.document != document:
            for tag in passage.tags:
                score[tag] += passage.score
    for tag in store.catalogue.tags():
        named = set(terms(tag))
        if named and named <= held:
            score[tag] += 2.0
    found = [tag for tag in _best(score) if tag not in but]
    taken = {stem for tag in (*found, *but) for stem in terms(tag)}
    return [*found, *(word for word in _about(store, text) if not set(terms(word)) & taken)][:most]


def _best(score: Mapping[str, float]) -> list[str]:
    return sorted(score, key=lambda name: -score[name])


def _about(store: Store, text: str) -> list[str]:
    """The words a text has often, and others seldom (tf-idf), as they stand in it; the best first."""
    words = [
        word for word in normalise(text).split() if len(word) >= _SHORTEST and not any(map(str.isdigit, word))
    ]
    as_written = {stem: word for word in reversed(words) for stem in terms(word)}
    often = Counter(stem for word in words for stem in terms(word))
    of = max(1, store.texts.count())
    weight = {
        stem: (1 + math.log(count)) * math.log(1 + of / (1 + store.texts.frequency(stem)))
        for stem, count in often.most_common(50)
        if count > 1
    }
    return [as_written[stem] for stem in _best(weight)]
