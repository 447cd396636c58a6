"""Exports questions and answers: JSON Lines for training a model, Markdown for reading."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError
from rubato_desktop.files import write_beside
from rubato_desktop.services.answers.citation_filter import strip_citations
from rubato_desktop.services.answers.history.model import Inquiry


def export(inquiries: Sequence[Inquiry], path: Path, *, whole: bool = False) -> None:
    """Write inquiries to a `.jsonl` or `.md` file, atomically.

    A JSON line has ``messages`` in the usual chat format (user, assistant), with the latest correction of the answer
    and without citations.

    Args:
        inquiries: What to write.
        path: The file.
        whole: Whether each JSON line also holds the whole inquiry, as ``inquiry``.

    Raises:
        RubatoError: the file name has another extension.
        OSError: the file cannot be written.
    """
    match path.suffix.lower():
        case ".jsonl":
            lines = [json.dumps(_line(one, whole), ensure_ascii=False) for one in inquiries]
            text = "".join(f"{line}\n" for line in lines)
        case ".md":
            text = "\n".join(_section(one) for one in inquiries)
        case _:
            raise RubatoError(
                f"Cannot export to {path.name}",
                todo="Choose a name that ends in .jsonl or .md",
                code="bad_arguments",
            )
    write_beside(path, text.encode())


def _line(inquiry: Inquiry, whole: bool) -> dict[str, Any]:
    messages = [
        ("user", inquiry.question),
        ("assistant", strip_citations(inquiry.current_answer).strip()),
    ]
    line: dict[str, Any] = {
        "messages": [{"role": role, "content": text} for role, text in messages],
        "id": inquiry.id,
        "topics": inquiry.topics,
        "tags": inquiry.tags,
        "sources": [source.document for source in inquiry.sources],
        "corrected": bool(inquiry.corrections),
    }
    return {**line, "inquiry": inquiry.model_dump(mode="json")} if whole else line


def _section(inquiry: Inquiry) -> str:
    lines = [f"## {' '.join(inquiry.question.split())}", "", inquiry.current_answer, ""]
    lines += [
        f"{source.n}. {source.source}{_location(source.page, source.start_ms)}" for source in inquiry.sources
    ]
    if inquiry.corrections:
        lines += ["", f"Original answer: {inquiry.answer}"]
    return "\n".join(
        [*lines, "", f"*{inquiry.at:%Y-%m-%d %H:%M}, {inquiry.user}, {inquiry.model or 'no model'}*", ""]
    )


def _location(page: int | None, start_ms: int | None) -> str:
    if start_ms is not None:
        return f", at {start_ms // 60_000}:{start_ms // 1000 % 60:02}"
    return f", page {page}" if page is not None else ""
