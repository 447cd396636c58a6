"""A small keyword index of passages, in place of a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rubato_desktop.services.answers.passages import Passage
from rubato_desktop.services.answers.tokens import terms


class PassageIndex:
    """Finds passages that share words with a query, those with the rarest words first.

    Args:
        passages: The passages to search.
        counts: Number of passages by topic or tag, where a test wants another number than there are.

    Attributes:
        queries: The queries so far, in order.
    """

    def __init__(self, passages: Sequence[Passage], counts: Mapping[str, int] | None = None) -> None:
        self.passages = list(passages)
        self.counts = counts or {}
        self.queries: list[str] = []

    @classmethod
    def of(cls, texts: Mapping[str, str], tags: Mapping[str, Sequence[str]] | None = None) -> PassageIndex:
        """Return an index of one passage per text; `texts` and `tags` are keyed by the text's name."""
        return cls(
            [
                Passage(name, f"{name}.md", " ".join(text.split()), tags=tuple((tags or {}).get(name, ())))
                for name, text in texts.items()
            ]
        )

    def search(
        self,
        query: str,
        *,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        k: int = 10,
        within: bool = False,
    ) -> list[Passage]:
        self.queries.append(query)
        words = set(terms(query))
        held = [set(terms(passage.text)) for passage in self.passages]
        weight = {word: 1 / (1 + sum(word in one for one in held)) for word in words}
        found = [
            replace(passage, score=sum(weight[word] for word in words & own))
            for passage, own in zip(self.passages, held, strict=True)
            if (not tags or set(tags) & set(passage.tags))
            and (not topics or (not within and not passage.topics) or set(topics) & set(passage.topics))
        ]
        return sorted((one for one in found if one.score), key=lambda one: -one.score)[:k]

    def count(self, *, topic: str = "", tag: str = "") -> int:
        if (name := topic or tag) in self.counts:
            return self.counts[name]
        return sum(tag in passage.tags or topic in passage.topics for passage in self.passages)
