"""The types a command's parameters can have, and how each is played.

`Keyed` names the reader of `language.readers` whose keys give such a value; a parameter of any other type has
no keys and comes from the command line, the mouse or a word's fixed arguments.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict


class Keyed(str):
    """The kind of parameter that plays a value."""


class ForField:
    """Marks text that goes into a field of a page, which may be a password.

    It is written down and shown only once the command has ended well, which means that the field holds no secret.
    """


class GridCell(TypedDict):
    """A grid point of the 12 x 12 cells of the view, row 0 at the top, column 0 at the left."""

    row: int
    column: int


class Steps(TypedDict):
    """Scroll steps; positive is down and right."""

    vertical: int
    horizontal: int


Point = Annotated[GridCell, Keyed("grid")]
Points = Annotated[list[GridCell], Field(min_length=1, max_length=2), Keyed("box")]
Scrolling = Annotated[Steps, Keyed("scroll")]
Whole = Annotated[int, Keyed("number")]
Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
Seconds = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9), Keyed("number2")]
Factor = Annotated[float | str, Keyed("speed")]
Level = Annotated[float, Field(ge=0, le=1), Keyed("volume")]
NoteOffset = Annotated[int, Field(ge=-127, le=127), Keyed("note")]
Choice = Annotated[int, Keyed("choice")]
Name = Annotated[list[int], Keyed("name")]
NameOrChoice = Annotated[list[int] | int, Keyed("name or choice")]
ChoiceOrText = Annotated[int | str, Keyed("choice or text")]
NewKeys = Annotated[list[int], Keyed("keys")]
Text = Annotated[str, Keyed("text")]
FieldText = Annotated[str, Keyed("text"), ForField()]


def kind_of(metadata: tuple[Any, ...]) -> str:
    """Return the kind named in an annotation's metadata; empty when it has none."""
    return next((str(item) for item in metadata if isinstance(item, Keyed)), "")
