"""Iterations: the takes of one piece in a recording, found in what was marked while it was made."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from rubato_desktop.clock import SECOND
from rubato_desktop.midi.file.reader import Text

LEAST = SECOND // 2  # µs; between remarks, what is shorter is no take
Edge = tuple[int, Literal["start", "end"]]  # µs, and what is there
Span = tuple[int, int]

_MARK = re.compile(r"\s*(TRIAL|END)\s*#?\s*(\d{1,6})\b", re.IGNORECASE)
_KINDS = ("marker", "cue point", "text", "lyric")


class Iteration(NamedTuple):
    """One take of a piece, from `t` to `end` µs of the recording."""

    t: int
    end: int

    @property
    def length(self) -> int:
        """µs."""
        return self.end - self.t

    def holds(self, t: float) -> bool:
        return self.t <= t < self.end


def between_edges(edges: Iterable[Edge], end: int) -> tuple[Iteration, ...]:
    """Return the iterations that starts and ends make.

    One that is never ended lasts until the next starts, the last until the recording ends; an end that nothing
    started is nobody's.

    Args:
        edges: The marks, in any order.
        end: µs at which the recording ends.
    """
    found, begun = [], None
    for t, what in sorted(edges, key=lambda edge: (edge[0], edge[1] == "start")):
        if begun is not None and t > begun:
            found.append(Iteration(begun, t))
        begun = t if what == "start" else None
    if begun is not None and end > begun:
        found.append(Iteration(begun, end))
    return tuple(found)


def edges_of(texts: Iterable[Text]) -> list[Edge]:
    """Return the edges that ``TRIAL#n`` and ``END#n`` make among the texts of a MIDI file."""
    edges: list[Edge] = []
    for text in texts:
        found = _MARK.match(text.text) if text.kind in _KINDS else None
        if found is not None:
            edges.append((text.t, "start" if found[1].upper() == "TRIAL" else "end"))
    return edges


def beside(remarks: Sequence[Span], onsets: Sequence[int], end: int) -> tuple[Iteration, ...]:
    """Return what was played before, between and after remarks: who speaks about a take has ended it.

    A take begins with its first note, so that takes lie under one another by what is played.

    Args:
        remarks: From and to, µs, by time.
        onsets: When notes begin, µs, sorted.
        end: µs at which the last note ends.
    """
    found = []
    gaps = zip([0, *(end for _, end in remarks)], [*(begin for begin, _ in remarks), end], strict=True)
    for begin, until in gaps:
        place = bisect_left(onsets, begin)
        if place < len(onsets) and until - onsets[place] >= LEAST:
            found.append(Iteration(onsets[place], until))
    return tuple(found)
