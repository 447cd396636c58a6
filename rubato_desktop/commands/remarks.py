"""Remarks: what is said or typed about this moment of the session, or of the recording or video that plays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.commands.background import Pending
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.parameter_types import Text
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.events import RemarkKept
from rubato_desktop.services.browser.media import PageMedia


@command()
async def remark_start(ctx: Context) -> Answer:
    """Begin a remark about this moment: what is said from now on is written down."""
    remarks, hearing = ctx.services.remarks, ctx.services.hearing
    place = await _place(ctx)
    remarks.start(ctx.t, place)
    if hearing is not None:
        hearing.listen("remark", True)
    about = f" about {place['title']}" if place else ""
    return Answer(f"Remark starts{about}", {"t": ctx.t / 1e6, "place": dict(place)})


@command()
async def remark_end(ctx: Context) -> Answer:
    """End the remark and keep it with its time."""
    return _told(await end_remark(ctx))


@command()
async def remark(ctx: Context, text: Text) -> Answer:
    """Remark something about this moment, or add it to the remark that is being made.

    Args:
        text: The remark.
    """
    remarks = ctx.services.remarks
    if remarks.open:
        remarks.add(ctx.t, text)
        return Answer(text, {"text": text})
    remarks.start(ctx.t, await _place(ctx))
    remarks.add(ctx.t, text)
    return _told(remarks.end(ctx.t))


async def end_remark(ctx: Context) -> RemarkKept:
    """End the remark that is being made, when all that was said for it is written down.

    Raises:
        RubatoError: none is being made.
    """
    remarks, hearing = ctx.services.remarks, ctx.services.hearing
    if remarks.open and hearing is not None:
        await Pending(hearing.finish())
        hearing.listen("remark", False)
    return remarks.end(ctx.t)


def _told(kept: RemarkKept) -> Answer:
    value = {"t": kept.t / 1e6, "end": kept.end / 1e6, "text": kept.text, "place": dict(kept.place)}
    return Answer(f"Remark: {kept.text}" if kept.text else "Remark without words", value)


async def _place(ctx: Context) -> Mapping[str, Any]:
    """Where the recording or video is that sounded last."""
    roll, last, browser = ctx.services.roll, ctx.services.last_media.last, ctx.services.browser
    if last is roll:
        return {"title": roll.name, "ms": roll.position_now() // 1000} if roll.playing else {}
    if not isinstance(last, PageMedia) or browser is None or not browser.connected:
        return {}
    try:
        listed = (await ctx.ask("media", deadline=2.0)).value
    except RubatoError:
        return {}  # the remark is worth more than where the video was
    found = next((found for found in listed if last.is_at(found)), None)
    if found is None:
        return {}
    return {"title": last.name, "url": found.get("url", ""), "ms": round(found["position"] * 1000)}
