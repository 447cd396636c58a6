"""Questions and answers as files for others: JSON lines to train a model with, Markdown to read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import write_beside
from rubato_desktop.services.answers.citation_filter import without_marks
from rubato_desktop.services.answers.history.model import Inquiry


def export(inquiries: Sequence[Inquiry], path: Path, *, whole: bool = False) -> None:
    """Write them, to `.jsonl` or `.md`, whole or not at all.

    A line of JSON has ``messages`` as chat models are trained with (user, assistant), the answer as it was corrected
    and without marks of citation.

    Args:
        whole: Whether each line also has all that is kept of it, as ``inquiry``.

    Raises:
        RubatoError: the file's name ends otherwise.
        OSError: it cannot be written.
    """
    match path.suffix.lower():
        case ".jsonl":
            lines = [json.dumps(_line(one, whole), ensure_ascii=False) for one in inquiries]
            text = "".join(f"{line}\n" for line in lines)
        case ".md":
            text = "\n".join(_section(one) for one in inquiries)
        case _:
            raise RubatoError(
                f"{path.name} ends neither in .jsonl nor in .md", todo="Name it so", code="bad_arguments"
            )
    write_beside(path, text.encode())


def _line(inquiry: Inquiry, whole: bool) -> dict[str, Any]:
    said = [("user", inquiry.question), ("assistant", without_marks(inquiry.current_answer).strip())]
    told: dict[str, Any] = {
        "messages": [{"role": role, "content": text} for role, text in said],
        "id": inquiry.id,
        "topics": inquiry.topics,
        "tags": inquiry.tags,
        "sources": [source.document for source in inquiry.sources],
        "corrected": bool(inquiry.corrections),
    }
    return {**told, "inquiry": inquiry.model_dump(mode="json")} if whole else told


def _section(inquiry: Inquiry) -> str:
    lines = [f"## {' '.join(inquiry.question.split())}", "", inquiry.current_answer, ""]
    lines += [
        f"{source.n}. {source.source}{_place(source.page, source.start_ms)}" for source in inquiry.sources
    ]
    if inquiry.corrections:
        lines += ["", f"Before it was corrected: {inquiry.answer}"]
    return "\n".join(
        [*lines, "", f"*{inquiry.at:%Y-%m-%d %H:%M}, {inquiry.user}, {inquiry.model or 'no model'}*", ""]
    )


def _place(page: int | None, start_ms: int | None) -> str:
    if start_ms is not None:
        return f", at {start_ms // 60_000}:{start_ms // 1000 % 60:02}"
    return f", page {page}" if page is not None else ""
