"""Marks over the notes: pauses, feedback and remarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MarkKind = Literal["pause", "feedback", "remark"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked time span or moment.

    Attributes:
        t: Start, µs.
        end: End, µs; equal to `t` for a moment.
        kind: ``pause`` (of the recording), ``feedback`` (a page was played as sound) or ``remark``.
        text: Text for the tool tip and the screen reader.
    """

    t: int
    end: int
    kind: MarkKind
    text: str = ""
