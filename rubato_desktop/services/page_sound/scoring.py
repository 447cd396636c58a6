"""Scoring: cells become cues, each with its instrument, keys, velocities and place between left and right.

The formulas, with `v0`, `v1` = `velocity` of the table, and d = density, a = area, both 0-1:

- velocity by density = v0 + (v1 - v0) d, by area = v0 + (v1 - v0) sqrt(a): the side of a picture, not its
  square, is what the eye compares.
- repeats by density = n0 + (n1 - n0) d, rounded.
- pan of column c = p0 + (p1 - p0) c / 23.

Of a cue that several cells make, the density is the mean of theirs, the place is the mean of theirs weighted by
density, the level is that of the most important heading, and the area is what its cells cover, or the largest
area they tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, sqrt

from rubato_desktop.audio.cues import Cue, CueNote
from rubato_desktop.services.page_sound.cells import COLUMNS, KINDS, Cell, Kind, Layout
from rubato_desktop.services.page_sound.merging import Group, merge
from rubato_desktop.services.page_sound.table import REST_MS, Table, Voice

LEVEL_UNKNOWN = 2  # as a heading without a level in ARIA
CUT_MS = 20  # before the next cue a cue is cut off, so that no long release reaches into it


@dataclass(frozen=True, slots=True)
class CueSubject:
    """What one cue stands for.

    Attributes:
        kind: The kind of element.
        column: 0-23.
        third: 0 top, 1 middle, 2 bottom third of the view.
        density: 0-1.
        area: Share of the view, 0-1.
        level: Of a heading, 1-6.
        label: Accessible name of the first.
    """

    kind: Kind
    column: int
    third: int
    density: float
    area: float
    level: int
    label: str


def key_of(column: int) -> int:
    """Return the key of a column: its number below 12, one more from 12 on; key 12 stays free."""
    return column if column < 12 else column + 1


def layout_cues(layout: Layout, table: Table) -> list[Cue]:
    """Return the cues of a view in page order: from top to bottom, within a row from left to right."""
    groups = merge(layout.cells, table.most)
    placed = [(min(cell.y for cell in group), _place(group, layout.rows)) for group in groups]
    placed.sort(key=lambda item: (item[0], item[1].column, KINDS.index(item[1].kind), item[1].third))
    return [cue_of(place, table) for _, place in placed]


def cell_sound(cell: Cell, rows: int, table: Table) -> Cue:
    """Return the cue of a single cell of a view with so many rows."""
    return cue_of(_place((cell,), rows), table)


def loaded_sound(table: Table) -> Cue:
    """Return the cue of a page that has loaded."""
    loaded = table.loaded
    note = CueNote(0, loaded.length_ms, table.base_note + loaded.key, loaded.velocity)
    return Cue(
        "loaded",
        loaded.say,
        loaded.instrument - 1,
        (note,),
        volume=loaded.volume,
        apart_ms=max(table.apart_ms, loaded.length_ms + REST_MS),
        tail_ms=CUT_MS,
    )


def cue_of(place: CueSubject, table: Table) -> Cue:
    """Return the cue that stands for something in a place."""
    voice = table.voice(place.kind)
    left, right = table.pan
    notes = tuple(_notes(place, voice, table))
    last = notes[-1]
    return Cue(
        place.kind,
        place.label or voice.say,
        voice.instrument[place.third % len(voice.instrument)] - 1,
        notes,
        pan=round(left + (right - left) * place.column / (COLUMNS - 1)),
        volume=voice.volume[place.third % len(voice.volume)],
        apart_ms=table.apart_ms,
        tail_ms=table.apart_ms - CUT_MS - last.at_ms - last.length_ms,
    )


def _notes(place: CueSubject, voice: Voice, table: Table) -> Iterator[CueNote]:
    velocity = _velocity(place, voice, table)
    for i, column in enumerate(_columns(place, voice)):
        yield CueNote(i * voice.every_ms, voice.length_ms, table.base_note + key_of(column), velocity)


def _columns(place: CueSubject, voice: Voice) -> list[int]:
    """The columns whose keys a cue plays, one after the other."""
    here = place.column
    least, most = voice.times[0], voice.times[-1]
    times = floor(least + (most - least) * place.density + 0.5)
    match voice.figure:
        case "repeat":
            return [here] * times
        case "trill":
            beside = here + 1 if here + 1 < COLUMNS else here - 1
            return [beside if i % 2 else here for i in range(times)]
        case "rise":
            return [here, here + voice.rise[place.level - 1]]
        case _:
            return [here]


def _velocity(place: CueSubject, voice: Voice, table: Table) -> int:
    low, high = table.velocity
    match voice.velocity:
        case "density":
            return round(low + (high - low) * place.density)
        case "area":
            return round(low + (high - low) * sqrt(place.area))
        case number:
            return number


def _place(group: Group, rows: int) -> CueSubject:
    # A cell that is hardly covered still counts a little, so that the weights are never all nothing.
    weights = [cell.density + 0.01 for cell in group]
    column = sum(cell.x * weight for cell, weight in zip(group, weights, strict=True)) / sum(weights)
    row = sum(cell.y * weight for cell, weight in zip(group, weights, strict=True)) / sum(weights)
    covered = sum(cell.density for cell in group)
    return CueSubject(
        kind=group[0].kind,
        column=min(COLUMNS - 1, floor(column + 0.5)),
        third=min(2, int((row + 0.5) * 3 / rows)),
        density=covered / len(group),
        area=min(1.0, max([covered / (COLUMNS * rows), *(cell.area or 0.0 for cell in group)])),
        level=min((cell.level for cell in group if cell.level is not None), default=LEVEL_UNKNOWN),
        label=next((cell.label for cell in group if cell.label), ""),
    )
