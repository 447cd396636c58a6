"""Reading the page, and what is on it: read, continue, where am i, links, fields, finding, writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rubato_desktop.commands.asking import known, name_of, open_source
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.moving import thing
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import FieldText, Text
from rubato_desktop.commands.registry import Answer, command

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.model import Source

Found = Mapping[str, Any]
EXCERPT: Final = 80  # signs of what was learnt


def read_out(item: Found) -> str:
    """An element as it is read out: ``heading 2: Études``, ``link: Home``; plain text is itself."""
    kind, text = item["kind"], item.get("text") or item.get("label") or ""
    if kind == "text":
        return str(text)
    level = f" {item['level']}" if item.get("level") else ""
    return f"{kind}{level}: {text}" if text else f"{kind}{level}"


@command(needs="browser")
async def read(ctx: Context) -> Answer:
    """Read from where you are."""
    reply = await ctx.ask("read")
    return Answer(read_out(reply.value), reply.value, reply.state)


@command("continue", needs="browser")
async def continue_(ctx: Context, back: bool = False) -> Answer:
    """Read the next element.

    Args:
        back: The one before, instead.
    """
    reply = await ctx.ask("continue", back=back)
    return Answer(read_out(reply.value), reply.value, reply.state)


@command(needs="browser")
async def where_am_i(ctx: Context) -> Answer:
    """Say where you are: page, tab, place, and what is there."""
    reply = await ctx.ask("where_am_i")
    here = reply.value
    parts = [here["title"] or here["url"], f"tab {here['tab']} of {here['tabs']}"]
    if here.get("kind"):
        parts.append(thing(here))
        if here.get("heading"):
            parts.append(f"under {here['heading']}")
        if here.get("row") is not None:
            parts.append(f"row {here['row'] + 1}, column {here['column'] + 1}")
    if here.get("percent") is None:
        parts.append("a page that the browser shows to nobody else")
        return Answer(", ".join(parts), here, reply.state)
    at_the_top = reply.state.get("scroll", {}).get("y") == 0
    percent = round(here["percent"])
    parts.append(
        "all of the page is in view" if at_the_top and percent == 100 else f"{percent} % down the page"
    )
    return Answer(", ".join(parts), here, reply.state)


@command(needs="browser")
async def links(ctx: Context) -> Answer:
    """List the links in view; `open` and a number clicks one."""
    return await _targets(ctx, "links", "Links")


@command(needs="browser")
async def fields(ctx: Context) -> Answer:
    """List the fields in view; `open` and a number goes into one."""
    return await _targets(ctx, "fields", "Fields")


@command(needs="browser")
async def buttons(ctx: Context) -> Answer:
    """List the buttons in view; `open` and a number presses one."""
    return await _targets(ctx, "buttons", "Buttons")


async def _targets(ctx: Context, what: str, title: str) -> Answer:
    reply = await ctx.ask(what)
    items = [(found["label"] or found.get("url") or "without a name", found) for found in reply.value]
    return show(ctx, "target", title, items, reply.value, reply.state)


@command(needs="browser")
async def focus(ctx: Context) -> Answer:
    """Go into the field where you are."""
    reply = await ctx.ask("focus")
    return Answer(f"In {thing(reply.value)}", reply.value, reply.state)


@command(needs="browser")
async def write(ctx: Context, text: FieldText) -> Answer:
    """Write into the field you are in; a password field is never touched.

    Args:
        text: What to write.
    """
    reply = await ctx.ask("write", text=text)
    return Answer(f"Wrote into {reply.value['label']}: {reply.value['text']}", reply.value, reply.state)


@command(needs="browser")
async def enter(ctx: Context) -> Answer:
    """Send the field you are in, as the Enter key does."""
    reply = await ctx.ask("write", text="", submit=True)
    return Answer(f"Sent {reply.value['label']}", reply.value, reply.state)


@command(needs="browser")
async def find(ctx: Context, text: Text) -> Answer:
    """Find text in the page.

    Args:
        text: What to find.
    """
    ctx.services.find_history.found(text)
    return _found(await ctx.ask("find", text=text))


@command(needs="browser")
async def find_next(ctx: Context, back: bool = False) -> Answer:
    """Find the next place.

    Args:
        back: The one before, instead.
    """
    return _found(await ctx.ask("find_next", back=back))


def _found(reply: Any) -> Answer:
    found = reply.value
    return Answer(f"{found['index']} of {found['count']}: {found['excerpt']}", found, reply.state)


@command()
def finds(ctx: Context) -> Answer:
    """List what was searched for; `open` and a number finds it in this page."""
    texts = ctx.services.find_history.texts
    return show(ctx, "find", "Finds", [(text, text) for text in texts], texts)


@opens("find")
async def _find_again(ctx: Context, text: str) -> Answer:
    answer: Answer = await find(ctx, text)
    return answer


@command(needs="browser")
async def find_everywhere(ctx: Context, text: Text) -> Answer:
    """Find text in all that is open or known: every tab, the history, the bookmarks, what has been learnt.

    Args:
        text: What to find.
    """
    ctx.services.find_history.found(text)
    asked = [
        ctx.ask("find_all", text=text, deadline=10.0),
        ctx.ask("history", text=text, limit=5),
        ctx.ask("bookmarks", text=text, limit=5),
    ]
    open_, visited, kept = [(await reply).value for reply in asked]
    places = [{**found, "find": text} for found in open_]
    items: list[tuple[str, Any]] = [
        (f"{found['title']}, {found['count']} times: {found['excerpt']}", found) for found in places
    ]
    for where, pages in (("history", visited), ("bookmarks", kept)):
        items += [
            (f"{found['title'] or found['url']}, in {where}", {**found, "find": text}) for found in pages
        ]
    learnt = await known(ctx, text)
    items += [(f"{name_of(source)}, learnt: {source.text[:EXCERPT]}", source) for source in learnt]
    value = {
        "open": open_,
        "history": visited,
        "bookmarks": kept,
        "learnt": [one.model_dump() for one in learnt],
    }
    return show(ctx, "place", f"Everything with {text}", items, value)


@opens("place")
async def _open_place(ctx: Context, found: Found | Source) -> Answer:
    if not isinstance(found, Mapping):
        return await open_source(ctx, found)
    reply = await ctx.ask("go", url=found["url"], **({"tab": found["tab"]} if "tab" in found else {}))
    if "tab" in found:
        return _found(await ctx.ask("find", text=found["find"]))
    return Answer(f"Opening {found['url']}", reply.value, reply.state)
