"""PDF and Word documents."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rubato_desktop.services.knowledge.readers.base import Passage, ReadDocument, UnreadableSource, paragraph


def read_pdf(path: Path) -> ReadDocument:
    """Read a PDF, page by page.

    Raises:
        Unreadable: it is damaged, encrypted, or pictures of pages alone.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pdf = PdfReader(path)
        # Many are encrypted with no password, only to forbid printing.
        if pdf.is_encrypted and not pdf.decrypt(""):
            raise UnreadableSource(
                path,
                "is encrypted",
                todo="Open it with its password, save it without, and learn that",
                code="encrypted",
            )
        title = paragraph((pdf.metadata and pdf.metadata.title) or "")
        pieces = tuple(
            Passage(text, page=number)
            for number, page in enumerate(pdf.pages, 1)
            for text in _paragraphs(page.extract_text() or "")
        )
    except UnreadableSource:
        raise
    # A damaged file ends in whatever the library meets first; a bug of ours is not among these.
    except (
        PyPdfError,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        RecursionError,
    ) as error:
        raise UnreadableSource(path, "is damaged, or is no PDF", code="damaged") from error
    if not pieces:
        raise UnreadableSource(
            path,
            "has no text: its pages are pictures",
            todo="Let a program for text recognition (OCR) add the text, and learn that",
            code="no_text",
        )
    return ReadDocument(title, pieces)


def read_docx(path: Path) -> ReadDocument:
    """Read a Word document: paragraphs, headings and tables, in their order.

    Raises:
        Unreadable: it is damaged, or encrypted.
    """
    import docx
    from docx.opc.exceptions import OpcError

    try:
        document = docx.Document(str(path))
        pieces = tuple(_word(document))
        title = paragraph(document.core_properties.title or "")
    except (OpcError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        why = (
            "is encrypted"
            if path.read_bytes()[:4] == b"\xd0\xcf\x11\xe0"
            else "is damaged, or is no Word document"
        )
        raise UnreadableSource(path, why, code="encrypted" if "crypt" in why else "damaged") from error
    return ReadDocument(title, pieces)


def _word(document: Any) -> Iterator[Passage]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = (" | ".join(paragraph(cell.text) for cell in row.cells) for row in block.rows)
            if text := "\n".join(row for row in rows if row.strip(" |")):
                yield Passage(text)
        elif text := paragraph(block.text):
            name = (block.style.name or "") if block.style is not None else ""
            yield Passage(text, heading=name.startswith(("Heading", "Title")))


def _paragraphs(page: str) -> Iterator[str]:
    """Yield a page's paragraphs: where there are no empty lines, lines that end a sentence end one."""
    # A word that was divided at the end of a line is one word.
    text = re.sub(r"(\w)-\n(?=[a-zà-ÿ])", r"\1", page)
    for block in re.split(r"\n\s*\n|(?<=[.!?:])\n(?=\s*[A-Z0-9•–])", text):
        if words := paragraph(block):
            yield words
