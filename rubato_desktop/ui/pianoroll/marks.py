"""What is laid over the roll besides notes and words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MarkKind = Literal["pause", "feedback", "remark"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch or a moment with a meaning of its own.

    Attributes:
        t: Microsecond at which it begins.
        end: Microsecond at which it ends; equal to `t` for a moment.
        kind: ``pause`` (recording was paused), ``feedback`` (a page sounded) or ``remark``.
        text: What it says, for the pointer and the screen reader.
    """

    t: int
    end: int
    kind: MarkKind
    text: str = ""
