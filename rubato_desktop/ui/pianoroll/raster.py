"""Rasterises notes with numpy: one image of all rows at once, at a cost that hardly depends on the number of notes.

A note covers pixels by area: one narrower than a pixel tints it. Later onsets are painted over earlier ones.
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

_MIN_WIDTH = 1.5  # px: narrower notes are painted this wide, but fainter
_MIN_COVER = 0.4  # lower limit of the coverage of narrow notes
_GAP_FROM = 5.0  # px: wider notes end a pixel early, so that repeated notes stay distinct
_EXACT_UP_TO = 12_000  # covered pixels; above this, the ends of notes are rounded to whole pixels
FINE_UP_TO = 1500  # notes; above this, corners are not rounded


class NoteColumns(Protocol):
    """The notes of an image as columns, see `rows.Rows`."""

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
    """The rows of an image and their backgrounds, in device pixels.

    Attributes:
        edges: Tops of the rows and bottom of the last, shape (rows + 1,).
        highest: MIDI note of the top row.
        ground: Index of the background of each row, shape (rows,).
        ground_colours: 0xffRRGGBB of each background, shape (backgrounds,).
        scale: Device pixels per logical pixel.
    """

    edges: Array
    highest: int
    ground: Array
    ground_colours: Array
    scale: float

    @cached_property
    def gap(self) -> int:
        """Gap between rows, device px."""
        return 0 if self.row_height < 4 else 1 if self.row_height < 12 * self.scale else round(2 * self.scale)

    @cached_property
    def row_height(self) -> int:
        """Height of the smallest row, device px."""
        return int(np.min(np.diff(self.edges)))

    @cached_property
    def which_row(self) -> Array:
        """Source of each line of the image: background (0 ..) or row with notes (count ..), shape (height,)."""
        count = len(self.ground)
        which = np.repeat(np.arange(count) + count, np.diff(self.edges))
        for step in range(self.gap):
            which[self.edges[1:] - 1 - step] = np.arange(count)
        return which


class Canvas:
    """Paints images into buffers that are reused, because allocating them for each frame is slower than painting.

    An image is valid until the next one is painted.
    """

    def __init__(self) -> None:
        self._buffers: dict[str, Array] = {}

    def array(self, name: str, shape: tuple[int, int], kind: type[np.generic]) -> Array:
        """Return an uninitialised array of this shape from the buffer `name`."""
        size = shape[0] * shape[1]
        buffer = self._buffers.get(name)
        if buffer is None or len(buffer) < size:
            buffer = self._buffers[name] = np.empty(size, kind)
        return buffer[:size].reshape(shape)

    def paint(
        self,
        rows: NoteColumns,
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
        """Paint notes and return the image.

        Args:
            rows: The notes in view, in order of onset.
            lattice: Rows and their backgrounds.
            table: 0xffRRGGBB by shade, coverage and background (`Shades.table`).
            left_px: Device pixel at the left edge, counted from 0 µs, see `Grid`.
            us_per_px: Microseconds per device pixel.
            width: Width, device px.
            now: Time to which held notes extend, µs.
            lines: Vertical lines below the notes, as (pixel, 0xffRRGGBB).
            fine: Whether to paint the ends of notes with sub-pixel precision and rounded corners; by default, depends
                on the number of notes. Images that are shown side by side need the same value.

        Returns:
            0xffRRGGBB, shape (height, width), uint32.
        """
        count = len(lattice.ground)
        both = self.array("rows", (2 * count, width), np.uint32)
        under, over = both[:count], both[count:]
        under[:] = lattice.ground_colours[lattice.ground][:, None]
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
            _round_corners(picture, row, first, last, rows.shade, lattice, table)
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
        """Colour the cells, shape (rows, width), that are covered by notes from `first` to `last` px."""
        width = cells.shape[1]
        a, b = np.clip(first, 0, width), np.clip(last, 0, width)
        begin, end = a.astype(np.int64), np.ceil(b).astype(np.int64)
        widths = end - begin
        upto = np.cumsum(widths)
        # Flat indices of the cells of all notes, one note after another.
        flat = np.repeat(row * width + begin - (upto - widths), widths)
        flat += np.arange(len(flat))
        grounds = len(lattice.ground_colours)
        face = (shade * np.int32(COVERS * grounds) + lattice.ground[row]).astype(np.int32)
        colours, out = table.reshape(-1), cells.reshape(-1)
        # With duplicate indices, numpy keeps the last assignment, which is the latest onset.
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


def _extents(rows: NoteColumns, left_px: int, us_per_px: float, now: float) -> tuple[Array, Array, Array]:
    """Return start (px), end (px) and coverage (0-1) of each note."""
    off = np.where(rows.off == HELD, np.maximum(rows.on, now), rows.off)
    first = rows.on / us_per_px - left_px
    last = off / us_per_px - left_px
    width = last - first
    last = np.where((width > _GAP_FROM) & (rows.off != HELD), last - 1, last)
    narrow = width < _MIN_WIDTH
    # The square root, because perceived brightness is not proportional to light.
    cover = np.sqrt(np.where(narrow, rows.cover * width / _MIN_WIDTH, rows.cover))
    # Wider notes are aligned to whole pixels, so that their edges are crisp.
    crisp = width > 3
    first = np.where(crisp, np.round(first), first)
    last = np.where(crisp, np.round(last), last)
    return first, np.maximum(last, first + _MIN_WIDTH), np.maximum(cover, _MIN_COVER)


def _round_corners(
    picture: Array, row: Array, first: Array, last: Array, shade: Array, lattice: Lattice, table: Array
) -> None:
    """Round the corners of the notes."""
    width = picture.shape[1]
    radius = min(3 * lattice.scale, (lattice.row_height - lattice.gap) / 3)
    wide = last - first >= 3 * radius  # narrower ones would look like beads
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
    """Return the partly covered pixels of a rounded corner as (x, y, coverage 0-1), from the corner."""
    pixels = []
    fine = (np.arange(8) + 0.5) / 8
    for y in range(int(np.ceil(radius))):
        for x in range(int(np.ceil(radius))):
            dx, dy = np.maximum(radius - (x + fine), 0), np.maximum(radius - (y + fine), 0)
            inside = float(np.mean(dx[None, :] ** 2 + dy[:, None] ** 2 <= radius**2))
            if inside < 1:
                pixels.append((x, y, inside))
    return pixels
