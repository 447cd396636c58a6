"""Suggests tags for a text: those of similar documents, those it mentions, and its most characteristic words."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from rubato_desktop.services.answers.tokens import normalise, terms
from rubato_desktop.services.knowledge.store import Store

_SIMILAR: Final = 12  # passages to compare with
_SAMPLE: Final = 2_000  # characters of the text to search with
_MIN_WORD: Final = 4  # characters
_MENTIONED: Final = 2.0  # score of a tag that the text mentions


def suggest(
    store: Store, text: str, *, exclude: Sequence[str] = (), document: str = "", most: int = 5
) -> list[str]:
    """Return tags for a text, the most likely first.

    Args:
        store: The store.
        text: The text.
        exclude: Tags it already has.
        document: The text's own document id, which is not compared with itself.
        most: Maximum number of tags.
    """
    text_terms = set(terms(text))
    scores: defaultdict[str, float] = defaultdict(float)
    for passage in store.search(text[:_SAMPLE], k=_SIMILAR):
        if passage.document != document:
            for tag in passage.tags:
                scores[tag] += passage.score
    for tag in store.catalogue.tags():
        tag_terms = set(terms(tag))
        if tag_terms and tag_terms <= text_terms:
            scores[tag] += _MENTIONED
    tags = [tag for tag in _by_score(scores) if tag not in exclude]
    used = {stem for tag in (*tags, *exclude) for stem in terms(tag)}
    return [*tags, *(word for word in _key_words(store, text) if not set(terms(word)) & used)][:most]


def _by_score(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda name: -scores[name])


def _key_words(store: Store, text: str) -> list[str]:
    """The words of a text with the highest tf-idf, best first."""
    words = [
        word for word in normalise(text).split() if len(word) >= _MIN_WORD and not any(map(str.isdigit, word))
    ]
    as_written = {stem: word for word in reversed(words) for stem in terms(word)}
    counts = Counter(stem for word in words for stem in terms(word))
    total = max(1, store.texts.count())
    tf_idf = {
        stem: (1 + math.log(count)) * math.log(1 + total / (1 + store.texts.frequency(stem)))
        for stem, count in counts.most_common(50)
        if count > 1
    }
    return [as_written[stem] for stem in _by_score(tf_idf)]
