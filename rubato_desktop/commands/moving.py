"""Move around the page: scroll, move, click, select and highlight, and hear its layout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import GridCell, Point, Points, Scrolling
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.plurals import counted

Element = Mapping[str, Any]  # as the extension reports it


def element_text(element: Element) -> str:
    """Return an element of a page in words: ``link, Home``. The label is the page's own text."""
    kind, label = element.get("kind"), element.get("label")
    if not kind:
        return "nothing"
    return f"{kind}, {label}" if label else str(kind)


@command(needs="browser")
async def scroll(ctx: Context, by: Scrolling) -> Answer:
    """Scroll the page.

    Args:
        by: Number of steps; positive is down and right. A step is an eighth of the view.
    """
    vertical, horizontal = by["vertical"], by["horizontal"]
    reply = await ctx.ask("scroll", vertical=vertical, horizontal=horizontal)
    ctx.services.undo.did("scrolling", lambda: ctx.ask("scroll", vertical=-vertical, horizontal=-horizontal))
    return _scrolled(reply, _direction(vertical, horizontal))


def _direction(vertical: int, horizontal: int) -> str:
    axes = ((vertical, "down", "up"), (horizontal, "right", "left"))
    steps = [f"{abs(n)} {plus if n > 0 else minus}" for n, plus, minus in axes if n]
    return "Scrolled " + (" and ".join(steps) or "by 0 steps")


@command(needs="browser")
async def page(ctx: Context, pages: int) -> Answer:
    """Scroll by whole pages.

    Args:
        pages: How many; positive is down.
    """
    reply = await ctx.ask("page", pages=pages)
    ctx.services.undo.did("scrolling", lambda: ctx.ask("page", pages=-pages))
    return _scrolled(reply, f"{counted(abs(pages), 'page')} {'down' if pages > 0 else 'up'}")


def _scrolled(reply: Any, text: str) -> Answer:
    return Answer(text if reply.value["moved"] else "This is the end of the page", reply.value, reply.state)


@command(needs="browser")
async def move(ctx: Context, point: Point) -> Answer:
    """Move to a point in the view, and hear what is there.

    Args:
        point: One of the 12 x 12 cells of the view.
    """
    reply = await ctx.ask("move", row=point["row"], column=point["column"])
    if ctx.services.settings.values.feedback and ctx.services.page_sound is not None:
        ctx.services.page_sound.cell(reply.value)
    where = f"row {point['row'] + 1}, column {point['column'] + 1}"
    text = element_text(reply.value)
    return Answer(f"{text[0].upper()}{text[1:]}, {where}", reply.value, reply.state)


@command(needs="browser")
async def click(ctx: Context) -> Answer:
    """Click where you are.

    A field with choices lists them; `open` and a number takes one.
    """
    return _clicked(ctx, await ctx.ask("click"))


@command(needs="browser")
async def trusted_click(ctx: Context) -> Answer:
    """Click as a mouse does, for what a browser only allows after a physical click.

    You allow this once, in Rubato's side panel in the browser.
    """
    return _clicked(ctx, await ctx.ask("trusted_click"))


@opens("target")
async def _open_target(ctx: Context, target: Element) -> Answer:
    return _clicked(ctx, await ctx.ask("click", ref=target["ref"]))


def _clicked(ctx: Context, reply: Any) -> Answer:
    if options := reply.value["options"]:
        items = [(option["label"], option) for option in options]
        return show(ctx, "option", f"Choices of {reply.value['label']}", items, reply.value, reply.state)
    if reply.value["checked"] is not None:
        state = "checked" if reply.value["checked"] else "not checked"
        return Answer(f"{reply.value['label'] or 'It'} is {state}", reply.value, reply.state)
    effect = {"navigated": "opening", "opened": "opened", "focused": "you can write"}.get(
        reply.value["effect"], ""
    )
    text = ", ".join(filter(None, [f"Clicked {element_text(reply.value)}", effect]))
    return Answer(text, reply.value, reply.state)


@opens("option")
async def _open_option(ctx: Context, option: Element) -> Answer:
    reply = await ctx.ask("write", text=option["label"], replace=True)
    return Answer(f"{reply.value['label']}: {reply.value['text']}", reply.value, reply.state)


@command(needs="browser")
async def right_click(ctx: Context) -> Answer:
    """Open the context menu where you are: the page's own, or a list of actions; `open` and a number runs one."""
    reply = await ctx.ask("right_click")
    if reply.value["handled"]:
        return Answer(f"The page opened its menu on {element_text(reply.value)}", reply.value, reply.state)
    items = [(action["label"], action) for action in reply.value["actions"]]
    return show(ctx, "action", f"Actions for {element_text(reply.value)}", items, reply.value, reply.state)


@opens("action")
async def _open_action(ctx: Context, action: Element) -> Answer:
    reply = await ctx.ask("act", id=action["id"])
    return Answer(f"{action['label']}: done", reply.value, reply.state)


@command(needs="browser")
async def select(ctx: Context, points: Points) -> Answer:
    """Select the text at a point, or in the box between two.

    Args:
        points: One or two cells.
    """
    reply = await ctx.ask("select", points=_cells(points))
    text = reply.value["text"]
    return Answer(f"Selected: {_short(text)}" if text else "There is no text there", reply.value, reply.state)


@command(needs="browser")
async def highlight(ctx: Context, points: Points) -> Answer:
    """Highlight a point, or the box between two.

    Args:
        points: One or two cells.
    """
    reply = await ctx.ask("highlight", points=_cells(points))
    ctx.services.undo.did("highlighting", lambda: ctx.ask("unhighlight"))
    return Answer(f"Highlighted: {_short(reply.value['text'])}", reply.value, reply.state)


@command(needs="browser")
async def unhighlight(ctx: Context) -> Answer:
    """Remove the highlights from the page."""
    reply = await ctx.ask("unhighlight")
    return Answer("Removed the highlights", None, reply.state)


@command(needs="browser")
async def layout(ctx: Context) -> Answer:
    """Hear the layout of the page; any key stops it."""
    reply = await ctx.ask("layout", columns=24)
    sound = ctx.services.page_sound
    summary = (
        str(sound.layout(reply.value)) if sound is not None else counted(len(reply.value["cells"]), "cell")
    )
    return Answer(f"Layout: {summary}", reply.value, reply.state)


@command()
def feedback(ctx: Context, on: bool) -> Answer:
    """Turn feedback on or off: the sound of the page while you move in it.

    Args:
        on: Whether you hear it.
    """
    before = ctx.services.settings.values.feedback
    ctx.control.set("feedback", on)
    ctx.services.undo.did("feedback", lambda: ctx.control.set("feedback", before))
    return Answer(f"Feedback {'on' if on else 'off'}", state={"feedback": on})


def _cells(points: list[GridCell]) -> list[dict[str, int]]:
    return [{"row": point["row"], "column": point["column"]} for point in points]


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
