"""What sounds on pages: list it, play it, mute it. Play, pause and the like then act on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.commands.background import Pending
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.playing import clock_time
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.browser.media import PageMedia

Found = Mapping[str, Any]


@command(needs="browser")
async def listen(ctx: Context) -> Answer:
    """Play the media of the page, or list them where there are several; `open` and a number plays one."""
    reply = await ctx.ask("media")
    if not reply.value:
        raise RubatoError("No video or sound is on any open page", code="nothing_there")
    if len(reply.value) == 1:
        return await _play(ctx, reply.value[0])
    return show(ctx, "media", "Media", [(_told(found), found) for found in reply.value], reply.value)


@opens("media")
async def _play(ctx: Context, found: Found) -> Answer:
    browser = ctx.services.browser
    assert browser is not None
    source = PageMedia(browser, found)
    try:
        reply = await Pending(source.play())
    except RubatoError as refused:
        if refused.code == "needs_click":
            # It waits for the click: what media words speak of from now on is this.
            ctx.services.last_media.sounded(source)
        raise
    ctx.services.last_media.sounded(source)
    return Answer(f"{source.name}: playing", reply.value, {**reply.state, "playing": True})


def _told(found: Found) -> str:
    length = found.get("duration")
    long = f", {clock_time(round(length * 1e6))}" if length else ""
    return f"{found['title'] or found['kind']}{long}{', playing' if found['playing'] else ''}"


@command(needs="browser")
async def mute(ctx: Context, on: bool) -> Answer:
    """Mute the tab, or let it sound.

    Args:
        on: Whether it is muted.
    """
    reply = await ctx.ask("mute", on=on)
    ctx.services.undo.did("muting" if on else "unmuting", lambda: ctx.ask("mute", on=not on))
    return Answer(f"{reply.value['title']}: {'muted' if on else 'sounds again'}", reply.value, reply.state)
