"""The layout of a page's view: grid cells as reported by the extension's `layout` command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rubato_desktop.errors import RubatoError

Kind = Literal["heading", "link", "button", "field", "media", "image", "text"]
# The order of kinds at one position: what names it first, what fills it last.
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
COLUMNS: Final = 24
MAX_ROWS: Final = 400

Model = TypeVar("Model", bound=BaseModel)


class Cell(BaseModel):
    """One kind of element in one cell.

    Attributes:
        x: Column, 0 at the left.
        y: Row, 0 at the top.
        kind: The kind of element.
        density: The share of the cell it covers, 0-1.
        label: The accessible name.
        level: A heading's level, 1 (most important) to 6; None when unknown.
        area: The share of the view that a whole image covers, 0-1; None when unknown.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    x: int = Field(ge=0, lt=COLUMNS)
    y: int = Field(ge=0, lt=MAX_ROWS)
    kind: Kind
    density: float = Field(ge=0, le=1)
    label: str = ""
    level: int | None = Field(None, ge=1, le=6)
    area: float | None = Field(None, ge=0, le=1)


class Viewport(BaseModel):
    """The size of the view in CSS pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    width: float = Field(gt=0)
    height: float = Field(gt=0)


class Layout(BaseModel):
    """The result of the command `layout`: the cells of the view that are not empty.

    Attributes:
        viewport: Size of the view.
        columns: Always 24.
        rows: The number that makes the cells about square.
        cells: One entry per kind and cell.
        elements: The number of visible elements.
        scan_ms: How long the scan took, ms.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    viewport: Viewport
    columns: Literal[24]
    rows: int = Field(ge=1, le=MAX_ROWS)
    cells: tuple[Cell, ...]
    elements: int = Field(0, ge=0)
    scan_ms: float = Field(0.0, ge=0)

    @model_validator(mode="after")
    def _within(self) -> Layout:
        outside = next((cell for cell in self.cells if cell.y >= self.rows), None)
        if outside is not None:
            raise ValueError(f"a cell in row {outside.y} of a grid of {self.rows} rows")
        return self


def read_layout(value: Mapping[str, Any]) -> Layout:
    """Validate the extension's answer to `layout`.

    Raises:
        RubatoError: it is invalid (code ``bad_layout``).
    """
    return _read(Layout, value, "layout of the page")


def read_cell(value: Mapping[str, Any]) -> Cell:
    """Validate one cell; raises as `read_layout`."""
    return _read(Cell, value, "cell of the page")


def _read(model: type[Model], value: Mapping[str, Any], what: str) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        own_reason = first["msg"].removeprefix("Value error, ") if first["type"] == "value_error" else ""
        raise RubatoError(
            f"The browser sent an invalid {what}: {own_reason or '.'.join(map(str, first['loc']))}",
            kept="Nothing is played",
            todo="Update the extension in the browser",
            code="bad_layout",
        ) from None
