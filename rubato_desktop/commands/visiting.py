"""Where the browser goes and has been: back and forward, history with its visits, bookmarks, the web search."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import Choice, Text
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.commands.windows import go, told
from rubato_desktop.errors import RubatoError

LISTED = 20  # pages in a list; more are found by searching
PATIENCE = 15.0  # s; a server may take its time


@command(needs="browser")
async def back(ctx: Context) -> Answer:
    """Go back to the page before."""
    return await _travel(ctx, "back")


@command(needs="browser")
async def forward(ctx: Context) -> Answer:
    """Go forward again."""
    return await _travel(ctx, "forward")


@command(needs="browser")
async def reload(ctx: Context) -> Answer:
    """Load the page again."""
    return await _travel(ctx, "reload")


async def _travel(ctx: Context, where: str) -> Answer:
    reply = await ctx.ask(where, deadline=PATIENCE)
    return Answer(f"{where.capitalize()}: {told(reply.value)}", reply.value, reply.state)


@command(needs="browser")
async def history(ctx: Context, text: str = "", days: int = 90) -> Answer:
    """List the pages visited, newest first; `open` and a number goes to one.

    Args:
        text: Only pages with these words.
        days: How far back.
    """
    reply = await ctx.ask("history", text=text, days=days, limit=LISTED)
    items = [
        (f"{found['title'] or found['url']}, {_when(found['time'])}, {_times(found['visits'])}", found)
        for found in reply.value
    ]
    title = f"History with {text}" if text else "History"
    return show(ctx, "page", title, items, reply.value, reply.state)


@command(needs="browser")
async def search_history(ctx: Context, text: Text) -> Answer:
    """List the pages visited that have these words.

    Args:
        text: The words.
    """
    answer: Answer = await history(ctx, text)
    return answer


@command(needs="browser")
async def visits(ctx: Context, number: Choice) -> Answer:
    """List when a page of the history was visited.

    Args:
        number: Its number in the history that was shown.
    """
    found = ctx.services.numbered_lists.pick("page", number, lambda: [])
    reply = await ctx.ask("visits", url=found["url"])
    items = [(_when(visit["time"]), found) for visit in reply.value[-LISTED:][::-1]]
    return show(ctx, "page", f"Visits of {found['title'] or found['url']}", items, reply.value)


@command(needs="browser")
async def bookmarks(ctx: Context, text: str = "") -> Answer:
    """List the bookmarks; `open` and a number goes to one.

    Args:
        text: Only those with these words.
    """
    reply = await ctx.ask("bookmarks", text=text, limit=LISTED)
    items = [(found["title"] or found["url"], found) for found in reply.value]
    return show(ctx, "page", "Bookmarks", items, reply.value)


@opens("page")
async def _open_page(ctx: Context, found: Mapping[str, Any]) -> Answer:
    answer: Answer = await go(ctx, found["url"])
    return answer


@command(needs="browser")
async def search(ctx: Context, text: Text) -> Answer:
    """Search the web in a new tab; the engine is a setting.

    Args:
        text: What to search for.
    """
    engine = ctx.services.settings.values.search_engine
    if "%s" not in engine:
        raise RubatoError(
            f"The web search {engine!r} has no place for the words",
            todo="Put %s where they go, in the setting search_engine",
            code="bad_setting",
        )
    said = _required(text)
    reply = await ctx.ask("open", url=engine.replace("%s", quote(said, safe="")), new=True, deadline=PATIENCE)
    ctx.services.find_history.found(said)
    return Answer(f"Searching the web for {said}", reply.value, reply.state)


@command(needs="browser")
async def visit(ctx: Context, url: Text, new: bool = False) -> Answer:
    """Go to an address.

    Args:
        url: The address; without a scheme it is taken as https.
        new: In a new tab.
    """
    address = _required(url)
    if "://" not in address and not address.startswith(("about:", "data:")):
        address = f"https://{address}"
    reply = await ctx.ask("open", url=address, new=new, deadline=PATIENCE)
    return Answer(f"Opening {address}", reply.value, reply.state)


def _required(text: str) -> str:
    if not text.strip():
        raise RubatoError("There are no words in it", code="bad_value")
    return text.strip()


def _when(time: str) -> str:
    then = datetime.fromisoformat(time.replace("Z", "+00:00")).astimezone()
    today = datetime.now().astimezone().date()
    if then.date() == today:
        return f"today {then:%H:%M}"
    return f"{then.day} {then:%B}" + ("" if then.year == today.year else f" {then.year}")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
