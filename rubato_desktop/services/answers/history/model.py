"""One question with its answer, as it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from rubato_desktop.services.answers.answer import Answer


class Source(BaseModel):
    """What an answer cites, by its number."""

    n: int
    document: str
    source: str
    text: str
    start_ms: int | None = None
    page: int | None = None


class Correction(BaseModel):
    """What a person made of an answer, and when."""

    text: str
    user: str
    at: datetime


class Inquiry(BaseModel):
    """What a file in `inquiries/` holds. A field that another version wrote is kept as it is.

    Attributes:
        id: The file's name without its end: local time with offset, and ``-2`` for a second one in a second.
        corrections: Oldest first; the last one holds.
        accepted: Whether a person found it good; None while nobody said.
    """

    model_config = ConfigDict(extra="allow")

    id: str
    at: datetime
    user: str
    question: str
    answer: str
    answered: bool = True
    prompt: str = ""
    model: str = ""
    length: str = "normal"
    temperature: float = 0.0
    topics: list[str] = []
    tags: list[str] = []
    sources: list[Source] = []
    per_tag: dict[str, Any] = {}
    confidence: float = Field(0.0, ge=0, le=1)
    problem: str | None = None
    corrections: list[Correction] = []
    accepted: bool | None = None

    @classmethod
    def of(cls, answer: Answer, user: str, at: datetime) -> Inquiry:
        """Make one of an answer that was just given; its id comes when it is kept."""
        told = answer.as_json()
        return cls(
            id="",
            at=at,
            user=user,
            question=answer.question,
            answer=answer.answer,
            answered=answer.answered,
            prompt=answer.prompt,
            model=answer.model,
            length=answer.length,
            temperature=answer.temperature,
            topics=list(answer.topics),
            tags=list(answer.tags),
            sources=told["citations"],
            per_tag=told["per_tag"],
            confidence=min(1.0, max(0.0, answer.confidence)),
            problem=told["problem"],
        )

    @property
    def current_answer(self) -> str:
        """The answer as it holds now: its last correction, else as it was given."""
        return self.corrections[-1].text if self.corrections else self.answer

    @property
    def good(self) -> bool:
        """Whether a person corrected or accepted it."""
        return bool(self.corrections) or self.accepted is True
