"""Recording and saving."""

from __future__ import annotations

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.kinds import Name
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.commands.remarks import end_remark
from rubato_desktop.language.dictionary import NAMES, Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.services.library import ConflictError
from rubato_desktop.services.sessions import SessionInfo


@command()
def record_start(ctx: Context) -> Answer:
    """Start recording."""
    ctx.services.recorder.start(ctx.t)
    return Answer("Recording", state={"recording": "on"})


@command()
async def record_stop(ctx: Context, name: Name | None = None) -> Answer:
    """Stop recording and keep it.

    Args:
        name: Keys to call it up by.
    """
    if ctx.services.remarks.open:
        await end_remark(ctx)
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
async def save(ctx: Context, name: Name | None = None) -> Answer:
    """Keep everything since the program started, or since the last save, also when nothing was being recorded.

    Args:
        name: Keys to call it up by.
    """
    if ctx.services.remarks.open:
        await end_remark(ctx)
    return _kept(ctx, ctx.services.recorder.save(ctx.t, _said(name)), name)


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
