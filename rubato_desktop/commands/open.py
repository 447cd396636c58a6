"""Opening: by name, by the number in the list that was shown last, or by path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rubato_desktop.commands.background import settled
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.naming import call_up
from rubato_desktop.commands.numbered_list import OPENERS, opens
from rubato_desktop.commands.parameter_types import NameOrChoice
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import NAMES
from rubato_desktop.language.keys import format_keys
from rubato_desktop.services.roll.loader import open_midi, open_session
from rubato_desktop.services.sessions.session import SessionInfo, list_sessions

LISTED = 9  # recordings in a list, so that one digit chooses


@command()
def sessions(ctx: Context) -> Answer:
    """List the newest recordings; `open` and a number opens one."""
    items = _recordings(ctx)
    text = ctx.services.numbered_lists.show(ctx.t, "recording", "Recordings", items)
    return Answer(text, [label for label, _ in items])


@command("open")
async def open_(ctx: Context, what: NameOrChoice) -> Answer:
    """Open what has a name, or what has a number in the list that was shown last; else a recording.

    Args:
        what: The keys of a name, or a number.
    """
    if isinstance(what, int):
        listing = ctx.services.numbered_lists
        kind = listing.kind if listing.kind in OPENERS else "recording"
        item = listing.pick(kind, what, lambda: _recordings(ctx))
        answer: Answer = await settled(OPENERS[kind](ctx, item))
        return answer
    word = ctx.services.languages.stack.at(what)
    if word is None or word.language != NAMES:
        called = f"{word.name}, not a name" if word else "no name yet"
        raise RubatoError(f"{format_keys(what)} is {called}", code="no_such_name")
    return await call_up(ctx, word)


@command()
def open_file(ctx: Context, path: str, salvage: bool = False) -> Answer:
    """Open a MIDI file or a recording's folder in the pianoroll.

    Args:
        path: The file or folder.
        salvage: Keep what can be read of a damaged file.
    """
    try:
        where = Path(path).expanduser()
    except RuntimeError:  # a home that nobody has, ~nobody
        where = Path(path)
    return _open(ctx, where, salvage)


@opens("recording")
def _open(ctx: Context, path: Path, salvage: bool = False) -> Answer:
    library = ctx.services.languages
    before = library.active
    opened = open_session(path, library) if path.is_dir() else open_midi(path, library, salvage=salvage)
    if library.active != before:
        ctx.control.use_languages(library.active)
    ctx.services.roll.open(opened)
    ctx.services.last_media.sounded(ctx.services.roll)
    found = f"{len(opened.notes)} notes, {len(opened.words)} words"
    if opened.iterations:
        found += f", {len(opened.iterations)} iterations"
    if opened.problem is not None:
        found += f". {opened.problem}"
    return Answer(
        f"{opened.title}: {found}", {"path": str(path), "notes": len(opened.notes)}, {"open": str(path)}
    )


def _recordings(ctx: Context) -> list[tuple[str, Any]]:
    found: list[SessionInfo] = list_sessions(ctx.services.recorder.data)[:LISTED]
    return [(info.title, info.folder) for info in found]
