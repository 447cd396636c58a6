"""Types for the parameters of commands, each with the kind of keys that enter it.

`Keyed` names a reader of `language.readers`. A parameter of any other type cannot be played: its value comes from the
command line, the mouse or the fixed arguments of a word.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict


class Keyed(str):
    """Marks a type with its kind of parameter, one of `language.readers.KINDS`."""


class ForField:
    """Marks text for a field of a page, which may be a password.

    It is recorded and shown only after the command has succeeded, which means that the field is not secret.
    """


class GridCell(TypedDict):
    """One of the 12 x 12 cells of the view; row 0 is at the top, column 0 at the left."""

    row: int
    column: int


class Steps(TypedDict):
    """Numbers of scroll steps; positive is down and right."""

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
    """Return the kind in the metadata of an annotation, or an empty string."""
    return next((str(item) for item in metadata if isinstance(item, Keyed)), "")
