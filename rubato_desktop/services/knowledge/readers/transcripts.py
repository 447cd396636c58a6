"""Reads timed speech: subtitles, transcripts, and the remarks of a session."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rubato_desktop.services.knowledge.readers.base import (
    Block,
    ReadDocument,
    UnreadableSource,
    collapse_spaces,
    read_plain_text,
)

_PAUSE_MS: Final = 2_000  # starts a new passage


def read_subtitles(path: Path) -> ReadDocument:
    """Read an .srt or .vtt file; captions without a pause between them are joined up to the end of a sentence.

    Raises:
        UnreadableSource: it is damaged, or has no subtitles.
    """
    import pysubs2
    from pysubs2.exceptions import Pysubs2Error

    try:
        lines = pysubs2.SSAFile.from_string(read_plain_text(path), format_=path.suffix.lower().lstrip("."))
    except (Pysubs2Error, ValueError) as error:
        raise UnreadableSource(path, "is damaged or has no subtitles", code="damaged") from error
    pieces: list[Block] = []
    end = 0
    for line in sorted(lines, key=lambda line: int(line.start)):
        text = collapse_spaces(line.plaintext)
        if not text or (pieces and pieces[-1].text.endswith(text)):
            continue  # rolling captions repeat a line
        last = pieces[-1] if pieces else None
        if last and line.start - end < _PAUSE_MS and last.text[-1] not in ".!?…":
            pieces[-1] = Block(f"{last.text} {text}", start_ms=last.start_ms)
        else:
            pieces.append(Block(text, start_ms=int(line.start)))
        end = int(line.end)
    if not pieces:
        raise UnreadableSource(path, "has no subtitles", code="no_text")
    return ReadDocument("", tuple(pieces))


def read_session(path: Path) -> ReadDocument:
    """Read the remarks of a session, from its journal.

    Raises:
        UnreadableSource: the session has no remarks.
        RubatoError: the session cannot be read.
    """
    from rubato_desktop.services.sessions import session as sessions

    session = sessions.read_session(path.parent)
    pieces = tuple(
        Block(remark.text, start_ms=max(0, remark.t // 1000)) for remark in session.remarks if remark.text
    )
    if not pieces:
        raise UnreadableSource(path, "is a session without remarks", code="no_text")
    return ReadDocument(session.info.title, pieces)
