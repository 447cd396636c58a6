"""Pages and books: HTML files, and EPUB books, which are pages in a ZIP archive."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from rubato_desktop.services.knowledge.readers.base import Passage, ReadDocument, UnreadableSource, paragraph

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
# What nobody reads as part of the text.
_SILENT: Final = frozenset(
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
_MOST_UNPACKED: Final = 400_000_000  # bytes: an archive may be a bomb


def read_html(path: Path) -> ReadDocument:
    """Read an .html file."""
    return _page(path, path.read_bytes())


def read_epub(path: Path) -> ReadDocument:
    """Read an EPUB book: the documents of its spine, in order (EPUB 3.3, https://www.w3.org/TR/epub-33/).

    Raises:
        Unreadable: it is none, or encrypted.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_UNPACKED:
                raise UnreadableSource(path, "unpacks to more than a book can hold", code="too_large")
            if (
                "META-INF/encryption.xml" in archive.namelist()
                and "META-INF/rights.xml" in archive.namelist()
            ):
                raise UnreadableSource(path, "is protected against copying", code="encrypted")
            container = _xml(archive.read("META-INF/container.xml"))
            package = str(container.xpath("string((//*[local-name()='rootfile']/@full-path)[1])"))
            book = _xml(archive.read(package))
            title = paragraph(book.xpath("string((//*[local-name()='title'])[1])"))
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
        raise UnreadableSource(path, "is damaged, or is no EPUB book", code="damaged") from error
    return ReadDocument(title, tuple(pieces))


def _spine(book: Any, package: str) -> Iterator[str]:
    places = {
        item.get("id"): item.get("href", "")
        for item in book.xpath("//*[local-name()='manifest']/*[local-name()='item']")
        if "html" in item.get("media-type", "")
    }
    for item in book.xpath("//*[local-name()='spine']/*[local-name()='itemref']"):
        if place := places.get(item.get("idref")):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(place)))


def _xml(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _page(path: Path, data: bytes) -> ReadDocument:
    from lxml import html
    from lxml.etree import ParserError

    try:
        # Without a word about its encoding it is what pages are today.
        parser = html.HTMLParser(
            encoding=None if b"charset" in data[:2048].lower() else "utf-8", huge_tree=True
        )
        page = html.document_fromstring(data, parser=parser)
    except (ParserError, ValueError) as error:
        raise UnreadableSource(path, "has no text", code="no_text") from error
    title = paragraph(page.xpath("string(//head/title)"))
    return ReadDocument(title, tuple(_pieces(page)))


def _pieces(page: HtmlElement) -> Iterator[Passage]:
    """Yield what stands in blocks, in order; elements are walked in a loop, as pages nest as deep as they like."""
    text: list[str] = []
    inside = ""

    def done() -> Iterator[Passage]:
        if words := paragraph("".join(text)):
            yield Passage(words, heading=inside in _HEADINGS)
        text.clear()

    ways: list[tuple[bool, Any]] = [(True, page)]
    while ways:
        begins, element = ways.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if begins:
            if not tag or tag in _SILENT or _hidden(element):
                text.append(element.tail or "")
                continue
            if tag in _BLOCKS:
                yield from done()
                inside = tag
            elif tag == "br" or tag in ("td", "th"):
                text.append(" ")
            text.append(element.text or "")
            ways.append((False, element))
            ways += [(True, child) for child in reversed(element)]
        else:
            if tag in _BLOCKS:
                yield from done()
                inside = ""
            text.append(element.tail or "")
    yield from done()


def _hidden(element: Any) -> bool:
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or "display:none" in (element.get("style") or "").replace(" ", "").lower()
    )
