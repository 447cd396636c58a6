"""Visit pages: back and forward, the history, bookmarks, addresses and web search."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import Choice, Text
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.commands.windows import go, tab_text
from rubato_desktop.errors import RubatoError

LISTED = 20  # pages in a list
PAGE_TIMEOUT = 15.0  # s; servers can be slow


@command(needs="browser")
async def back(ctx: Context) -> Answer:
    """Go back to the previous page."""
    return await _navigate(ctx, "back")


@command(needs="browser")
async def forward(ctx: Context) -> Answer:
    """Go forward to the next page."""
    return await _navigate(ctx, "forward")


@command(needs="browser")
async def reload(ctx: Context) -> Answer:
    """Reload the page."""
    return await _navigate(ctx, "reload")


async def _navigate(ctx: Context, where: str) -> Answer:
    reply = await ctx.ask(where, deadline=PAGE_TIMEOUT)
    return Answer(f"{where.capitalize()}: {tab_text(reply.value)}", reply.value, reply.state)


@command(needs="browser")
async def history(ctx: Context, text: str = "", days: int = 90) -> Answer:
    """List the pages you visited, newest first; `open` and a number goes to one.

    Args:
        text: Only pages with these words.
        days: How many days back.
    """
    reply = await ctx.ask("history", text=text, days=days, limit=LISTED)
    items = [
        (f"{page['title'] or page['url']}, {_when(page['time'])}, {_times(page['visits'])}", page)
        for page in reply.value
    ]
    title = f"History with {text}" if text else "History"
    return show(ctx, "page", title, items, reply.value, reply.state)


@command(needs="browser")
async def search_history(ctx: Context, text: Text) -> Answer:
    """List the pages you visited that contain certain words.

    Args:
        text: The words.
    """
    answer: Answer = await history(ctx, text)
    return answer


@command(needs="browser")
async def visits(ctx: Context, number: Choice) -> Answer:
    """List when you visited a page of the history.

    Args:
        number: Its number in the list of pages.
    """
    page = ctx.services.numbered_lists.pick("page", number, lambda: [])
    reply = await ctx.ask("visits", url=page["url"])
    items = [(_when(visit["time"]), page) for visit in reply.value[-LISTED:][::-1]]
    return show(ctx, "page", f"Visits to {page['title'] or page['url']}", items, reply.value)


@command(needs="browser")
async def bookmarks(ctx: Context, text: str = "") -> Answer:
    """List the bookmarks; `open` and a number goes to one.

    Args:
        text: Only bookmarks with these words.
    """
    reply = await ctx.ask("bookmarks", text=text, limit=LISTED)
    items = [(page["title"] or page["url"], page) for page in reply.value]
    return show(ctx, "page", "Bookmarks", items, reply.value)


@opens("page")
async def _open_page(ctx: Context, page: Mapping[str, Any]) -> Answer:
    answer: Answer = await go(ctx, page["url"])
    return answer


@command(needs="browser")
async def search(ctx: Context, text: Text) -> Answer:
    """Search the web in a new tab, with the search engine of your settings.

    Args:
        text: What to search for.
    """
    engine = ctx.services.settings.values.search_engine
    if "%s" not in engine:
        raise RubatoError(
            f"The search engine address {engine!r} has no %s for the search words",
            todo="Correct the setting search_engine",
            code="bad_setting",
        )
    words = _required(text)
    url = engine.replace("%s", quote(words, safe=""))
    reply = await ctx.ask("open", url=url, new=True, deadline=PAGE_TIMEOUT)
    ctx.services.find_history.add(words)
    return Answer(f"Searching the web for {words}", reply.value, reply.state)


@command(needs="browser")
async def visit(ctx: Context, url: Text, new: bool = False) -> Answer:
    """Go to an address.

    Args:
        url: The address; https:// is added if it has no scheme.
        new: Whether to open a new tab.
    """
    address = _required(url)
    if "://" not in address and not address.startswith(("about:", "data:")):
        address = f"https://{address}"
    reply = await ctx.ask("open", url=address, new=new, deadline=PAGE_TIMEOUT)
    return Answer(f"Opening {address}", reply.value, reply.state)


def _required(text: str) -> str:
    if not text.strip():
        raise RubatoError("The text is empty", code="bad_value")
    return text.strip()


def _when(time: str) -> str:
    visited = datetime.fromisoformat(time.replace("Z", "+00:00")).astimezone()
    today = datetime.now().astimezone().date()
    if visited.date() == today:
        return f"today {visited:%H:%M}"
    return f"{visited.day} {visited:%B}" + ("" if visited.year == today.year else f" {visited.year}")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
