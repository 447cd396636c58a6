"""Iterations: the takes of one piece in a recording, found from marks or remarks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from rubato_desktop.clock import SECOND
from rubato_desktop.midi.file.reader import Text

LEAST = SECOND // 2  # µs; anything shorter between remarks is not a take
Edge = tuple[int, Literal["start", "end"]]  # µs, and whether an iteration starts or ends there
Span = tuple[int, int]  # start and end, µs

_MARK = re.compile(r"\s*(TRIAL|END)\s*#?\s*(\d{1,6})\b", re.IGNORECASE)
_KINDS = ("marker", "cue point", "text", "lyric")


class Iteration(NamedTuple):
    """One take of a piece, from `t` to `end` µs of the recording."""

    t: int
    end: int

    @property
    def length(self) -> int:
        """Its duration, µs."""
        return self.end - self.t

    def holds(self, t: float) -> bool:
        """Return whether `t` (µs) lies in it."""
        return self.t <= t < self.end


def between_edges(edges: Iterable[Edge], end: int) -> tuple[Iteration, ...]:
    """Return the iterations between starts and ends.

    An iteration without an end lasts until the next one starts, or the recording ends. An end without a start is
    ignored.

    Args:
        edges: The starts and ends, in any order.
        end: End of the recording, µs.
    """
    iterations, started = [], None
    for t, what in sorted(edges, key=lambda edge: (edge[0], edge[1] == "start")):
        if started is not None and t > started:
            iterations.append(Iteration(started, t))
        started = t if what == "start" else None
    if started is not None and end > started:
        iterations.append(Iteration(started, end))
    return tuple(iterations)


def edges_of(texts: Iterable[Text]) -> list[Edge]:
    """Return the edges that the texts ``TRIAL#n`` and ``END#n`` of a MIDI file mark."""
    edges: list[Edge] = []
    for text in texts:
        match = _MARK.match(text.text) if text.kind in _KINDS else None
        if match is not None:
            edges.append((text.t, "start" if match[1].upper() == "TRIAL" else "end"))
    return edges


def beside(remarks: Sequence[Span], onsets: Sequence[int], end: int) -> tuple[Iteration, ...]:
    """Return the takes before, between and after remarks: a remark about a take ends it.

    A take begins with its first note, so that stacked takes are aligned by their notes.

    Args:
        remarks: The remarks, sorted by time.
        onsets: Onsets of the notes, µs, sorted.
        end: End of the last note, µs.
    """
    iterations = []
    gaps = zip([0, *(end for _, end in remarks)], [*(begin for begin, _ in remarks), end], strict=True)
    for begin, until in gaps:
        index = bisect_left(onsets, begin)
        if index < len(onsets) and until - onsets[index] >= LEAST:
            iterations.append(Iteration(onsets[index], until))
    return tuple(iterations)
