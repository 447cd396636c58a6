"""Text as people write it for the eye, into blocks of plain text: no markup is left for a synthesiser to stumble on.

Everything here is lazy: a book is read line by line as it is spoken.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

LONGEST = 4000  # characters; what has no end of line so long is cut at a space

_FENCE = re.compile(r"^\s*(```+|~~~+)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^\s*(?:[-*+•◦▪‣·]|(\d{1,4})[.)])\s+(?:\[[ xX]\]\s+)?(.*)$")
_LINK_ALONE = re.compile(r"^\[([^\]]{1,300})\]\([^)\s]{1,2000}\)[.,;]?$")
_RULE = re.compile(r"^\s*(?:[-=*_~]\s*){3,}$|^\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*:?-*:?\s*$")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1>|$)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"</(?:p|div|li|h[1-6]|tr|td|th)>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<[!?][^<>]{0,500}>")
_IMAGE = re.compile(r"!\[([^\]]{0,300})\]\([^)\s]{0,2000}\)")
_LINK = re.compile(r"\[([^\]]{1,300})\](?:\([^)\s]{0,2000}(?:\s+\"[^\"]*\")?\)|\[[^\]]{0,100}\])")
_EMPHASIS = re.compile(r"(?<![\w*_~])(\*{1,3}|_{1,3}|~~)(?=\S)(.{1,200}?)(?<=\S)\1(?![\w*_~])")
_CODE = re.compile(r"`{1,3}([^`]{1,500})`{1,3}")
_LINKED = "\x00"  # before a link that follows another; no line of a text keeps it
_BRACKETS = re.compile(r"\[\[|\]\]")  # between these Piper takes letters for sounds


def blocks(text: str) -> Iterator[str]:
    """Yield paragraphs, headings, items and cells of a text, each as plain text on one line, none empty."""
    for block in _joined(_lines(text)):
        for part in _plain(block).split("\n"):
            if part := " ".join(part.split()):
                yield part


def _lines(text: str) -> Iterator[str]:
    at, end = 0, len(text)
    while at < end:
        stop = text.find("\n", at, at + LONGEST)
        if stop < 0:
            stop = min(end, at + LONGEST)
            if stop < end:
                space = text.rfind(" ", at, stop)
                stop = space if space > at else stop
                yield text[at:stop]
                at = stop
                continue
        yield text[at:stop]
        at = stop + 1


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Put hard-wrapped paragraphs together; what is a line of its own stays one, and ends as a sentence does."""
    paragraph: list[str] = []
    length, linked = 0, False
    lines = iter(lines)
    for line in lines:
        if _FENCE.match(line):
            own: str | None = _fenced(line, lines)
        elif not line.strip() or _RULE.match(line):
            own = ""
        else:
            own = _own(line, linked)
        linked = own is not None and bool(own) and own.startswith(("Links:", _LINKED))
        if own is None:
            paragraph.append(_QUOTE.sub("", line))
            length += len(line)
        if paragraph and (own is not None or length > LONGEST):
            yield " ".join(paragraph)
            paragraph, length = [], 0
        if own:
            yield own.removeprefix(_LINKED)
    if paragraph:
        yield " ".join(paragraph)


def _own(line: str, linked: bool) -> str | None:
    """Return what a line that stands for itself says; None for one of a paragraph."""
    if found := _HEADING.match(line):
        return f"Heading: {_ended(found[1])}" if found[1] else ""
    if item := _ITEM.match(line):
        if link := _LINK_ALONE.match(item[2]):
            # A list of links is told once, not at each of them.
            return f"{_LINKED}{_ended(link[1])}" if linked else f"Links: {_ended(link[1])}"
        return f"{item[1]}: {_ended(item[2])}" if item[1] else _ended(item[2])
    if line.count("|") > 1 and line.strip().startswith("|"):
        return _ended(", ".join(filter(None, map(str.strip, line.strip().strip("|").split("|")))))
    return None


def _fenced(first: str, lines: Iterator[str]) -> str:
    """Pass over code in fences; how much it was is said."""
    found = _FENCE.match(first)
    assert found
    count = 0
    for line in lines:
        if line.strip().startswith(found[1]):
            break
        count += 1
    return f"Code, {count} line{'s' if count != 1 else ''}." if count else ""


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def _plain(text: str) -> str:
    text = _COMMENT.sub(" ", text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    text = html.unescape(text)
    text = _IMAGE.sub(lambda found: f"image: {found[1]}" if found[1] else "", text)
    text = _LINK.sub(r"\1", text)
    text = _CODE.sub(lambda found: found[1].replace("_", " ").replace("()", ""), text)
    for _ in range(2):  # bold within italics
        text = _EMPHASIS.sub(r"\2", text)
    return _BRACKETS.sub(" ", text)
