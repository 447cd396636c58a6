"""Read the page and what is on it: links, fields and buttons; find text, and write into fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rubato_desktop.commands.asking import name_of, open_source, search_library
from rubato_desktop.commands.context import Context
from rubato_desktop.commands.moving import element_text
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import FieldText, Text
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.plurals import counted

if TYPE_CHECKING:
    from rubato_desktop.services.answers.history.model import Source

Item = Mapping[str, Any]  # an element, page or tab, as the extension reports it
EXCERPT: Final = 80  # characters shown of a passage of the library


def read_out(item: Item) -> str:
    """Return an element as it is read out: ``heading 2: Études``, ``link: Home``, or plain text as it is."""
    kind, text = item["kind"], item.get("text") or item.get("label") or ""
    if kind == "text":
        return str(text)
    level = f" {item['level']}" if item.get("level") else ""
    return f"{kind}{level}: {text}" if text else f"{kind}{level}"


@command(needs="browser")
async def read(ctx: Context) -> Answer:
    """Read the element where you are."""
    reply = await ctx.ask("read")
    return Answer(read_out(reply.value), reply.value, reply.state)


@command("continue", needs="browser")
async def continue_(ctx: Context, back: bool = False) -> Answer:
    """Read the next element.

    Args:
        back: Whether to read the previous element instead.
    """
    reply = await ctx.ask("continue", back=back)
    return Answer(read_out(reply.value), reply.value, reply.state)


@command(needs="browser")
async def where_am_i(ctx: Context) -> Answer:
    """Say where you are: page, tab, position, and what is there."""
    reply = await ctx.ask("where_am_i")
    here = reply.value
    parts = [here["title"] or here["url"], f"tab {here['tab']} of {here['tabs']}"]
    if here.get("kind"):
        parts.append(element_text(here))
        if here.get("heading"):
            parts.append(f"under {here['heading']}")
        if here.get("row") is not None:
            parts.append(f"row {here['row'] + 1}, column {here['column'] + 1}")
    if here.get("percent") is None:
        parts.append("a page that extensions cannot read")
        return Answer(", ".join(parts), here, reply.state)
    at_the_top = reply.state.get("scroll", {}).get("y") == 0
    percent = round(here["percent"])
    parts.append(
        "the whole page is in view" if at_the_top and percent == 100 else f"{percent} % down the page"
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
    items = [(target["label"] or target.get("url") or "without a name", target) for target in reply.value]
    return show(ctx, "target", title, items, reply.value, reply.state)


@command(needs="browser")
async def focus(ctx: Context) -> Answer:
    """Go into the field where you are."""
    reply = await ctx.ask("focus")
    return Answer(f"In {element_text(reply.value)}", reply.value, reply.state)


@command(needs="browser")
async def write(ctx: Context, text: FieldText) -> Answer:
    """Write into the field you are in; Rubato never writes into a password field.

    Args:
        text: What to write.
    """
    reply = await ctx.ask("write", text=text)
    return Answer(f"Wrote into {reply.value['label']}: {reply.value['text']}", reply.value, reply.state)


@command(needs="browser")
async def enter(ctx: Context) -> Answer:
    """Submit the field you are in, as the Enter key does."""
    reply = await ctx.ask("write", text="", submit=True)
    return Answer(f"Sent {reply.value['label']}", reply.value, reply.state)


@command(needs="browser")
async def find(ctx: Context, text: Text) -> Answer:
    """Find text in the page.

    Args:
        text: What to find.
    """
    ctx.services.find_history.add(text)
    return _match(await ctx.ask("find", text=text))


@command(needs="browser")
async def find_next(ctx: Context, back: bool = False) -> Answer:
    """Go to the next match.

    Args:
        back: Whether to go to the previous match instead.
    """
    return _match(await ctx.ask("find_next", back=back))


def _match(reply: Any) -> Answer:
    match = reply.value
    return Answer(f"{match['index']} of {match['count']}: {match['excerpt']}", match, reply.state)


@command()
def finds(ctx: Context) -> Answer:
    """List the texts you looked for; `open` and a number finds one in this page."""
    texts = ctx.services.find_history.texts
    return show(ctx, "find", "Finds", [(text, text) for text in texts], texts)


@opens("find")
async def _find_again(ctx: Context, text: str) -> Answer:
    answer: Answer = await find(ctx, text)
    return answer


@command(needs="browser")
async def find_everywhere(ctx: Context, text: Text) -> Answer:
    """Find text everywhere: in all tabs, the history, the bookmarks and your library.

    Args:
        text: What to find.
    """
    ctx.services.find_history.add(text)
    requests = [
        ctx.ask("find_all", text=text, deadline=10.0),
        ctx.ask("history", text=text, limit=5),
        ctx.ask("bookmarks", text=text, limit=5),
    ]
    tabs, visited, bookmarked = [(await reply).value for reply in requests]
    items: list[tuple[str, Any]] = [
        (
            f"{tab['title']}, {counted(tab['count'], 'match', 'matches')}: {tab['excerpt']}",
            {**tab, "find": text},
        )
        for tab in tabs
    ]
    for where, pages in (("history", visited), ("bookmarks", bookmarked)):
        items += [(f"{page['title'] or page['url']}, in {where}", {**page, "find": text}) for page in pages]
    passages = await search_library(ctx, text)
    items += [(f"{name_of(source)}, learnt: {source.text[:EXCERPT]}", source) for source in passages]
    value = {
        "open": tabs,
        "history": visited,
        "bookmarks": bookmarked,
        "learnt": [source.model_dump() for source in passages],
    }
    return show(ctx, "place", f"Everything with {text}", items, value)


@opens("place")
async def _open_place(ctx: Context, place: Item | Source) -> Answer:
    if not isinstance(place, Mapping):
        return await open_source(ctx, place)
    reply = await ctx.ask("go", url=place["url"], **({"tab": place["tab"]} if "tab" in place else {}))
    if "tab" in place:
        return _match(await ctx.ask("find", text=place["find"]))
    return Answer(f"Opening {place['url']}", reply.value, reply.state)
