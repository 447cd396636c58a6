"""Windows are channels, tabs are numbered: go there, open, close, bring back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import Whole
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError

NEW_TAB = 10.0  # s; a new page's process may take its time

Found = Mapping[str, Any]


def told(tab: Found) -> str:
    """A tab in words: ``tab 3, Nocturne op. 9 no. 2``."""
    title = tab.get("title") or tab.get("url") or "empty page"
    return f"tab {tab['number']}, {title}"


def place(tab: Found) -> dict[str, Any]:
    """What brings somebody back to a tab, also after the browser was closed."""
    return {name: tab[name] for name in ("url", "title") if tab.get(name)} | {"tab": tab["id"]}


@command(needs="browser")
async def channel(ctx: Context, number: Whole) -> Answer:
    """Go to a channel: a window of the browser.

    Args:
        number: Its number, counted from 1 in the order they were opened.
    """
    reply = await ctx.ask("channel", number=number)
    return Answer(f"Channel {number}, {_many(reply.value['tabs'], 'tab')}", reply.value, reply.state)


@command(needs="browser")
async def channels(ctx: Context) -> Answer:
    """List the channels: the windows of the browser."""
    reply = await ctx.ask("channels")
    items = [(f"{found['title']}, {_many(found['tabs'], 'tab')}", found) for found in reply.value]
    return show(ctx, "channel", "Channels", items, reply.value, reply.state)


@opens("channel")
async def _open_channel(ctx: Context, found: Found) -> Answer:
    answer: Answer = await channel(ctx, found["number"])
    return answer


@command(needs="browser")
async def tab(ctx: Context, number: Whole) -> Answer:
    """Go to a tab.

    Args:
        number: Its number; -1 is the last, -2 the one before it.
    """
    before = _front(ctx)
    reply = await ctx.ask("tab", number=number if number > 0 else _from_the_end(ctx, number))
    return _gone(ctx, before, reply)


def _from_the_end(ctx: Context, number: int) -> int:
    count = len(_tabs(ctx))
    if not number or count + 1 + number < 1:
        raise RubatoError(f"There is no tab {number}, the channel has {_many(count, 'tab')}", code="no_tab")
    return count + 1 + number


@command(needs="browser")
async def tabs(ctx: Context) -> Answer:
    """List the tabs of the channel; `tab` and a number goes to one."""
    reply = await ctx.ask("tabs")
    items = [(found["title"] or found["url"], found) for found in reply.value]
    return show(ctx, "tab", "Tabs", items, reply.value, reply.state)


@opens("tab")
async def _open_tab(ctx: Context, found: Found) -> Answer:
    answer: Answer = await go(ctx, **place(found))
    return answer


@command(needs="browser")
async def next_tab(ctx: Context) -> Answer:
    """Go to the next tab; after the last comes the first."""
    return _gone(ctx, _front(ctx), await ctx.ask("next_tab"))


@command(needs="browser")
async def previous_tab(ctx: Context) -> Answer:
    """Go to the previous tab; before the first comes the last."""
    return _gone(ctx, _front(ctx), await ctx.ask("previous_tab"))


@command(needs="browser")
async def new_tab(ctx: Context, url: str = "") -> Answer:
    """Open a new tab.

    Args:
        url: Its address; an empty tab when left out.
    """
    args = {"url": url} if url else {}
    reply = await ctx.ask("new_tab", deadline=NEW_TAB, **args)
    number = reply.value["number"]
    ctx.services.undo.did("new tab", lambda: ctx.ask("close_tab", number=number))
    return Answer(f"New {told(reply.value)}", reply.value, reply.state)


@command(needs="browser")
async def close_tab(ctx: Context, number: int | None = None) -> Answer:
    """Close the tab.

    Args:
        number: Its number; the one in front when left out.
    """
    reply = await ctx.ask("close_tab", **({} if number is None else {"number": number}))
    ctx.services.undo.did("closing the tab", lambda: ctx.ask("reopen_tab"))
    closed, now = reply.value["closed"], reply.value.get("now")
    text = f"Closed {told(closed)}" + (f". Now {told(now)}" if now else "")
    return Answer(text, reply.value, reply.state)


@command(needs="browser")
async def reopen_tab(ctx: Context) -> Answer:
    """Reopen the tab closed last."""
    reply = await ctx.ask("reopen_tab")
    return Answer(f"Open again: {told(reply.value)}", reply.value, reply.state)


@command(needs="browser")
async def go(ctx: Context, url: str, tab: int | None = None, title: str = "") -> Answer:
    """Go to a page: to its tab where it is open, else to a new one.

    Args:
        url: Its address.
        tab: The browser's own number of its tab.
        title: What it is called.
    """
    before = _front(ctx)
    reply = await ctx.ask("go", url=url, **({} if tab is None else {"tab": tab}))
    return _gone(ctx, before, reply)


def _gone(ctx: Context, before: Found | None, reply: Any) -> Answer:
    if before is not None and before["id"] != reply.value["id"]:
        ctx.services.undo.did("change of tab", lambda: ctx.ask("go", url=before["url"], tab=before["id"]))
    text = told(reply.value)
    return Answer(text[0].upper() + text[1:], reply.value, reply.state)


def _tabs(ctx: Context) -> Any:
    browser = ctx.services.browser
    windows = browser.windows if browser is not None else ()
    window = next((window for window in windows if window.focused), windows[0] if windows else None)
    return window.tabs if window is not None else ()


def _front(ctx: Context) -> Found | None:
    """The tab in front, as last told."""
    found = next((tab for tab in _tabs(ctx) if tab.active), None)
    return {"id": found.id, "url": found.url} if found is not None else None


def _many(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")
