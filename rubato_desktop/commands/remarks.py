"""Remarks: say or type a note about this moment of your playing, or of the recording or video that is playing."""

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
    """Start a remark about this moment; what you say from now on is written down."""
    remarks, hearing = ctx.services.remarks, ctx.services.hearing
    place = await _place(ctx)
    remarks.start(ctx.t, place)
    if hearing is not None:
        hearing.listen("remark", True)
    about = f" about {place['title']}" if place else ""
    return Answer(f"Remark starts{about}", {"t": ctx.t / 1e6, "place": dict(place)})


@command()
async def remark_end(ctx: Context) -> Answer:
    """End the remark and save it with its time."""
    return _answer(await end_remark(ctx))


@command()
async def remark(ctx: Context, text: Text) -> Answer:
    """Save a remark about this moment, or add to the remark that is open.

    Args:
        text: The text of the remark.
    """
    remarks = ctx.services.remarks
    if remarks.open:
        remarks.add(ctx.t, text)
        return Answer(text, {"text": text})
    remarks.start(ctx.t, await _place(ctx))
    remarks.add(ctx.t, text)
    return _answer(remarks.end(ctx.t))


async def end_remark(ctx: Context) -> RemarkKept:
    """End the open remark, after all speech for it has been recognised.

    Raises:
        RubatoError: No remark is open.
    """
    remarks, hearing = ctx.services.remarks, ctx.services.hearing
    if remarks.open and hearing is not None:
        await Pending(hearing.finish())
        hearing.listen("remark", False)
    return remarks.end(ctx.t)


def _answer(kept: RemarkKept) -> Answer:
    value = {"t": kept.t / 1e6, "end": kept.end / 1e6, "text": kept.text, "place": dict(kept.place)}
    return Answer(f"Remark: {kept.text}" if kept.text else "Remark without text", value)


async def _place(ctx: Context) -> Mapping[str, Any]:
    """Return the position of the recording or video that played last, empty if there is none."""
    roll, last, browser = ctx.services.roll, ctx.services.last_media.last, ctx.services.browser
    if last is roll:
        return {"title": roll.name, "ms": roll.position_now() // 1000} if roll.playing else {}
    if not isinstance(last, PageMedia) or browser is None or not browser.connected:
        return {}
    try:
        listed = (await ctx.ask("media", deadline=2.0)).value
    except RubatoError:
        return {}  # a remark without a position is better than none
    medium = next((medium for medium in listed if last.is_at(medium)), None)
    if medium is None:
        return {}
    return {"title": last.name, "url": medium.get("url", ""), "ms": round(medium["position"] * 1000)}
