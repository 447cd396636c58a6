"""Moving in the page, and what the hand does there: scroll, move, click, select, highlight; the layout as sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import GridCell, Point, Points, Scrolling
from rubato_desktop.commands.registry import Answer, command

Found = Mapping[str, Any]


def thing(found: Found) -> str:
    """Something on a page in words: ``link, Home``; its label is the page's own text."""
    kind, label = found.get("kind"), found.get("label")
    if not kind:
        return "nothing"
    return f"{kind}, {label}" if label else str(kind)


@command(needs="browser")
async def scroll(ctx: Context, by: Scrolling) -> Answer:
    """Scroll the page.

    Args:
        by: Steps; positive is down and right. A step is an eighth of the view.
    """
    vertical, horizontal = by["vertical"], by["horizontal"]
    reply = await ctx.ask("scroll", vertical=vertical, horizontal=horizontal)
    ctx.services.undo.did("scrolling", lambda: ctx.ask("scroll", vertical=-vertical, horizontal=-horizontal))
    return _scrolled(reply, _direction(vertical, horizontal))


def _direction(vertical: int, horizontal: int) -> str:
    ways = ((vertical, "down", "up"), (horizontal, "right", "left"))
    said = [f"{abs(n)} {plus if n > 0 else minus}" for n, plus, minus in ways if n]
    return "Scrolled " + (" and ".join(said) or "nowhere")


@command(needs="browser")
async def page(ctx: Context, pages: int) -> Answer:
    """Turn pages; negative is up.

    Args:
        pages: How many.
    """
    reply = await ctx.ask("page", pages=pages)
    ctx.services.undo.did("turning pages", lambda: ctx.ask("page", pages=-pages))
    return _scrolled(
        reply, f"{abs(pages)} page{'s' if abs(pages) != 1 else ''} {'down' if pages > 0 else 'up'}"
    )


def _scrolled(reply: Any, done: str) -> Answer:
    return Answer(done if reply.value["moved"] else "This is the end of the page", reply.value, reply.state)


@command(needs="browser")
async def move(ctx: Context, point: Point) -> Answer:
    """Move to a place in the view; the cell you come to is heard.

    Args:
        point: One of 12 x 12 cells.
    """
    reply = await ctx.ask("move", row=point["row"], column=point["column"])
    if ctx.services.settings.values.feedback and ctx.services.page_sound is not None:
        ctx.services.page_sound.cell(reply.value)
    where = f"row {point['row'] + 1}, column {point['column'] + 1}"
    found = thing(reply.value)
    return Answer(f"{found[0].upper()}{found[1:]}, {where}", reply.value, reply.state)


@command(needs="browser")
async def click(ctx: Context) -> Answer:
    """Click where you are.

    Of a field with choices they are listed, and `open` and a number takes one.
    """
    return _clicked(ctx, await ctx.ask("click"))


@command(needs="browser")
async def trusted_click(ctx: Context) -> Answer:
    """Click as a hand does, for what the browser gives only to a physical click.

    It must be allowed once, in the side panel.
    """
    return _clicked(ctx, await ctx.ask("trusted_click"))


@opens("target")
async def _open_target(ctx: Context, found: Found) -> Answer:
    return _clicked(ctx, await ctx.ask("click", ref=found["ref"]))


def _clicked(ctx: Context, reply: Any) -> Answer:
    if options := reply.value["options"]:
        items = [(option["label"], option) for option in options]
        return show(ctx, "option", f"Choices of {reply.value['label']}", items, reply.value, reply.state)
    if reply.value["checked"] is not None:
        tick = "ticked" if reply.value["checked"] else "not ticked"
        return Answer(f"{reply.value['label'] or 'It'} is {tick}", reply.value, reply.state)
    how = {"navigated": "opening", "opened": "opened", "focused": "you can write"}.get(
        reply.value["effect"], ""
    )
    return Answer(", ".join(filter(None, [f"Clicked {thing(reply.value)}", how])), reply.value, reply.state)


@opens("option")
async def _take(ctx: Context, option: Found) -> Answer:
    reply = await ctx.ask("write", text=option["label"], replace=True)
    return Answer(f"{reply.value['label']}: {reply.value['text']}", reply.value, reply.state)


@command(needs="browser")
async def right_click(ctx: Context) -> Answer:
    """Open the menu of where you are: the page's own, or else what can be done there; `open` and a number does it."""
    reply = await ctx.ask("right_click")
    if reply.value["handled"]:
        return Answer(f"The page opened its menu on {thing(reply.value)}", reply.value, reply.state)
    items = [(action["label"], action) for action in reply.value["actions"]]
    return show(ctx, "action", f"Actions for {thing(reply.value)}", items, reply.value, reply.state)


@opens("action")
async def _act(ctx: Context, action: Found) -> Answer:
    reply = await ctx.ask("act", id=action["id"])
    return Answer(f"{action['label']}: done", reply.value, reply.state)


@command(needs="browser")
async def select(ctx: Context, points: Points) -> Answer:
    """Select the text at a place, or between two.

    Args:
        points: One or two cells.
    """
    reply = await ctx.ask("select", points=_cells(points))
    text = reply.value["text"]
    return Answer(f"Selected: {_short(text)}" if text else "There is no text there", reply.value, reply.state)


@command(needs="browser")
async def highlight(ctx: Context, points: Points) -> Answer:
    """Highlight a place, or a box between two.

    Args:
        points: One or two cells.
    """
    reply = await ctx.ask("highlight", points=_cells(points))
    ctx.services.undo.did("highlighting", lambda: ctx.ask("unhighlight"))
    return Answer(f"Highlighted: {_short(reply.value['text'])}", reply.value, reply.state)


@command(needs="browser")
async def unhighlight(ctx: Context) -> Answer:
    """Take the highlights of the page away."""
    reply = await ctx.ask("unhighlight")
    return Answer("The highlights are gone", None, reply.state)


@command(needs="browser")
async def layout(ctx: Context) -> Answer:
    """Hear the layout of the page; any key ends it."""
    reply = await ctx.ask("layout", columns=24)
    sound = ctx.services.page_sound
    heard = str(sound.layout(reply.value)) if sound is not None else f"{len(reply.value['cells'])} cells"
    return Answer(f"Layout: {heard}", reply.value, reply.state)


@command()
def feedback(ctx: Context, on: bool) -> Answer:
    """Hear the page while moving, or not.

    Args:
        on: Whether it is heard.
    """
    before = ctx.services.settings.values.feedback
    ctx.control.set("feedback", on)
    ctx.services.undo.did("feedback", lambda: ctx.control.set("feedback", before))
    return Answer(f"Feedback {'on' if on else 'off'}", state={"feedback": on})


def _cells(points: list[GridCell]) -> list[dict[str, int]]:
    return [{"row": point["row"], "column": point["column"]} for point in points]


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
