"""Reads HTML files, and EPUB books, which are HTML documents in a ZIP archive."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from rubato_desktop.services.knowledge.readers.base import (
    Block,
    ReadDocument,
    UnreadableSource,
    collapse_spaces,
)

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS: Final = _HEADINGS | frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
# Elements that are not part of the visible text.
_SKIPPED: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "nav",
        "head",
        "iframe",
        "object",
        "button",
        "select",
    ]
)
_MAX_UNPACKED: Final = 400_000_000  # bytes; guards against ZIP bombs


def read_html(path: Path) -> ReadDocument:
    """Read an HTML file.

    Raises:
        UnreadableSource: it has no text.
    """
    return _page(path, path.read_bytes())


def read_epub(path: Path) -> ReadDocument:
    """Read an EPUB book: the documents of its spine, in order (EPUB 3.3, https://www.w3.org/TR/epub-33/).

    Raises:
        UnreadableSource: it is damaged, copy-protected or too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
                raise UnreadableSource(path, "is too large when unpacked", code="too_large")
            if (
                "META-INF/encryption.xml" in archive.namelist()
                and "META-INF/rights.xml" in archive.namelist()
            ):
                raise UnreadableSource(path, "is copy-protected", code="encrypted")
            container = _xml(archive.read("META-INF/container.xml"))
            package = str(container.xpath("string((//*[local-name()='rootfile']/@full-path)[1])"))
            book = _xml(archive.read(package))
            title = collapse_spaces(book.xpath("string((//*[local-name()='title'])[1])"))
            pieces = [
                piece for name in _spine(book, package) for piece in _page(path, archive.read(name)).pieces
            ]
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        SyntaxError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise UnreadableSource(path, "is damaged or not an EPUB book", code="damaged") from error
    return ReadDocument(title, tuple(pieces))


def _spine(book: Any, package: str) -> Iterator[str]:
    """Yield the archive names of a book's documents in reading order; `package` is the name of its OPF file."""
    hrefs = {
        item.get("id"): item.get("href", "")
        for item in book.xpath("//*[local-name()='manifest']/*[local-name()='item']")
        if "html" in item.get("media-type", "")
    }
    for item in book.xpath("//*[local-name()='spine']/*[local-name()='itemref']"):
        if href := hrefs.get(item.get("idref")):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(href)))


def _xml(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _page(path: Path, data: bytes) -> ReadDocument:
    from lxml import html
    from lxml.etree import ParserError

    try:
        # Pages without a declared encoding are usually UTF-8.
        parser = html.HTMLParser(
            encoding=None if b"charset" in data[:2048].lower() else "utf-8", huge_tree=True
        )
        page = html.document_fromstring(data, parser=parser)
    except (ParserError, ValueError) as error:
        raise UnreadableSource(path, "has no text", code="no_text") from error
    title = collapse_spaces(page.xpath("string(//head/title)"))
    return ReadDocument(title, tuple(_pieces(page)))


def _pieces(page: HtmlElement) -> Iterator[Block]:
    """Yield the text of each block, in order. Iterative, because pages may nest deeper than Python can recurse."""
    text: list[str] = []
    block = ""

    def flush() -> Iterator[Block]:
        if content := collapse_spaces("".join(text)):
            yield Block(content, heading=block in _HEADINGS)
        text.clear()

    stack: list[tuple[bool, Any]] = [(True, page)]
    while stack:
        begins, element = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if begins:
            if not tag or tag in _SKIPPED or _hidden(element):
                text.append(element.tail or "")
                continue
            if tag in _BLOCKS:
                yield from flush()
                block = tag
            elif tag == "br" or tag in ("td", "th"):
                text.append(" ")
            text.append(element.text or "")
            stack.append((False, element))
            stack += [(True, child) for child in reversed(element)]
        else:
            if tag in _BLOCKS:
                yield from flush()
                block = ""
            text.append(element.tail or "")
    yield from flush()


def _hidden(element: Any) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or "display:none" in (element.get("style") or "").replace(" ", "").lower()
    )
