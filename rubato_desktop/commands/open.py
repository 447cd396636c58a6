"""Open things by name, by their number in the last list, or by path."""

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
from rubato_desktop.plurals import counted
from rubato_desktop.services.roll.loader import open_midi, open_session
from rubato_desktop.services.sessions.session import SessionInfo, list_sessions

LISTED = 9  # recordings in a list, so that one digit is enough to choose


@command()
def sessions(ctx: Context) -> Answer:
    """List the newest recordings; `open` and a number opens one."""
    items = _recordings(ctx)
    text = ctx.services.numbered_lists.show(ctx.t, "recording", "Recordings", items)
    return Answer(text, [label for label, _ in items])


@command("open")
async def open_(ctx: Context, what: NameOrChoice) -> Answer:
    """Open something by its name, or by its number in the last list; without a list, a recording.

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
        problem = f"is {word.name}, not a name" if word else "is not a name yet"
        raise RubatoError(f"{format_keys(what)} {problem}", code="no_such_name")
    return await call_up(ctx, word)


@command()
def open_file(ctx: Context, path: str, salvage: bool = False) -> Answer:
    """Open a MIDI file or the folder of a recording in the pianoroll.

    Args:
        path: The file or folder.
        salvage: Whether to open what can be read of a damaged file.
    """
    try:
        expanded = Path(path).expanduser()
    except RuntimeError:  # the home of an unknown user, such as ~nobody
        expanded = Path(path)
    return _open(ctx, expanded, salvage)


@opens("recording")
def _open(ctx: Context, path: Path, salvage: bool = False) -> Answer:
    library = ctx.services.languages
    before = library.active
    opened = open_session(path, library) if path.is_dir() else open_midi(path, library, salvage=salvage)
    if library.active != before:
        ctx.control.use_languages(library.active)
    ctx.services.roll.open(opened)
    ctx.services.last_media.sounded(ctx.services.roll)
    summary = f"{counted(len(opened.notes), 'note')}, {counted(len(opened.words), 'word')}"
    if opened.iterations:
        summary += f", {counted(len(opened.iterations), 'iteration')}"
    if opened.problem is not None:
        summary += f". {opened.problem}"
    return Answer(
        f"{opened.title}: {summary}", {"path": str(path), "notes": len(opened.notes)}, {"open": str(path)}
    )


def _recordings(ctx: Context) -> list[tuple[str, Any]]:
    newest: list[SessionInfo] = list_sessions(ctx.services.recorder.data)[:LISTED]
    return [(info.title, info.folder) for info in newest]
