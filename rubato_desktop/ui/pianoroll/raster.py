"""Notes into pixels: a whole picture of rows at once, at a cost that hardly depends on how many notes there are.

Each note covers its cells by area, so that a note narrower than a pixel is a shade of it. A later onset lies over an
earlier one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from rubato_desktop.ui.pianoroll.colours import COVERS
from rubato_desktop.ui.pianoroll.rows import HELD

Array = npt.NDArray[Any]

_LEAST_WIDTH = 1.5  # px: what is narrower is drawn this wide and fainter,
_LEAST_COVER = 0.4  # but never fainter than this
_GAP_FROM = 5.0  # px: notes wider than this leave a pixel free, so that repeated notes stay apart
_EXACT_UP_TO = 12_000  # cells; with more covered, the parts of cells at the ends of notes are not told apart
FINE_UP_TO = 1500  # notes; with more, corners are hardly seen


class Bars(Protocol):
    """What a picture is painted of: columns as those of `rows.Rows`."""

    @property
    def on(self) -> Array: ...
    @property
    def off(self) -> Array: ...
    @property
    def note(self) -> Array: ...
    @property
    def shade(self) -> Array: ...
    @property
    def cover(self) -> Array: ...

    def __len__(self) -> int: ...
    def take(self, which: Array | slice) -> Self: ...


@dataclass(frozen=True)
class Lattice:
    """The empty picture that notes are painted into, in device pixels.

    Attributes:
        edges: Tops of the rows and bottom of the last, shape (rows + 1,).
        highest: MIDI note of the top row.
        ground: For each row, which ground it has, shape (rows,).
        faces: 0xffRRGGBB of each ground, shape (grounds,).
        scale: Device pixels a logical pixel.
    """

    edges: Array
    highest: int
    ground: Array
    faces: Array
    scale: float

    @cached_property
    def gap(self) -> int:
        """Pixels left free between rows."""
        return 0 if self.row_height < 4 else 1 if self.row_height < 12 * self.scale else round(2 * self.scale)

    @cached_property
    def row_height(self) -> int:
        """Pixels of the lowest row."""
        return int(np.min(np.diff(self.edges)))

    @cached_property
    def which_row(self) -> Array:
        """For each line of the picture, which of the rows under (0…) and over (count…) the notes makes it."""
        count = len(self.ground)
        which = np.repeat(np.arange(count) + count, np.diff(self.edges))
        for step in range(self.gap):
            which[self.edges[1:] - 1 - step] = np.arange(count)
        return which


class Canvas:
    """The memory that pictures are painted in: fresh memory for each frame would cost more than the painting.

    A picture is good until the next one is painted.
    """

    def __init__(self) -> None:
        self._room: dict[str, Array] = {}

    def array(self, name: str, shape: tuple[int, int], kind: type[np.generic]) -> Array:
        """Return an array of this shape with anything in it."""
        size = shape[0] * shape[1]
        room = self._room.get(name)
        if room is None or len(room) < size:
            room = self._room[name] = np.empty(size, kind)
        return room[:size].reshape(shape)

    def paint(
        self,
        rows: Bars,
        lattice: Lattice,
        table: Array,
        *,
        left_px: int,
        us_per_px: float,
        width: int,
        now: float,
        lines: Sequence[tuple[int, int]] = (),
        fine: bool | None = None,
    ) -> Array:
        """Paint notes and return the picture.

        Args:
            rows: What sounds in the stretch, in order of onset.
            lattice: Rows and their grounds.
            table: 0xffRRGGBB by shade, cover and ground (`Shades.table`).
            left_px: Device pixel at the left edge, counted from 0 µs: all pictures share one grid of pixels, so that
                notes keep their shape while they move.
            us_per_px: Microseconds a device pixel.
            width: Device pixels across.
            now: Microsecond to which held notes reach.
            lines: Upright lines under the notes, as (pixel, 0xffRRGGBB).
            fine: Whether ends of notes are told to parts of a pixel and corners are round; by how many notes there are
                when left out. Pictures that are put side by side must be alike.

        Returns:
            0xffRRGGBB, shape (height, width), uint32.
        """
        count = len(lattice.ground)
        both = self.array("rows", (2 * count, width), np.uint32)
        under, over = both[:count], both[count:]
        under[:] = lattice.faces[lattice.ground][:, None]
        if lines:
            x, colour = np.array(lines, np.int64).T
            inside = (x >= 0) & (x < width)
            under[:, x[inside]] = colour[inside].astype(np.uint32)
        over[:] = under
        row = lattice.highest - rows.note.astype(np.int64)
        seen = (row >= 0) & (row < count)
        if not seen.all():
            rows, row = rows.take(seen), row[seen]
        first, last, cover = _extents(rows, left_px, us_per_px, now)
        if len(rows):
            self._fill(over, row, first, last, cover, rows.shade, lattice, table, fine)
        picture = self.array("picture", (int(lattice.edges[-1]), width), np.uint32)
        both.take(lattice.which_row, axis=0, out=picture, mode="clip")
        few = len(rows) <= FINE_UP_TO if fine is None else fine
        if len(rows) and few and lattice.row_height >= 7:
            _round(picture, row, first, last, rows.shade, lattice, table)
        return picture

    def _fill(
        self,
        cells: Array,
        row: Array,
        first: Array,
        last: Array,
        cover: Array,
        shade: Array,
        lattice: Lattice,
        table: Array,
        fine: bool | None,
    ) -> None:
        """Colour the cells, shape (rows, width), that notes from `first` to `last` px cover."""
        width = cells.shape[1]
        a, b = np.clip(first, 0, width), np.clip(last, 0, width)
        begin, end = a.astype(np.int64), np.ceil(b).astype(np.int64)
        widths = end - begin
        upto = np.cumsum(widths)
        # The cells of each note one after another, with how much of each it covers.
        flat = np.repeat(row * width + begin - (upto - widths), widths)
        flat += np.arange(len(flat))
        grounds = len(lattice.faces)
        face = (shade * np.int32(COVERS * grounds) + lattice.ground[row]).astype(np.int32)
        colours, out = table.reshape(-1), cells.reshape(-1)
        # numpy lets the last one assigned, the latest onset, win.
        whole = bool((a == begin).all() and (b == end).all() and (cover >= 1).all())
        exact = len(flat) <= _EXACT_UP_TO if fine is None else fine
        if not exact or (whole and fine is None):
            level = (np.minimum(cover, 1) * (COVERS - 1) + 0.5).astype(np.int32)
            out[flat] = np.repeat(colours.take(face + level * np.int32(grounds), mode="clip"), widths)
            return
        part = np.repeat(cover, widths)
        some = widths > 0
        part[(upto - widths)[some]] -= ((a - begin) * cover)[some]
        part[upto[some] - 1] -= ((end - b) * cover)[some]
        covered = np.bincount(flat, part, minlength=1).take(flat)
        front = self.array("front", cells.shape, np.int32).reshape(-1)
        front[flat] = np.repeat(face, widths)
        level = (np.minimum(covered, 1) * (COVERS - 1) + 0.5).astype(np.int32)
        out[flat] = colours.take(front.take(flat) + level * np.int32(grounds), mode="clip")


def _extents(rows: Bars, left_px: int, us_per_px: float, now: float) -> tuple[Array, Array, Array]:
    """Return where rows begin and end (px) and how much of that they cover."""
    off = np.where(rows.off == HELD, np.maximum(rows.on, now), rows.off)
    first = rows.on / us_per_px - left_px
    last = off / us_per_px - left_px
    width = last - first
    last = np.where((width > _GAP_FROM) & (rows.off != HELD), last - 1, last)
    narrow = width < _LEAST_WIDTH
    # The root, because the eye takes half the light for a good deal more than half as bright.
    cover = np.sqrt(np.where(narrow, rows.cover * width / _LEAST_WIDTH, rows.cover))
    # Wide enough to be told apart, notes begin on whole pixels: their edges are then crisp.
    crisp = width > 3
    first = np.where(crisp, np.round(first), first)
    last = np.where(crisp, np.round(last), last)
    return first, np.maximum(last, first + _LEAST_WIDTH), np.maximum(cover, _LEAST_COVER)


def _round(
    picture: Array, row: Array, first: Array, last: Array, shade: Array, lattice: Lattice, table: Array
) -> None:
    """Take the corners off."""
    width = picture.shape[1]
    radius = min(3 * lattice.scale, (lattice.row_height - lattice.gap) / 3)
    wide = last - first >= 3 * radius  # narrower ones would be beads
    row, first, last, shade = (
        row[wide],
        first[wide].astype(np.int64),
        last[wide].astype(np.int64),
        shade[wide],
    )
    top, bottom = lattice.edges[row], lattice.edges[row + 1] - 1 - lattice.gap
    for dx, dy, inside in _corner(radius):
        level = round(inside * (COVERS - 1))
        colour = table[shade, level, lattice.ground[row]]
        for x in (first + dx, last - 1 - dx):
            here = (x >= 0) & (x < width)
            for y in (top + dy, bottom - dy):
                picture[y[here], x[here]] = colour[here]


def _corner(radius: float) -> list[tuple[int, int, float]]:
    """Return the pixels of a rounded corner that are not whole: x, y from the corner and how much is inside."""
    pixels = []
    fine = (np.arange(8) + 0.5) / 8
    for y in range(int(np.ceil(radius))):
        for x in range(int(np.ceil(radius))):
            dx, dy = np.maximum(radius - (x + fine), 0), np.maximum(radius - (y + fine), 0)
            inside = float(np.mean(dx[None, :] ** 2 + dy[:, None] ** 2 <= radius**2))
            if inside < 1:
                pixels.append((x, y, inside))
    return pixels
