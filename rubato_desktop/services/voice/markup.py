"""Converts text with markup to blocks of plain text that a synthesiser can speak.

Everything is lazy: a book is converted line by line as it is spoken.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from rubato_desktop.plurals import counted

LONGEST = 4000  # characters; a longer line is split at a space

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
_LINKED = "\x00"  # marks a link that follows another; removed before the block is yielded
_BRACKETS = re.compile(r"\[\[|\]\]")  # Piper reads what is between them as phonemes


def blocks(text: str) -> Iterator[str]:
    """Yield the paragraphs, headings, list items and table rows of a text, each as one line of plain text."""
    for block in _joined(_lines(text)):
        for part in _plain(block).split("\n"):
            if part := " ".join(part.split()):
                yield part


def _lines(text: str) -> Iterator[str]:
    start, end = 0, len(text)
    while start < end:
        stop = text.find("\n", start, start + LONGEST)
        if stop < 0:
            stop = min(end, start + LONGEST)
            if stop < end:
                space = text.rfind(" ", start, stop)
                stop = space if space > start else stop
                yield text[start:stop]
                start = stop
                continue
        yield text[start:stop]
        start = stop + 1


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Join the lines of hard-wrapped paragraphs; a heading, list item or table row stays a block of its own."""
    paragraph: list[str] = []
    length, linked = 0, False
    lines = iter(lines)
    for line in lines:
        if _FENCE.match(line):
            block: str | None = _fenced(line, lines)
        elif not line.strip() or _RULE.match(line):
            block = ""
        else:
            block = _block(line, linked)
        linked = block is not None and bool(block) and block.startswith(("Links:", _LINKED))
        if block is None:
            paragraph.append(_QUOTE.sub("", line))
            length += len(line)
        if paragraph and (block is not None or length > LONGEST):
            yield " ".join(paragraph)
            paragraph, length = [], 0
        if block:
            yield block.removeprefix(_LINKED)
    if paragraph:
        yield " ".join(paragraph)


def _block(line: str, linked: bool) -> str | None:
    """Return a line that is a block of its own as it is spoken; None for a line of a paragraph."""
    if heading := _HEADING.match(line):
        return f"Heading: {_as_sentence(heading[1])}" if heading[1] else ""
    if item := _ITEM.match(line):
        if link := _LINK_ALONE.match(item[2]):
            # A list of links is announced once.
            return f"{_LINKED}{_as_sentence(link[1])}" if linked else f"Links: {_as_sentence(link[1])}"
        return f"{item[1]}: {_as_sentence(item[2])}" if item[1] else _as_sentence(item[2])
    if line.count("|") > 1 and line.strip().startswith("|"):
        return _as_sentence(", ".join(filter(None, map(str.strip, line.strip().strip("|").split("|")))))
    return None


def _fenced(first: str, lines: Iterator[str]) -> str:
    """Skip a fenced code block; only its length is spoken."""
    fence = _FENCE.match(first)
    assert fence
    count = 0
    for line in lines:
        if line.strip().startswith(fence[1]):
            break
        count += 1
    return f"Code, {counted(count, 'line')}." if count else ""


def _as_sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def _plain(text: str) -> str:
    text = _COMMENT.sub(" ", text)
    text = _TAG.sub("", _BREAK.sub("\n", text))
    text = html.unescape(text)
    text = _IMAGE.sub(lambda match: f"image: {match[1]}" if match[1] else "", text)
    text = _LINK.sub(r"\1", text)
    text = _CODE.sub(lambda match: match[1].replace("_", " ").replace("()", ""), text)
    for _ in range(2):  # bold within italics
        text = _EMPHASIS.sub(r"\2", text)
    return _BRACKETS.sub(" ", text)
