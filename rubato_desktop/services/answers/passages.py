"""What is found for a question, and how an answer points at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of something that was learnt.

    Attributes:
        document: Its document's stable id.
        source: The document's path or address.
        text: The passage.
        start_ms: Where in a recording or video it begins.
        page: Its page, from 1.
        topics, tags: What its document belongs to.
        score: How well it fits what was searched; higher is better.
    """

    document: str
    source: str
    text: str
    start_ms: int | None = None
    page: int | None = None
    topics: Sequence[str] = ()
    tags: Sequence[str] = ()
    score: float = 0.0

    def as_json(self, rank: int) -> dict[str, Any]:
        return {"rank": rank, **asdict(self), "topics": list(self.topics), "tags": list(self.tags)}


class Retrieval(Protocol):
    """Where passages come from."""

    def search(
        self,
        query: str,
        *,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        k: int = 10,
        within: bool = False,
    ) -> Sequence[Passage]:
        """Return at most `k` passages, best first, of everything (ALL), those of the given topics before others, or
        only those where it is to stay `within` them; with tags, only of documents that carry one of them."""
        ...

    def count(self, *, topic: str = "", tag: str = "") -> int:
        """Return how many documents belong to a topic, or carry a tag."""
        ...


@dataclass(frozen=True, slots=True)
class Citation:
    """What a number in an answer stands for; the fields are those of its `Passage`."""

    n: int
    document: str
    source: str
    text: str
    start_ms: int | None
    page: int | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Numbered:
    """The passages of one answer, each with its number: the order in which they came, none twice."""

    passages: list[Passage] = field(default_factory=list)

    def add(self, found: Sequence[Passage]) -> list[int]:
        """Take passages in; returns the number of each."""
        numbers = []
        for passage in found:
            known = [(other.document, other.text) for other in self.passages]
            if (key := (passage.document, passage.text)) not in known:
                self.passages.append(passage)
                known.append(key)
            numbers.append(known.index(key) + 1)
        return numbers

    def __getitem__(self, n: int) -> Passage:
        return self.passages[n - 1]

    def citation(self, n: int) -> Citation:
        passage = self[n]
        return Citation(n, passage.document, passage.source, passage.text, passage.start_ms, passage.page)
