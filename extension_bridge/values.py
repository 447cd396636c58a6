"""The results of browser commands. Fields that a type does not name are dropped."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from extension_bridge.strings import Anything, Label, Long, Text, Url, at_most


class Value(BaseModel):
    """A result; coordinates and sizes are CSS pixels of the view unless stated otherwise."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class Nothing(Value):
    pass


class Tab(Value):
    id: int
    number: int
    title: Label = ""
    url: Url = ""
    active: bool = False
    audible: bool = False
    muted: bool = False


class Window(Value):
    id: int
    number: int
    focused: bool = False
    tabs: list[Tab]


class Channel(Value):
    number: int
    title: Label = ""
    tabs: int
    focused: bool | None = None


class Closed(Value):
    closed: Tab
    now: Tab | None = None


class Visited(Value):
    """A page in the history; `time` is its last visit, ISO 8601 in UTC."""

    title: Label = ""
    url: Url
    time: Label
    visits: int


class Visit(Value):
    time: Label
    transition: Label = ""


class Bookmark(Value):
    id: Label
    title: Label = ""
    url: Url = ""


class Moved(Value):
    x: float
    y: float
    moved: bool


class Box(Value):
    x: float
    y: float
    width: float
    height: float


class Point(Value):
    row: int
    column: int


class Target(Value):
    """What is in a cell of the 12 x 12 grid; `density`, `level` and `area` as in `Cell`."""

    row: int
    column: int
    kind: Label | None = None
    label: Label = ""
    box: Box | None = None
    density: float = 0.0
    level: int | None = None
    area: float | None = None
    ref: int | None = None


class Option(Value):
    number: int
    label: Label = ""
    selected: bool = False


class Clicked(Value):
    """`checked` is set for check boxes, radio buttons and switches, `options` for selects."""

    label: Label = ""
    kind: Label | None = None
    effect: Literal["clicked", "navigated", "opened", "focused"]
    checked: bool | None = None
    options: Annotated[list[Option], at_most(200)] = []


class Action(Value):
    id: Label
    label: Label


class RightClicked(Value):
    handled: bool
    label: Label = ""
    kind: Label | None = None
    actions: list[Action] = []


class Chosen(Value):
    text: Long


class Highlighted(Value):
    text: Long
    boxes: list[Box] = []


class Item(Value):
    """A block to read: number `index` of `of` in page order, from 0."""

    kind: Label
    level: int | None = None
    text: Text
    label: Label = ""
    ref: int | None = None
    index: int | None = None
    of: int | None = None
    row: int | None = None
    column: int | None = None


class Place(Value):
    title: Label = ""
    url: Url = ""
    window: int | None = None
    tab: int | None = None
    tabs: int | None = None
    kind: Label | None = None
    label: Label = ""
    heading: Label | None = None
    row: int | None = None
    column: int | None = None
    percent: float | None = None
    focused: Label | bool | None = None


class Link(Value):
    number: int
    label: Label = ""
    url: Url = ""
    ref: int


class Control(Value):
    """A field or a button; never with the value of a password field."""

    number: int
    label: Label = ""
    kind: Label = ""
    ref: int
    value: Text | None = None


class Focused(Value):
    label: Label = ""
    kind: Label | None = None


class Written(Value):
    label: Label = ""
    text: Text = ""


class Found(Value):
    count: int
    index: int = 0
    excerpt: Text = ""
    ref: int | None = None


class FoundIn(Value):
    tab: int
    title: Label = ""
    url: Url = ""
    count: int
    excerpt: Text = ""


class Passage(Value):
    kind: Label
    level: int | None = None
    text: Text
    url: Url | None = None


class Document(Value):
    title: Label = ""
    url: Url = ""
    language: Label = ""
    items: Annotated[list[Passage], at_most(2_000)]


class View(Value):
    width: float
    height: float


class Cell(Value):
    """One kind of element in one grid cell.

    `density`: the share of the cell that is covered, 0-1. `level`: a heading's level, 1-6. `area`: the share of
    the view that an image covers, 0-1.
    """

    x: int
    y: int
    kind: Label
    density: float
    label: Label = ""
    level: int | None = None
    area: float | None = None


class Picture(Value):
    """A screenshot of the view: a PNG file in base64."""

    png: Annotated[str, Field(max_length=8_000_000)]


class Layout(Value):
    viewport: View
    columns: int
    rows: int
    cells: list[Cell]
    elements: int
    scan_ms: float
    names_ms: float = 0.0


class Media(Value):
    """A media element: times in seconds, volume 0-1, speed 1 is normal; a live stream has no duration."""

    tab: int
    frame: int
    ref: int
    title: Label = ""
    kind: Literal["video", "audio"]
    duration: float | None = None
    position: float = 0.0
    playing: bool
    muted: bool = False
    volume: float = 1.0
    speed: float = 1.0


class Scroll(Value):
    x: float
    y: float


class State(Value):
    """The state of the tab a command ended on; empty when there is none."""

    window: int | None = None
    tab: int | None = None
    url: Url | None = None
    title: Label | None = None
    scroll: Scroll | None = None
    viewport: View | None = None
    digest: Label | None = None
    left_out: list[Url] | None = None  # URLs of frames that did not answer


class Settings(Value):
    """The app's settings that the extension shows or uses."""

    model_config = ConfigDict(extra="allow")

    search: str = ""


class Joined(Value):
    """The answer to hello: the app's version, whether command input is on, and settings."""

    app: str
    listening: bool
    settings: Settings = Settings()


class AppAnswer(Value):
    """The result of an app command run from the side panel."""

    text: str = ""
    value: Anything = None
