"""The table of the kinds of parameters and their readers."""

from __future__ import annotations

from collections.abc import Callable

from rubato_desktop.language.dictionary import Parameter, Stack
from rubato_desktop.language.entries import Keys, Text
from rubato_desktop.language.names import ChoiceOrText, Name, NameOrChoice, OptionalName
from rubato_desktop.language.numbers import Number, Number2
from rubato_desktop.language.parameters import Reader, Timing
from rubato_desktop.language.places import Box, Grid, Scroll
from rubato_desktop.language.single_keys import Note, Speed, Volume

_PLAIN: dict[str, Callable[[Timing], Reader]] = {
    "grid": Grid,
    "box": Box,
    "scroll": Scroll,
    "number": Number,
    "number2": Number2,
    "speed": Speed,
    "volume": Volume,
    "note": Note,
    "choice": Number,
    "keys": Keys,
    "text": Text,
    "choice or text": ChoiceOrText,
}

KINDS = (*_PLAIN, "name", "name or choice")
OPTIONAL_KINDS = ("name",)  # only a name can be distinguished from the next word


def reader_for(parameter: Parameter, timing: Timing, stack: Stack) -> Reader:
    """Return a new reader for a parameter."""
    match parameter.kind:
        case "name" if parameter.optional:
            return OptionalName(timing, stack.root, stack.names)
        case "name":
            return Name(timing, stack.names)
        case "name or choice":
            return NameOrChoice(timing, stack.names)
        case kind:
            return _PLAIN[kind](timing)
