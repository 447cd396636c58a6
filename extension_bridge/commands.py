"""The table of all commands the app can send to the browser, and of the events of either side."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from extension_bridge import values as v
from extension_bridge.strings import Anything, Label, Url

Count = Annotated[int, Field(ge=1)]
Cell = Annotated[int, Field(ge=0, le=11)]
Ref = Annotated[int, Field(ge=0)]
String = Annotated[str, Field(max_length=100_000)]
Address = Annotated[str, Field(min_length=1, max_length=100_000)]


class Args(BaseModel):
    """A command's arguments; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class GridPoint(Args):
    """A cell of the 12 x 12 grid over the view; row 0 is at the top, column 0 at the left."""

    row: Cell
    column: Cell


class Command(NamedTuple):
    """The types of a command's arguments and of its result."""

    args: TypeAdapter[Any]
    value: TypeAdapter[Any]


def optional(kind: Any) -> Any:
    """Declare an optional argument."""
    return (kind | None, None)


def command(value: Any, /, **arguments: Any) -> Command:
    """Declare a command that acts on the browser as a whole."""
    return Command(_adapter("Arguments", Args, arguments), TypeAdapter(value))


def _adapter(name: str, base: type[BaseModel], arguments: dict[str, Any]) -> TypeAdapter[Any]:
    fields: dict[str, Any] = {
        key: kind if isinstance(kind, tuple) else (kind, ...) for key, kind in arguments.items()
    }
    return TypeAdapter(create_model(name, __base__=base, **fields))


def on_page(value: Any, /, **arguments: Any) -> Command:
    """Declare a command that acts on a page: the active tab's, or that of the tab with the id `tab`."""
    return command(value, **arguments, tab=optional(int))


Points = Annotated[list[GridPoint], Field(min_length=1, max_length=2)]

COMMANDS: dict[str, Command] = {
    "ping": command(v.Nothing),
    # Windows and tabs
    "channel": command(v.Channel, number=Count),
    "channels": command(list[v.Channel]),
    "tab": command(v.Tab, number=Count),
    "tabs": command(list[v.Tab]),
    "next_tab": command(v.Tab),
    "previous_tab": command(v.Tab),
    "new_tab": command(v.Tab, url=optional(Address)),
    "reopen_tab": command(v.Tab),
    "close_tab": command(v.Closed, number=optional(Count)),
    "go": command(v.Tab, url=Address, tab=optional(int)),
    # Addresses, history, bookmarks
    "open": on_page(v.Tab, url=Address, new=bool),
    "back": on_page(v.Tab),
    "forward": on_page(v.Tab),
    "reload": on_page(v.Tab),
    "history": command(list[v.Visited], text=optional(String), days=optional(float), limit=optional(Count)),
    "visits": command(list[v.Visit], url=Address),
    "bookmark": on_page(v.Bookmark, title=optional(String)),
    "unbookmark": command(v.Nothing, id=String),
    "bookmarks": command(list[v.Bookmark], text=optional(String), limit=optional(Count)),
    # Moving on a page
    "scroll": on_page(v.Moved, vertical=float, horizontal=float),
    "page": on_page(v.Moved, pages=float),
    "move": on_page(v.Target, row=Cell, column=Cell),
    "where_am_i": on_page(v.Place),
    # Acting on a page
    "click": on_page(v.Clicked, ref=optional(Ref)),
    "trusted_click": on_page(v.Clicked),
    "right_click": on_page(v.RightClicked),
    "act": on_page(Anything, id=String),
    "select": on_page(v.Chosen, points=Points),
    "highlight": on_page(v.Highlighted, points=Points),
    "unhighlight": on_page(v.Nothing),
    "focus": on_page(v.Focused, ref=optional(Ref)),
    "write": on_page(v.Written, text=String, replace=optional(bool), submit=optional(bool)),
    # Reading a page
    "read": on_page(v.Item),
    "continue": on_page(v.Item, back=optional(bool)),
    "stop": command(v.Nothing),
    "links": on_page(list[v.Link], limit=optional(Count)),
    "fields": on_page(list[v.Control]),
    "buttons": on_page(list[v.Control]),
    "find": on_page(v.Found, text=String),
    "find_next": on_page(v.Found, back=optional(bool)),
    "find_all": command(list[v.FoundIn], text=String),
    "document": on_page(v.Document),
    "layout": on_page(v.Layout, columns=Annotated[int, Field(ge=1, le=200)]),
    "picture": on_page(v.Picture),
    # Media
    "mute": command(v.Tab, on=bool),
    "media": command(list[v.Media]),
    "media_do": command(
        v.Media,
        tab=int,
        frame=int,
        ref=Ref,
        action=Literal["play", "pause", "mute", "unmute", "skip", "seek", "speed", "volume"],
        value=optional(float),
    ),
}


def event(**arguments: Any) -> TypeAdapter[Any]:
    """Declare an event; fields it does not name are dropped."""
    return _adapter("Event", v.Value, arguments)


FROM_EXTENSION: dict[str, TypeAdapter[Any]] = {
    "windows": event(windows=list[v.Window]),
    "loaded": event(tab=int, url=Url, title=Label, ms=float),
    "sounding": event(tab=int, frame=int, ref=int, title=Label, playing=bool),
    "permission": event(debugger=bool),
    # A password field got or lost the focus.
    "secret": event(on=bool),
}

FROM_APP: dict[str, TypeAdapter[Any]] = {
    "paired": TypeAdapter(v.Joined),
    "unpaired": event(reason=(str, "")),
    "listening": event(on=bool),
    "done": event(text=str, name=str, status=Literal["ok", "failed", "timeout", "refused"], elapsed_ms=float),
    "settings": TypeAdapter(v.Settings),
    # Sent by the native host itself: whether the app is running.
    "host": event(app=Literal["on", "off"], reason=(str, "")),
}
