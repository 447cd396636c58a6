"""Browser windows and tabs: go to them, open, close and reopen them. Windows are called channels, tabs are numbered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rubato_desktop.commands.context import Context
from rubato_desktop.commands.numbered_list import opens, show
from rubato_desktop.commands.parameter_types import Whole
from rubato_desktop.commands.registry import Answer, command
from rubato_desktop.errors import RubatoError
from rubato_desktop.plurals import counted

NEW_TAB_TIMEOUT = 10.0  # s; the browser may have to start a process for the page

Tab = Mapping[str, Any]  # as the extension reports it


def tab_text(tab: Tab) -> str:
    """Return a tab in words: ``tab 3, Nocturne op. 9 no. 2``."""
    title = tab.get("title") or tab.get("url") or "empty page"
    return f"tab {tab['number']}, {title}"


def tab_address(tab: Tab) -> dict[str, Any]:
    """Return the arguments of `go` that lead back to a tab, even after the browser was closed."""
    return {name: tab[name] for name in ("url", "title") if tab.get(name)} | {"tab": tab["id"]}


@command(needs="browser")
async def channel(ctx: Context, number: Whole) -> Answer:
    """Go to a channel, which is a window of the browser.

    Args:
        number: Its number, counting from 1 in the order in which they were opened.
    """
    reply = await ctx.ask("channel", number=number)
    return Answer(f"Channel {number}, {counted(reply.value['tabs'], 'tab')}", reply.value, reply.state)


@command(needs="browser")
async def channels(ctx: Context) -> Answer:
    """List the channels, the windows of the browser; `open` and a number goes to one."""
    reply = await ctx.ask("channels")
    items = [(f"{window['title']}, {counted(window['tabs'], 'tab')}", window) for window in reply.value]
    return show(ctx, "channel", "Channels", items, reply.value, reply.state)


@opens("channel")
async def _open_channel(ctx: Context, window: Mapping[str, Any]) -> Answer:
    answer: Answer = await channel(ctx, window["number"])
    return answer


@command(needs="browser")
async def tab(ctx: Context, number: Whole) -> Answer:
    """Go to a tab.

    Args:
        number: Its number; -1 is the last tab, -2 the one before it.
    """
    before = _current_tab(ctx)
    reply = await ctx.ask("tab", number=number if number > 0 else _from_the_end(ctx, number))
    return _went(ctx, before, reply)


def _from_the_end(ctx: Context, number: int) -> int:
    count = len(_tabs(ctx))
    if not number or count + 1 + number < 1:
        raise RubatoError(f"There is no tab {number}; the channel has {counted(count, 'tab')}", code="no_tab")
    return count + 1 + number


@command(needs="browser")
async def tabs(ctx: Context) -> Answer:
    """List the tabs of the channel; `tab` and a number goes to one."""
    reply = await ctx.ask("tabs")
    items = [(tab["title"] or tab["url"], tab) for tab in reply.value]
    return show(ctx, "tab", "Tabs", items, reply.value, reply.state)


@opens("tab")
async def _open_tab(ctx: Context, tab: Tab) -> Answer:
    answer: Answer = await go(ctx, **tab_address(tab))
    return answer


@command(needs="browser")
async def next_tab(ctx: Context) -> Answer:
    """Go to the next tab; after the last comes the first."""
    return _went(ctx, _current_tab(ctx), await ctx.ask("next_tab"))


@command(needs="browser")
async def previous_tab(ctx: Context) -> Answer:
    """Go to the previous tab; before the first comes the last."""
    return _went(ctx, _current_tab(ctx), await ctx.ask("previous_tab"))


@command(needs="browser")
async def new_tab(ctx: Context, url: str = "") -> Answer:
    """Open a new tab.

    Args:
        url: Its address; an empty tab by default.
    """
    args = {"url": url} if url else {}
    reply = await ctx.ask("new_tab", deadline=NEW_TAB_TIMEOUT, **args)
    number = reply.value["number"]
    ctx.services.undo.did("the new tab", lambda: ctx.ask("close_tab", number=number))
    return Answer(f"New {tab_text(reply.value)}", reply.value, reply.state)


@command(needs="browser")
async def close_tab(ctx: Context, number: int | None = None) -> Answer:
    """Close a tab.

    Args:
        number: Its number; the current tab by default.
    """
    reply = await ctx.ask("close_tab", **({} if number is None else {"number": number}))
    ctx.services.undo.did("closing the tab", lambda: ctx.ask("reopen_tab"))
    closed, now = reply.value["closed"], reply.value.get("now")
    text = f"Closed {tab_text(closed)}" + (f". Now {tab_text(now)}" if now else "")
    return Answer(text, reply.value, reply.state)


@command(needs="browser")
async def reopen_tab(ctx: Context) -> Answer:
    """Reopen the tab you closed last."""
    reply = await ctx.ask("reopen_tab")
    return Answer(f"Reopened {tab_text(reply.value)}", reply.value, reply.state)


@command(needs="browser")
async def go(ctx: Context, url: str, tab: int | None = None, title: str = "") -> Answer:
    """Go to a page: to its tab if it is open, otherwise to a new one.

    Args:
        url: Its address.
        tab: The browser's id of its tab.
        title: Its title.
    """
    before = _current_tab(ctx)
    reply = await ctx.ask("go", url=url, **({} if tab is None else {"tab": tab}))
    return _went(ctx, before, reply)


def _went(ctx: Context, before: Tab | None, reply: Any) -> Answer:
    if before is not None and before["id"] != reply.value["id"]:
        ctx.services.undo.did("the change of tab", lambda: ctx.ask("go", url=before["url"], tab=before["id"]))
    text = tab_text(reply.value)
    return Answer(text[0].upper() + text[1:], reply.value, reply.state)


def _tabs(ctx: Context) -> Any:
    browser = ctx.services.browser
    windows = browser.windows if browser is not None else ()
    window = next((window for window in windows if window.focused), windows[0] if windows else None)
    return window.tabs if window is not None else ()


def _current_tab(ctx: Context) -> Tab | None:
    """Return the current tab as the browser last reported it."""
    tab = next((tab for tab in _tabs(ctx) if tab.active), None)
    return {"id": tab.id, "url": tab.url} if tab is not None else None
