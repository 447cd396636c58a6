"""Media on pages: list, play and mute them. What you play here is what `play`, `pause` and the like then act on."""

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

Medium = Mapping[str, Any]  # as the extension reports it


@command(needs="browser")
async def listen(ctx: Context) -> Answer:
    """Play the media of the page, or list them if there are several; `open` and a number plays one."""
    reply = await ctx.ask("media")
    if not reply.value:
        raise RubatoError("No open page has video or sound", code="nothing_there")
    if len(reply.value) == 1:
        return await _play(ctx, reply.value[0])
    return show(ctx, "media", "Media", [(_label(medium), medium) for medium in reply.value], reply.value)


@opens("media")
async def _play(ctx: Context, medium: Medium) -> Answer:
    browser = ctx.services.browser
    assert browser is not None
    source = PageMedia(browser, medium)
    try:
        reply = await Pending(source.play())
    except RubatoError as error:
        if error.code == "needs_click":
            # It plays once it is clicked, so media words act on it from now on.
            ctx.services.last_media.sounded(source)
        raise
    ctx.services.last_media.sounded(source)
    return Answer(f"{source.name}: playing", reply.value, {**reply.state, "playing": True})


def _label(medium: Medium) -> str:
    seconds = medium.get("duration")
    duration = f", {clock_time(round(seconds * 1e6))}" if seconds else ""
    return f"{medium['title'] or medium['kind']}{duration}{', playing' if medium['playing'] else ''}"


@command(needs="browser")
async def mute(ctx: Context, on: bool) -> Answer:
    """Mute or unmute the tab.

    Args:
        on: Whether it is muted.
    """
    reply = await ctx.ask("mute", on=on)
    ctx.services.undo.did("muting" if on else "unmuting", lambda: ctx.ask("mute", on=not on))
    return Answer(f"{reply.value['title']}: {'muted' if on else 'unmuted'}", reply.value, reply.state)
