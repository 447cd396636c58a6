"""Record what you play, and save it."""

from __future__ import annotations

from concurrent.futures import Future

from rubato_desktop.commands.background import Pending, beside
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Name
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.commands.remarks import end_remark
from rubato_desktop.errors import RubatoError, reason
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
    """Stop recording and save the recording.

    Args:
        name: The keys of a name that opens it.
    """
    await _end_remark(ctx)
    return await _saved(ctx, ctx.services.recorder.stop(ctx.t, format_keys(name or [])), name)


@command()
def record_pause(ctx: Context) -> Answer:
    """Pause recording; everything else keeps working."""
    ctx.services.recorder.pause(ctx.t)
    return Answer("Recording paused", state={"recording": "paused"})


@command()
def record_resume(ctx: Context) -> Answer:
    """Resume recording after a pause."""
    ctx.services.recorder.resume(ctx.t)
    return Answer("Recording again", state={"recording": "on"})


@command()
async def save(ctx: Context, name: Name | None = None) -> Answer:
    """Save all you played since the program started or since the last save, even if you were not recording.

    Args:
        name: The keys of a name that opens it.
    """
    await _end_remark(ctx)
    now = ctx.services.clock.now()  # so that what was played while the name was awaited is saved too
    return await _saved(ctx, ctx.services.recorder.save(now, format_keys(name or [])), name)


async def _end_remark(ctx: Context) -> None:
    remarks = ctx.services.remarks
    if not remarks.open:
        return
    try:
        await end_remark(ctx)
    except RubatoError:
        # Another command has ended it, or the rest of the speech cannot be recognised: keep the remark so far.
        if remarks.open:
            remarks.end(ctx.t)


async def _saved(ctx: Context, session: Future[SessionInfo], name: list[int] | None) -> Answer:
    info = await Pending(session)
    text = f"Saved {info.title}"
    value = {"session": str(info.folder), "name": name}
    if name is not None:
        try:
            text += f", called {format_keys(name)}{await _set_name(ctx, info, tuple(name))}"
        except RubatoError as error:
            # The recording is saved even if its name is not.
            text += f", without a name: {error}"
            value["name"] = None
    return Answer(text, value, {"recording": ctx.services.recorder.state, "session": str(info.folder)})


async def _set_name(ctx: Context, session: SessionInfo, keys: tuple[int, ...]) -> str:
    """Let keys open a recording: as a new name, or as one that opened another recording until now.

    Returns:
        An empty string, or what to add to the answer if the name could not be saved.
    """
    library = ctx.services.languages
    args = {"path": str(session.folder)}
    word = Word(keys, session.title, NAMES, "open_file", args, help="Opens this recording.")
    before = library.stack.at(keys)
    if before is None or before.language != NAMES or before.command != "open_file":
        before = None
    write = library.adopt(word, instead_of=before)
    ctx.control.words_changed()
    if before is not None:
        ctx.services.undo.did(
            f"giving {format_keys(keys)} another recording", lambda: _restore_name(ctx, word, before)
        )
    try:
        await beside(write)
    except OSError as error:
        return f" until you quit: cannot save the name: {reason(error)}"
    return ""


def _restore_name(ctx: Context, word: Word, before: Word) -> Pending[None]:
    write = ctx.services.languages.adopt(before, instead_of=word)
    ctx.control.words_changed()
    return beside(write)
