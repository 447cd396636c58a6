"""What a source says, in pieces that know where they stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rubato_desktop.errors import RubatoError

MOST_BYTES: Final = 200_000_000  # a larger file is no text that somebody reads


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a heading or what was said, as it stands in its source.

    Attributes:
        text: Its words; lines within it are kept where they mean something.
        page: Its page, from 1; None where there are none.
        start_ms: When it begins in a recording or video.
        heading: Whether it is the heading of what follows.
    """

    text: str
    page: int | None = None
    start_ms: int | None = None
    heading: bool = False


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A source as it was read.

    Attributes:
        title: What it calls itself; empty where it does not.
        pieces: What it says, in order.
    """

    title: str
    pieces: tuple[Passage, ...]


class UnreadableSource(RubatoError):
    """A source cannot be read; what is wrong with it, in words."""

    def __init__(self, path: Path, why: str, *, todo: str = "", code: str = "unreadable") -> None:
        super().__init__(f"{path.name} {why}", kept="All other texts are learnt", todo=todo, code=code)


def text_of(path: Path) -> str:
    """Return a text file's text: UTF-8 or UTF-16 where it says so, otherwise what its bytes are likeliest to be.

    Raises:
        Unreadable: it is no text.
    """
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if b"\0" in data[:4096]:
        raise UnreadableSource(path, "is no text", code="no_text")
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise UnreadableSource(
            path, "is in no encoding that is known", todo="Save it as UTF-8", code="no_text"
        )
    return str(best)


def paragraph(text: Any) -> str:
    """Return a text with white space as one blank."""
    return " ".join(str(text).split())
