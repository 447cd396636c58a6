"""Reads PDF and Word documents."""

from __future__ import annotations

import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rubato_desktop.services.knowledge.readers.base import (
    Block,
    ReadDocument,
    UnreadableSource,
    collapse_spaces,
)


def read_pdf(path: Path) -> ReadDocument:
    """Read a PDF, page by page.

    Raises:
        UnreadableSource: it is damaged, encrypted, or has only images of pages.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pdf = PdfReader(path)
        # Many are encrypted with an empty password, only to forbid printing.
        if pdf.is_encrypted and not pdf.decrypt(""):
            raise UnreadableSource(
                path,
                "is encrypted",
                todo="Save a copy without the password, and learn the copy",
                code="encrypted",
            )
        title = collapse_spaces((pdf.metadata and pdf.metadata.title) or "")
        pieces = tuple(
            Block(text, page=number)
            for number, page in enumerate(pdf.pages, 1)
            for text in _paragraphs(page.extract_text() or "")
        )
    except UnreadableSource:
        raise
    # pypdf raises many types for a damaged file.
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
        raise UnreadableSource(path, "is damaged or not a PDF", code="damaged") from error
    if not pieces:
        raise UnreadableSource(
            path,
            "has no text: its pages are images",
            todo="Add the text with an OCR program, and learn the result",
            code="no_text",
        )
    return ReadDocument(title, pieces)


def read_docx(path: Path) -> ReadDocument:
    """Read a Word document: paragraphs, headings and tables, in their order.

    Raises:
        UnreadableSource: it is damaged or encrypted.
    """
    import docx
    from docx.opc.exceptions import OpcError

    try:
        document = docx.Document(str(path))
        pieces = tuple(_blocks(document))
        title = collapse_spaces(document.core_properties.title or "")
    except (OpcError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        # Word wraps an encrypted document in an OLE compound file.
        if path.read_bytes()[:4] == b"\xd0\xcf\x11\xe0":
            raise UnreadableSource(path, "is encrypted", code="encrypted") from error
        raise UnreadableSource(path, "is damaged or not a Word document", code="damaged") from error
    return ReadDocument(title, pieces)


def _blocks(document: Any) -> Iterator[Block]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = (" | ".join(collapse_spaces(cell.text) for cell in row.cells) for row in block.rows)
            if text := "\n".join(row for row in rows if row.strip(" |")):
                yield Block(text)
        elif text := collapse_spaces(block.text):
            name = (block.style.name or "") if block.style is not None else ""
            yield Block(text, heading=name.startswith(("Heading", "Title")))


def _paragraphs(page: str) -> Iterator[str]:
    """Yield the paragraphs of a page: they end at an empty line, or where a line ends with a sentence."""
    # Join words that were hyphenated at the end of a line.
    text = re.sub(r"(\w)-\n(?=[a-zà-ÿ])", r"\1", page)
    for block in re.split(r"\n\s*\n|(?<=[.!?:])\n(?=\s*[A-Z0-9•–])", text):
        if text := collapse_spaces(block):
            yield text
