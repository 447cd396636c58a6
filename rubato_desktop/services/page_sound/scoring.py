"""Turns cells into cues, each with instrument, keys, velocities and pan.

Formulas, with `v0`, `v1` = `velocity`, `n0`, `n1` = `times`, `p0`, `p1` = `pan` of the table, and d = density,
a = area, both 0-1:

- velocity by density = v0 + (v1 - v0) d; by area = v0 + (v1 - v0) sqrt(a), because the eye compares the sides of
  pictures, not their areas.
- repeats by density = n0 + (n1 - n0) d, rounded.
- pan of column c = p0 + (p1 - p0) c / 23.

For a cue made of several cells, the density is their mean, the position their mean weighted by density, the level that
of the most important heading, and the area what the cells cover or the largest area among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, sqrt

from rubato_desktop.audio.cues import Cue, CueNote
from rubato_desktop.services.page_sound.cells import COLUMNS, KINDS, Cell, Kind, Layout
from rubato_desktop.services.page_sound.merging import Group, merge
from rubato_desktop.services.page_sound.table import REST_MS, Table, Voice

LEVEL_UNKNOWN = 2  # the default of aria-level
CUT_MS = 20  # a cue is cut off this long before the next, so that no release reaches into it


@dataclass(frozen=True, slots=True)
class CueSubject:
    """What one cue represents.

    Attributes:
        kind: The kind of element.
        column: 0-23.
        third: Third of the view: 0 top, 1 middle, 2 bottom.
        density: 0-1.
        area: The share of the view, 0-1.
        level: A heading's level, 1-6.
        label: The accessible name of the first element with one.
    """

    kind: Kind
    column: int
    third: int
    density: float
    area: float
    level: int
    label: str


def key_of(column: int) -> int:
    """Return the key (0-24) of a column (0-23); key 12, the middle, is skipped."""
    return column if column < 12 else column + 1


def layout_cues(layout: Layout, table: Table) -> list[Cue]:
    """Return the cues of a view in page order: top to bottom, and left to right within a row."""
    groups = merge(layout.cells, table.most)
    subjects = [(min(cell.y for cell in group), _subject(group, layout.rows)) for group in groups]
    subjects.sort(key=lambda item: (item[0], item[1].column, KINDS.index(item[1].kind), item[1].third))
    return [cue_of(subject, table) for _, subject in subjects]


def cell_sound(cell: Cell, rows: int, table: Table) -> Cue:
    """Return the cue of a single cell in a view with `rows` rows."""
    return cue_of(_subject((cell,), rows), table)


def loaded_sound(table: Table) -> Cue:
    """Return the cue of a loaded page."""
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


def cue_of(subject: CueSubject, table: Table) -> Cue:
    """Return the cue for a subject."""
    voice = table.voice(subject.kind)
    left, right = table.pan
    notes = tuple(_notes(subject, voice, table))
    last = notes[-1]
    return Cue(
        subject.kind,
        subject.label or voice.say,
        voice.instrument[subject.third % len(voice.instrument)] - 1,
        notes,
        pan=round(left + (right - left) * subject.column / (COLUMNS - 1)),
        volume=voice.volume[subject.third % len(voice.volume)],
        apart_ms=table.apart_ms,
        tail_ms=table.apart_ms - CUT_MS - last.at_ms - last.length_ms,
    )


def _notes(subject: CueSubject, voice: Voice, table: Table) -> Iterator[CueNote]:
    velocity = _velocity(subject, voice, table)
    for i, column in enumerate(_columns(subject, voice)):
        yield CueNote(i * voice.every_ms, voice.length_ms, table.base_note + key_of(column), velocity)


def _columns(subject: CueSubject, voice: Voice) -> list[int]:
    """Return the columns whose keys a cue plays in turn."""
    here = subject.column
    least, most = voice.times[0], voice.times[-1]
    times = floor(least + (most - least) * subject.density + 0.5)
    match voice.figure:
        case "repeat":
            return [here] * times
        case "trill":
            neighbour = here + 1 if here + 1 < COLUMNS else here - 1
            return [neighbour if i % 2 else here for i in range(times)]
        case "rise":
            return [here, here + voice.rise[subject.level - 1]]
        case _:
            return [here]


def _velocity(subject: CueSubject, voice: Voice, table: Table) -> int:
    low, high = table.velocity
    match voice.velocity:
        case "density":
            return round(low + (high - low) * subject.density)
        case "area":
            return round(low + (high - low) * sqrt(subject.area))
        case number:
            return number


def _subject(group: Group, rows: int) -> CueSubject:
    # The constant keeps the weights from all being zero.
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
