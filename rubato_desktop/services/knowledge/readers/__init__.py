"""Reads source files of all supported types into the same document model."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final

from rubato_desktop.services.knowledge.readers.base import MAX_BYTES, Block, ReadDocument, UnreadableSource

# The function for each suffix; its module is imported with the first such file.
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
    """Return whether a file is of a supported type, by its name."""
    return path.suffix.lower() in _READERS and (path.suffix != ".jsonl" or path.name == _SESSION)


def suffixes() -> tuple[str, ...]:
    """Return the suffixes of the supported file types."""
    return tuple(suffix for suffix in _READERS if suffix != ".jsonl")


def read(path: Path) -> ReadDocument:
    """Read a source file.

    Raises:
        UnreadableSource: it is of an unsupported type, too large, damaged, encrypted, or without text.
        OSError: it does not exist, or is not readable.
    """
    if not readable(path):
        raise UnreadableSource(
            path,
            "is not a supported file type",
            todo=f"Supported types: {' '.join(suffixes())}",
            code="unknown_kind",
        )
    if (size := path.stat().st_size) > MAX_BYTES:
        raise UnreadableSource(
            path,
            f"is too large ({size // 1_000_000:,} MB)",
            todo=f"Split it into parts of at most {MAX_BYTES // 1_000_000} MB",
            code="too_large",
        )
    module, _, function = _READERS[path.suffix.lower()].partition(".")
    reader: Callable[[Path], ReadDocument] = getattr(import_module(f"{__name__}.{module}"), function)
    document = reader(path)
    if not any(piece.text.strip() for piece in document.pieces):
        raise UnreadableSource(path, "has no text", code="no_text")
    return document


__all__ = ["Block", "ReadDocument", "UnreadableSource", "read", "readable", "suffixes"]
