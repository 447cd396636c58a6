"""Typed arguments of commands. To add a case, add what is typed and the arguments it gives."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from rubato_desktop.commands import REGISTRY
from rubato_desktop.commands.argument_parsing import parse_arguments
from rubato_desktop.errors import RubatoError

TYPED: list[tuple[str, dict[str, Any]]] = [
    ("scroll 3", {"by": {"vertical": 3, "horizontal": 0}}),
    ("scroll -2 1", {"by": {"vertical": -2, "horizontal": 1}}),
    ("move 4 7", {"point": {"row": 4, "column": 7}}),
    ("select 1 2", {"points": [{"row": 1, "column": 2}]}),
    ("highlight 1 2 3 4", {"points": [{"row": 1, "column": 2}, {"row": 3, "column": 4}]}),
    ("tab 12", {"number": "12"}),
    ("tab number=3", {"number": "3"}),
    ("find 'left hand'", {"text": "left hand"}),
    ("find left hand", {"text": "left hand"}),
    ("find a=b", {"text": "a=b"}),
    ("mute off", {"on": False}),
    ("mute on", {"on": True}),
    ("name 0 16 21", {"name": [0, 16, 21]}),
    ("open 3", {"what": 3}),
    ("open '0 16 21'", {"what": [0, 16, 21]}),
    ('scroll \'{"vertical": 1, "horizontal": 0}\'', {"by": {"vertical": 1, "horizontal": 0}}),
    ("speed 2", {"factor": 2.0}),
    ("speed pause", {"factor": "pause"}),
    ("volume 0.5", {"level": "0.5"}),
    ("layout", {}),
    ("go https://example.org/ tab=7", {"url": "https://example.org/", "tab": "7"}),
]


@pytest.mark.parametrize(("line", "expected"), TYPED, ids=[line for line, _ in TYPED])
def test_typed_words_become_arguments(line: str, expected: dict[str, Any]) -> None:
    id, *words = shlex.split(line)
    args = parse_arguments(REGISTRY[id], words)
    assert args == expected
    REGISTRY[id].bind(args)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tab 1 2", "Too many arguments for tab: 2"),
        ("move 4", "a point is a row and a column"),
        ("scroll far", "by cannot be 'far': it must be a whole number"),
        ("mute perhaps", "use on or off"),
        ("name 0 99", "'99' is not a key"),
        ("scroll {", "this is not valid JSON"),
        ("layout 3", "Too many arguments for layout: 3"),
    ],
)
def test_invalid_arguments_are_reported(line: str, message: str) -> None:
    id, *words = shlex.split(line)
    with pytest.raises(RubatoError, match=message):
        parse_arguments(REGISTRY[id], words)
