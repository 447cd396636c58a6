"""Cells: what stands where in the view of a page, as the extension's grid tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rubato_desktop.errors import RubatoError

Kind = Literal["heading", "link", "button", "field", "media", "image", "text"]
# In one place of the page the kinds are heard in this order: what names it first, what fills it last.
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
COLUMNS: Final = 24
MOST_ROWS: Final = 400

Model = TypeVar("Model", bound=BaseModel)


class Cell(BaseModel):
    """What one kind of element is in one cell.

    Attributes:
        x: Column, 0 is left.
        y: Row, 0 is top.
        kind: The kind of element.
        density: Share of the cell that it covers, 0-1.
        label: Accessible name, for people.
        level: Of a heading, 1 (most important) to 6; None when it is not known.
        area: Of an image, the share of the view that the whole image covers, 0-1; None when it is not known.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    x: int = Field(ge=0, lt=COLUMNS)
    y: int = Field(ge=0, lt=MOST_ROWS)
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
    """The answer of the command `layout`: the cells of a view that hold something.

    Attributes:
        viewport: Size of the view.
        columns: Always 24.
        rows: As many as make the cells about square.
        cells: One entry a kind and cell.
        elements: How many elements were seen.
        scan_ms: How long seeing them took, ms.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    viewport: Viewport
    columns: Literal[24]
    rows: int = Field(ge=1, le=MOST_ROWS)
    cells: tuple[Cell, ...]
    elements: int = Field(0, ge=0)
    scan_ms: float = Field(0.0, ge=0)

    @model_validator(mode="after")
    def _within(self) -> Layout:
        low = next((cell for cell in self.cells if cell.y >= self.rows), None)
        if low is not None:
            raise ValueError(f"a cell in row {low.y} of a grid of {self.rows} rows")
        return self


def read_layout(value: Mapping[str, Any]) -> Layout:
    """Read what the extension answered to `layout`.

    Raises:
        RubatoError: it is no layout; says where and why (code ``bad_layout``).
    """
    return _read(Layout, value, "layout of the page")


def read_cell(value: Mapping[str, Any]) -> Cell:
    """Read one cell; raises as `read_layout`."""
    return _read(Cell, value, "cell of the page")


def _read(model: type[Model], value: Mapping[str, Any], what: str) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RubatoError(
            f"The {what} cannot be understood{f' at {where}' if where else ''}: {first['msg']}",
            kept="Nothing sounds",
            code="bad_layout",
        ) from None
