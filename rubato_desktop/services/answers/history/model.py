"""The file format of the history: one question with its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from rubato_desktop.services.answers.answer import Answer


class Source(BaseModel):
    """A citation: `n` is its number in the answer."""

    n: int
    document: str
    source: str
    text: str
    start_ms: int | None = None
    page: int | None = None


class Correction(BaseModel):
    """A user's correction of an answer."""

    text: str
    user: str
    at: datetime


class Inquiry(BaseModel):
    """A question and its answer, as saved in `inquiries/`. Unknown fields of other versions are preserved.

    Attributes:
        id: File name without its extension: local time with offset, plus ``-2`` for a second one in the same second.
        corrections: Oldest first; the last one is valid.
        accepted: Whether the user marked the answer as good; None if the user has not said.
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
        """Return an inquiry for a new answer; it gets its id when it is saved."""
        values = answer.as_json()
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
            sources=values["citations"],
            per_tag=values["per_tag"],
            confidence=min(1.0, max(0.0, answer.confidence)),
            problem=values["problem"],
        )

    @property
    def current_answer(self) -> str:
        """The last correction, or the original answer if there is none."""
        return self.corrections[-1].text if self.corrections else self.answer

    @property
    def good(self) -> bool:
        """Whether the user corrected or accepted the answer."""
        return bool(self.corrections) or self.accepted is True
