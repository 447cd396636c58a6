"""Reads sources: each kind of file by its own module, all into the same pieces."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final

from rubato_desktop.services.knowledge.readers.base import MOST_BYTES, Passage, ReadDocument, UnreadableSource

# Suffix → where it is read; imported when the first such file comes.
_READERS: Final = {
    ".txt": "text_markdown.read_text",
    ".text": "text_markdown.read_text",
    ".md": "text_markdown.read_markdown",
    ".markdown": "text_markdown.read_markdown",
    ".html": "html_epub.read_html",
    ".htm": "html_epub.read_html",
    ".xhtml": "html_epub.read_html",
    ".epub": "html_epub.read_epub",
    ".pdf": "pdf_docx.read_pdf",
    ".docx": "pdf_docx.read_docx",
    ".srt": "transcripts.read_subtitles",
    ".vtt": "transcripts.read_subtitles",
    ".jsonl": "transcripts.read_session",
}
_SESSION: Final = "journal.jsonl"


def readable(path: Path) -> bool:
    """Return whether a file is of a kind that can be learnt, by its name."""
    return path.suffix.lower() in _READERS and (path.suffix != ".jsonl" or path.name == _SESSION)


def kinds() -> tuple[str, ...]:
    """Return the suffixes of files that can be learnt."""
    return tuple(suffix for suffix in _READERS if suffix != ".jsonl")


def read(path: Path) -> ReadDocument:
    """Read a source.

    Raises:
        Unreadable: it is of no known kind, too large, damaged, encrypted, or has no text.
        OSError: it is not there, or may not be read.
    """
    if not readable(path):
        raise UnreadableSource(
            path, "is of no kind that can be learnt", todo=f"Kinds: {' '.join(kinds())}", code="unknown_kind"
        )
    if (size := path.stat().st_size) > MOST_BYTES:
        raise UnreadableSource(
            path,
            f"is too large, {size // 1_000_000:,} MB",
            todo=f"Learn parts of at most {MOST_BYTES // 1_000_000} MB",
            code="too_large",
        )
    module, _, function = _READERS[path.suffix.lower()].partition(".")
    reader: Callable[[Path], ReadDocument] = getattr(import_module(f"{__name__}.{module}"), function)
    found = reader(path)
    if not any(piece.text.strip() for piece in found.pieces):
        raise UnreadableSource(path, "has no text", code="no_text")
    return found


__all__ = ["Passage", "ReadDocument", "UnreadableSource", "kinds", "read", "readable"]
