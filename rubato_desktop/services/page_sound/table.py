"""The table of sounds: the instrument and figure of each kind of element.

It is read from `resources/sounds/page.toml`, or from the user's copy in the data folder.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
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

# Every cue leaves this much before the next one: the shortened release of its notes and an audible gap.
REST_MS: Final = 40

_NOT_TOML: Final = "this is not valid TOML"
# By the beginning of pydantic's error types (https://docs.pydantic.dev/latest/errors/validation_errors/).
_REASONS: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not a known field",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "needs at least {min_length} values",
    "too_long": "can have at most {max_length} values",
    "string_too_short": "must not be empty",
    "string_too_long": "can have at most {max_length} characters",
    "literal_error": "must be {expected}",
    "int": "must be a whole number",
    "string_pattern": "can have at most 40 letters, digits, spaces and hyphens",
    "string": "must be text in quotes",
    "tuple": "must be a list of numbers",
    "model": "must be a table",
}


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _thirds(values: tuple[int, ...]) -> tuple[int, ...]:
    if len(values) not in (1, 3):
        raise ValueError("must be one number, or three for the thirds of the view")
    return values


def _rising(values: tuple[int, ...]) -> tuple[int, ...]:
    if len(values) > 2 or values[0] > values[-1]:
        raise ValueError("must be one number, or two with the smaller one first")
    return values


Program = Annotated[int, Field(ge=1, le=128)]
Velocity = Annotated[int, Field(ge=1, le=127)]
MidiValue = Annotated[int, Field(ge=0, le=127)]
Length = Annotated[int, Field(ge=20, le=2000)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Voice(_Strict):
    """The sound of one kind of element; the fields are explained at the top of page.toml."""

    say: str = Field(min_length=1, max_length=40)
    instrument: Annotated[tuple[Program, ...], BeforeValidator(_as_list), AfterValidator(_thirds)]
    figure: Literal["note", "repeat", "trill", "rise"]
    length_ms: Length
    every_ms: Annotated[int, Field(ge=20, le=2000)] = 100
    times: Annotated[
        tuple[Annotated[int, Field(ge=1, le=20)], ...],
        BeforeValidator(_as_list),
        Field(min_length=1),
        AfterValidator(_rising),
    ] = (1,)
    rise: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(
        (12, 9, 7, 5, 4, 2), min_length=6, max_length=6
    )
    velocity: Velocity | Literal["density", "area"]
    volume: Annotated[tuple[MidiValue, ...], BeforeValidator(_as_list), AfterValidator(_thirds)] = (127,)

    @property
    def longest_ms(self) -> int:
        """The duration of its longest cue, ms."""
        most = {"note": 1, "rise": 2}.get(self.figure, self.times[-1])
        return (most - 1) * self.every_ms + self.length_ms


class Loaded(_Strict):
    """The sound of a loaded page."""

    say: str = Field(min_length=1, max_length=40)
    instrument: Program
    key: int = Field(ge=0, le=24)
    length_ms: Length
    velocity: Velocity
    volume: MidiValue = 127


class Table(_Strict):
    """The table of sounds."""

    name: str = Field(pattern=r"^[\w -]{1,40}$")
    base_note: int = Field(ge=0, le=127 - 37)
    apart_ms: int = Field(ge=100, le=2000)
    most: int = Field(ge=len(KINDS), le=100)
    pan: tuple[MidiValue, MidiValue]
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
        voice: Voice = getattr(self, kind)
        return voice

    @model_validator(mode="after")
    def _fits(self) -> Table:
        for kind in KINDS:
            longest = self.voice(kind).longest_ms
            if longest > self.apart_ms - REST_MS:
                raise ValueError(
                    f"{kind} takes {longest} ms; with apart_ms = {self.apart_ms} it can take at most"
                    f" {self.apart_ms - REST_MS} ms"
                )
        if self.pan[0] > self.pan[1] or self.velocity[0] > self.velocity[1]:
            raise ValueError("pan and velocity must go from the smaller number to the larger")
        return self


def load_table(path: Path | None = None) -> Table:
    """Read a table of sounds.

    Args:
        path: The file; default: the program's own table.

    Raises:
        RubatoError: it cannot be read or is invalid; names the line and the reason (code ``bad_page_sound``).
    """
    path = path or resource("sounds", "page.toml")
    try:
        text = path.read_text(encoding="utf-8")
        return Table.model_validate(tomllib.loads(text))
    except ValidationError as error:
        first = error.errors()[0]
        loc = [str(part) for part in first["loc"] if not isinstance(part, int)]
        raise _error(path, _line_of(text, loc), ": ".join([*loc[:2], _reason(first)])) from None
    except tomllib.TOMLDecodeError as error:
        position = re.search(r" \(at line (\d+).*\)", str(error))
        raise _error(path, int(position[1]) if position else 0, _NOT_TOML) from None
    except UnicodeDecodeError:
        raise _error(path, 0, "this is not UTF-8 text") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _error(path, 0, getattr(error, "strerror", None) or _NOT_TOML) from None


def table_for(data: Path) -> tuple[Table, RubatoError | None]:
    """Return the table to use: the user's ``sounds/page.toml`` in the data folder, else the program's own.

    Returns:
        The table, and the error when the user's copy cannot be used.
    """
    own = data / "sounds" / "page.toml"
    if not own.exists():
        return load_table(), None
    try:
        return load_table(own), None
    except RubatoError as error:
        return load_table(), error


def _reason(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a field, in words."""
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    reasons = (reason for prefix, reason in _REASONS.items() if error["type"].startswith(prefix))
    return next(reasons, "has an invalid value").format(**error.get("ctx", {}))


def _error(path: Path, line: int, reason: str) -> RubatoError:
    where = f"{path.name}, line {line}" if line else path.name
    return RubatoError(
        f"{where}: {reason}",
        kept="Rubato uses its own page sounds instead",
        todo="Correct the file, then start Rubato again",
        code="bad_page_sound",
    )


def _line_of(text: str, loc: list[str]) -> int:
    """Return the line that sets table `loc[0]`, or its field `loc[1]`; 0 when there is none."""
    section, found = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*(\w+)\s*\]", line):
            section = header[1]
            location = [section]
        elif field := re.match(r"\s*(\w+)\s*=", line):
            location = [section, field[1]] if section else [field[1]]
        else:
            continue
        if location == loc[:2]:
            return number
        if location == loc[:1]:
            found = number
    return found
