"""The table of sounds: which instrument and which figure stand for which kind of element.

It is data: `resources/sounds/page.toml`, or the user's copy of it in the data folder.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from rubato_desktop.errors import RubatoError
from rubato_desktop.resources import resource
from rubato_desktop.services.page_sound.cells import KINDS, Kind

# What a cue leaves silent before the next one: the release of the notes, cut short, and a gap that is heard.
REST_MS: Final = 40


def _one_or_more(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _thirds(values: tuple[int, ...]) -> tuple[int, ...]:
    if len(values) not in (1, 3):
        raise ValueError("it is one number, or three for the thirds of the view")
    return values


def _rising(values: tuple[int, ...]) -> tuple[int, ...]:
    if len(values) > 2 or values[0] > values[-1]:
        raise ValueError("a range is two numbers, the smaller one first")
    return values


Program = Annotated[int, Field(ge=1, le=128)]
Velocity = Annotated[int, Field(ge=1, le=127)]
Seven = Annotated[int, Field(ge=0, le=127)]
Length = Annotated[int, Field(ge=20, le=2000)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Voice(_Strict):
    """How one kind of element sounds; the fields are explained at the head of page.toml."""

    say: str = Field(min_length=1, max_length=40)
    instrument: Annotated[tuple[Program, ...], BeforeValidator(_one_or_more), AfterValidator(_thirds)]
    figure: Literal["note", "repeat", "trill", "rise"]
    length_ms: Length
    every_ms: Annotated[int, Field(ge=20, le=2000)] = 100
    times: Annotated[
        tuple[Annotated[int, Field(ge=1, le=20)], ...],
        BeforeValidator(_one_or_more),
        Field(min_length=1),
        AfterValidator(_rising),
    ] = (1,)
    rise: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        (12, 9, 7, 5, 4, 2), min_length=6, max_length=6
    )
    velocity: Velocity | Literal["density", "area"]
    volume: Annotated[tuple[Seven, ...], BeforeValidator(_one_or_more), AfterValidator(_thirds)] = (127,)

    @property
    def longest_ms(self) -> int:
        """How long its longest cue sounds, ms."""
        most = {"note": 1, "rise": 2}.get(self.figure, self.times[-1])
        return (most - 1) * self.every_ms + self.length_ms


class Loaded(_Strict):
    """The sound of a page that has loaded."""

    say: str = Field(min_length=1, max_length=40)
    instrument: Program
    key: int = Field(ge=0, le=24)
    length_ms: Length
    velocity: Velocity
    volume: Seven = 127


class Table(_Strict):
    """The whole table."""

    name: str = Field(pattern=r"^[\w -]{1,40}$")
    base_note: int = Field(ge=0, le=127 - 37)
    apart_ms: int = Field(ge=100, le=2000)
    most: int = Field(ge=len(KINDS), le=100)
    pan: tuple[Seven, Seven]
    velocity: tuple[Velocity, Velocity]
    heading: Voice
    link: Voice
    button: Voice
    field: Voice
    media: Voice
    image: Voice
    text: Voice
    loaded: Loaded

    def voice(self, kind: Kind) -> Voice:
        found: Voice = getattr(self, kind)
        return found

    @model_validator(mode="after")
    def _fits(self) -> Table:
        for kind in KINDS:
            longest = self.voice(kind).longest_ms
            if longest > self.apart_ms - REST_MS:
                raise ValueError(
                    f"{kind} takes {longest} ms; with {self.apart_ms} ms from cue to cue"
                    f" it may take {self.apart_ms - REST_MS}"
                )
        if self.pan[0] > self.pan[1] or self.velocity[0] > self.velocity[1]:
            raise ValueError("pan and velocity go from the smaller number to the larger")
        return self


def load_table(path: Path | None = None) -> Table:
    """Read a table of sounds.

    Args:
        path: The file; ours when None.

    Raises:
        RubatoError: it cannot be read, or something in it is wrong; names the line and the reason
            (code ``bad_page_sound``).
    """
    path = path or resource("sounds", "page.toml")
    try:
        text = path.read_text(encoding="utf-8")
        return Table.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        loc = [str(part) for part in first["loc"] if not isinstance(part, int)]
        reason = first["msg"].removeprefix("Value error, ")
        raise _wrong(path, _line_of(text, loc), ": ".join([*loc[:2], reason])) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at line (\d+).*\)", str(error))
        raise _wrong(
            path, int(found[1]) if found else 0, re.sub(r" \(at .*\)", "", str(error)).lower()
        ) from None
    except UnicodeDecodeError:
        raise _wrong(path, 0, "this is not UTF-8 text") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _wrong(path, 0, getattr(error, "strerror", None) or str(error)) from None


def table_for(data: Path) -> tuple[Table, RubatoError | None]:
    """Return the table to use: the user's copy in ``sounds/page.toml`` of the data folder, else ours.

    Returns:
        The table, and what is wrong with the user's copy when it cannot be used.
    """
    own = data / "sounds" / "page.toml"
    if not own.exists():
        return load_table(), None
    try:
        return load_table(own), None
    except RubatoError as problem:
        return load_table(), problem


def _wrong(path: Path, line: int, reason: str) -> RubatoError:
    where = f"{path.name}, line {line}" if line else path.name
    return RubatoError(
        f"{where}: {reason}",
        kept="The program's own sounds of pages are used",
        todo="Mend the file and start again",
        code="bad_page_sound",
    )


def _line_of(text: str, loc: list[str]) -> int:
    """The line on which table `loc[0]`, or its field `loc[1]`, is set; 0 when it is nowhere."""
    section, found = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*(\w+)\s*\]", line):
            section = header[1]
            place = [section]
        elif field := re.match(r"\s*(\w+)\s*=", line):
            place = [section, field[1]] if section else [field[1]]
        else:
            continue
        if place == loc[:2]:
            return number
        if place == loc[:1]:
            found = number
    return found
