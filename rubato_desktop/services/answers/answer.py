"""An answer, with all that led to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.services.answers.passages import Citation, Passage

UNANSWERED = "The sources do not answer this."
NOTHING_LEARNT = "Nothing is known about this: no source was found."


@dataclass(slots=True)
class PerTag:
    """What one chosen tag or topic answers for itself.

    Attributes:
        summary: Its part of the answer.
        citations: What that cites.
        weight: Its share of the answer, 0 to 1; rare ones have more.
        damped: Whether it has less than an equal share, since it is common.
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
    question: As it was asked.
    query: What was searched for, with what the conversation carries on.
    prompt: The template that was used.
    answer: The text, with marks such as ``[1]`` for its citations.
    citations: What the marks stand for.
    per_tag: The part of each chosen tag or topic.
    retrieved: All that was found, best first; citations number it from 1.
    model: The model's name; empty where none was needed.
    small: Whether it was one that may only quote.
    answered: Whether the sources answer it.
    confidence: 0 to 1: how well what is said is borne out by what is cited.
    problem: What went wrong in the middle; what was said before is kept.
    stopped: Whether it was stopped.
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
        """Return the shape of `rubato ask --json`."""
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
