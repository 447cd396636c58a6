"""Recording and saving."""

from __future__ import annotations

from concurrent.futures import Future

from rubato_desktop.commands.background import Pending, beside
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Name
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.commands.remarks import end_remark
from rubato_desktop.errors import RubatoError
from rubato_desktop.language.dictionary import NAMES, Word
from rubato_desktop.language.keys import format_keys
from rubato_desktop.services.sessions.session import SessionInfo


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
    await _end_remark(ctx)
    return await _kept(ctx, ctx.services.recorder.stop(ctx.t, _said(name)), name)


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
    await _end_remark(ctx)
    now = ctx.services.clock.now()  # what was played while a name was awaited is kept as well
    return await _kept(ctx, ctx.services.recorder.save(now, _said(name)), name)


def _said(name: list[int] | None) -> str:
    return format_keys(name or [])


async def _end_remark(ctx: Context) -> None:
    remarks = ctx.services.remarks
    if not remarks.open:
        return
    try:
        await end_remark(ctx)
    except RubatoError:
        # Another command may have ended it meanwhile, or the rest cannot be heard: what was said so far is kept.
        if remarks.open:
            remarks.end(ctx.t)


async def _kept(ctx: Context, session: Future[SessionInfo], name: list[int] | None) -> Answer:
    kept = await Pending(session)
    text = f"Kept {kept.title}"
    value = {"session": str(kept.folder), "name": name}
    if name is not None:
        try:
            text += f", called {format_keys(name)}{await _call(ctx, kept, tuple(name))}"
        except RubatoError as error:
            # The recording is safe whatever becomes of its name.
            text += f", without a name: {error}"
            value["name"] = None
    return Answer(text, value, {"recording": ctx.services.recorder.state, "session": str(kept.folder)})


async def _call(ctx: Context, session: SessionInfo, keys: tuple[int, ...]) -> str:
    """Let keys open a recording: a new name, or one that opened another recording until now.

    Returns:
        Empty, or what to add when the name holds only until the program ends.
    """
    library = ctx.services.languages
    args = {"path": str(session.folder)}
    word = Word(keys, session.title, NAMES, "open_file", args, help="Opens this recording.")
    known = library.stack.at(keys)
    if known is None or known.language != NAMES or known.command != "open_file":
        known = None
    write = library.adopt(word, instead_of=known)
    ctx.control.words_changed()
    if known is not None:
        ctx.services.undo.did(
            f"giving {format_keys(keys)} another recording", lambda: _call_back(ctx, word, known)
        )
    try:
        await beside(write)
    except OSError as error:
        return f" until the program ends: the name could not be written: {error.strerror or error}"
    return ""


def _call_back(ctx: Context, word: Word, known: Word) -> Pending[None]:
    write = ctx.services.languages.adopt(known, instead_of=word)
    ctx.control.words_changed()
    return beside(write)
