"""The document model: blocks of text with their location in the source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError

MAX_BYTES: Final = 200_000_000  # a larger file is hardly a text


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or an utterance.

    Attributes:
        text: The text; line breaks are kept only where they matter.
        page: Page, from 1; None if the source has no pages.
        start_ms: Start in a recording or video, in milliseconds.
        heading: Whether it is a heading.
    """

    text: str
    page: int | None = None
    start_ms: int | None = None
    heading: bool = False


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """The content of a source.

    Attributes:
        title: Its title; empty if it has none.
        pieces: Its blocks, in order.
    """

    title: str
    pieces: tuple[Block, ...]


class UnreadableSource(RubatoError):
    """A source cannot be read; the message says why."""

    def __init__(self, path: Path, reason: str, *, todo: str = "", code: str = "unreadable") -> None:
        super().__init__(f"{path.name} {reason}", kept="All other files are learnt", todo=todo, code=code)


def read_plain_text(path: Path) -> str:
    """Return the content of a text file: UTF-8, UTF-16 with a byte order mark, or the most likely encoding.

    Raises:
        UnreadableSource: it is not a text file.
    """
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if b"\0" in data[:4096]:
        raise UnreadableSource(path, "is not a text file", code="no_text")
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise UnreadableSource(path, "has an unknown text encoding", todo="Save it as UTF-8", code="no_text")
    return str(best)


def collapse_spaces(text: Any) -> str:
    """Return a text with runs of white space replaced by single spaces."""
    return " ".join(str(text).split())
