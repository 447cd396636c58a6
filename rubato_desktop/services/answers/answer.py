"""An answer, with everything that led to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers.passages import Citation, Passage

UNANSWERED = "The sources do not answer this."
NOTHING_FOUND = "Nothing in your library matches this question."


@dataclass(slots=True)
class PerTag:
    """The part of an answer that one chosen tag or topic gives.

    Attributes:
        summary: Its part of the answer.
        citations: The citations in that part.
        weight: Its share of the answer, 0 to 1; rare tags have a larger share.
        damped: Whether its share is less than an equal one, because it is common.
    """

    summary: str
    citations: list[Citation]
    weight: float
    damped: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "summary": self.summary,
            "citations": [citation.as_json() for citation in self.citations],
            "weight": round(self.weight, 4),
            "damped": self.damped,
        }


@dataclass(slots=True)
class Answer:
    """Attributes:
    question: The question as the user asked it.
    query: The search query: the question, plus words carried over from the conversation.
    prompt: The prompt template.
    length: ``short``, ``normal`` or ``long``.
    temperature: Sampling temperature of the model.
    topics, tags: The chosen topics and tags.
    answer: The text, with citations such as ``[1]``.
    citations: What the numbers in the text refer to.
    per_tag: The part of each chosen tag or topic.
    retrieved: All retrieved passages, best first; citations number them from 1.
    model: The model's name; empty if no model was needed.
    small: Whether the model is a small one, which may only quote.
    answered: Whether the sources answer the question.
    confidence: How well the cited sources support the text, 0 to 1.
    problem: What went wrong halfway; the text up to then is kept.
    stopped: Whether the user stopped it.
    first_ms: Time until the first words, in milliseconds.
    elapsed_ms: Time until the end, in milliseconds.
    """

    question: str
    query: str = ""
    prompt: str = ""
    length: str = "normal"
    temperature: float = 0.0
    topics: Sequence[str] = ()
    tags: Sequence[str] = ()
    answer: str = ""
    citations: list[Citation] = field(default_factory=list)
    per_tag: dict[str, PerTag] = field(default_factory=dict)
    retrieved: list[Passage] = field(default_factory=list)
    model: str = ""
    small: bool = False
    answered: bool = False
    confidence: float = 0.0
    problem: RubatoError | None = None
    stopped: bool = False
    first_ms: float = 0.0
    elapsed_ms: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the output of `rubato ask --json`."""
        return {
            "question": self.question,
            "answer": self.answer,
            "answered": self.answered,
            "citations": [citation.as_json() for citation in self.citations],
            "per_tag": {name: part.as_json() for name, part in self.per_tag.items()},
            "model": self.model,
            "small": self.small,
            "confidence": round(self.confidence, 3),
            "retrieved": [passage.as_json(rank) for rank, passage in enumerate(self.retrieved, 1)],
            "problem": str(self.problem) if self.problem else None,
            "stopped": self.stopped,
            "first_ms": round(self.first_ms, 1),
            "elapsed_ms": round(self.elapsed_ms, 1),
        }
