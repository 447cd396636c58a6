"""Retrieved passages, and the citations that refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document, as retrieved.

    Attributes:
        document: Stable id of its document.
        source: Path or address of the document.
        text: The text.
        start_ms: Where it begins in a recording or video, in milliseconds.
        page: Its page, from 1.
        topics, tags: Those of its document.
        score: Relevance to the query; higher is better.
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
    """Retrieves passages for a query."""

    def search(
        self,
        query: str,
        *,
        topics: Sequence[str] = (),
        tags: Sequence[str] = (),
        k: int = 10,
        within: bool = False,
    ) -> Sequence[Passage]:
        """Return the best passages for a query, best first.

        Args:
            query: The question.
            topics: Topics that count more than others.
            tags: Only documents with one of these tags; empty for all.
            k: Maximum number of passages.
            within: Only documents of `topics`.
        """
        ...

    def count(self, *, topic: str = "", tag: str = "") -> int:
        """Return the number of documents with a topic or a tag."""
        ...


@dataclass(frozen=True, slots=True)
class Citation:
    """What a number in an answer refers to: `n` is the number, the other fields are those of its `Passage`."""

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
    """The passages of one answer, each once, numbered from 1 in the order they were added."""

    passages: list[Passage] = field(default_factory=list)

    def add(self, passages: Sequence[Passage]) -> list[int]:
        """Add passages and return the number of each."""
        numbers = []
        for passage in passages:
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
