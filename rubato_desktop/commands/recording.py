"""Recording, saving, and opening what was saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.kinds import Name, NameOrChoice
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import NAMES, Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.services.library import ConflictError
from rubato_desktop.services.opening import open_midi, open_session
from rubato_desktop.services.sessions import SessionInfo, list_sessions

LISTED = 9  # recordings in a list, so that one digit chooses


@command()
def record_start(ctx: Context) -> Answer:
    """Start recording."""
    ctx.services.recorder.start(ctx.t)
    return Answer("Recording", state={"recording": "on"})


@command()
def record_stop(ctx: Context, name: Name | None = None) -> Answer:
    """Stop recording and keep it.

    Args:
        name: Keys to call it up by.
    """
    return _kept(ctx, ctx.services.recorder.stop(ctx.t, _said(name)), name)


@command()
def record_pause(ctx: Context) -> Answer:
    """Pause recording; everything else goes on."""
    ctx.services.recorder.pause(ctx.t)
    return Answer("Recording paused", state={"recording": "paused"})


@command()
def record_resume(ctx: Context) -> Answer:
    """Go on recording after a pause."""
    ctx.services.recorder.resume(ctx.t)
    return Answer("Recording again", state={"recording": "on"})


@command()
def save(ctx: Context, name: Name | None = None) -> Answer:
    """Keep everything since the program started, or since the last save, also when nothing was being recorded.

    Args:
        name: Keys to call it up by.
    """
    return _kept(ctx, ctx.services.recorder.save(ctx.t, _said(name)), name)


@command()
def sessions(ctx: Context) -> Answer:
    """List the newest recordings; `open` and a number opens one."""
    items = _recordings(ctx)
    text = ctx.services.listing.show(ctx.t, "recording", "Recordings", items)
    return Answer(text, [label for label, _ in items])


@command("open")
def open_(ctx: Context, what: NameOrChoice) -> Answer:
    """Open a recording in the pianoroll: by its name, or by its number in the list.

    Args:
        what: The keys of a name, or a number.
    """
    if isinstance(what, int):
        return _open(ctx, ctx.services.listing.pick("recording", what, lambda: _recordings(ctx)))
    word = ctx.services.library.stack.at(what)
    if word is None or word.language != NAMES:
        called = f"{word.name}, not a name" if word else "no name yet"
        raise RubatoError(f"{format_keys(what)} is {called}", code="no_such_name")
    if word.command != "open_file":
        raise RubatoError(f"{word.name} is no recording", code="no_such_name")
    return open_file(ctx, **word.args)


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


@command()
def remark_start(ctx: Context) -> Answer:
    """Mark the start of a remark in the recording."""
    return Answer("Remark starts", {"t": ctx.t / 1e6})


@command()
def remark_end(ctx: Context) -> Answer:
    """Mark the end of a remark in the recording."""
    return Answer("Remark ends", {"t": ctx.t / 1e6})


def _open(ctx: Context, path: Path, salvage: bool = False) -> Answer:
    library = ctx.services.library
    before = library.active
    opened = open_session(path, library) if path.is_dir() else open_midi(path, library, salvage=salvage)
    if library.active != before:
        ctx.control.use_languages(library.active)
    ctx.services.roll.open(opened)
    ctx.services.media.sounded(ctx.services.roll)
    found = f"{len(opened.notes)} notes, {len(opened.words)} words"
    return Answer(
        f"{opened.title}: {found}", {"path": str(path), "notes": len(opened.notes)}, {"open": str(path)}
    )


def _recordings(ctx: Context) -> list[tuple[str, Any]]:
    found: list[SessionInfo] = list_sessions(ctx.services.recorder.data)[:LISTED]
    return [(info.title, info.folder) for info in found]


def _said(name: list[int] | None) -> str:
    return format_keys(name or [])


def _kept(ctx: Context, session: SessionInfo, name: list[int] | None) -> Answer:
    text = f"Kept {session.title}"
    value = {"session": str(session.folder), "name": name}
    if name is not None:
        try:
            _call(ctx, session, tuple(name))
            text += f", called {format_keys(name)}"
        except ConflictError as error:
            # The recording is safe whatever becomes of its name.
            text += f", without a name: {error}"
            value["name"] = None
    return Answer(text, value, {"recording": ctx.services.recorder.state, "session": str(session.folder)})


def _call(ctx: Context, session: SessionInfo, keys: tuple[int, ...]) -> None:
    """Let keys open a recording: a new name, or one that opened another recording until now."""
    library = ctx.services.library
    args = {"path": str(session.folder)}
    word = Word(keys, session.title, NAMES, "open_file", args, help="Opens this recording.")
    known = library.stack.at(keys)
    if known is not None and known.language == NAMES and known.command == "open_file":
        library.change(known, word)
        ctx.services.undo.did(
            f"giving {format_keys(keys)} another recording", lambda: library.change(word, known)
        )
    else:
        library.add(word)
    ctx.control.use_languages(library.active)
