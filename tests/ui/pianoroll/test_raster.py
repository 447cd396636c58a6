"""Rasterisation of notes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubato_desktop.ui.pianoroll.colours import COVERS
from rubato_desktop.ui.pianoroll.raster import Canvas, Lattice
from rubato_desktop.ui.pianoroll.rows import HELD, Rows

GROUND = 0xFF000000
MS = 1000


def lattice(rows: int = 4, height: int = 3) -> Lattice:
    """Return rows of MIDI notes 63, 62, 61, 60 on black, too low for gaps and rounded corners."""
    edges = np.arange(rows + 1) * height
    return Lattice(edges, 63, np.zeros(rows, np.intp), np.array([GROUND], np.uint32), 1.0)


# Shade s at coverage c has s in the red byte and c in the blue byte.
TABLE = np.array(
    [[[0xFF000000 | shade << 16 | cover] for cover in range(COVERS)] for shade in range(8)], np.uint32
)


def rows_of(*notes: tuple[int, int, int, int]) -> Rows:
    """Return rows of notes (on in ms, off in ms or -1 for held, MIDI note, shade)."""
    table = np.array(notes, np.int64).reshape(-1, 4)
    rows = Rows()
    off = np.where(table[:, 1] < 0, HELD, table[:, 1] * MS)
    rows.extend(table[:, 0] * MS, off, table[:, 2], table[:, 3], np.ones(len(table)))
    return rows


def paint(rows: Rows, left_px: int = 0, width: int = 100, now_ms: int = 0) -> np.ndarray:
    """Return an image with 1 ms per pixel and one line per row."""
    picture = Canvas().paint(
        rows, lattice(), TABLE, left_px=left_px, us_per_px=MS, width=width, now=now_ms * MS
    )
    return picture[1::3].copy()


def coloured(line: np.ndarray) -> tuple[int, int] | None:
    """Return the range (start, stop) of pixels that are not background, or None."""
    where = np.flatnonzero(line != GROUND)
    return (int(where[0]), int(where[-1]) + 1) if len(where) else None


@pytest.mark.parametrize(
    ("note", "line", "pixels"),
    [
        ((10, 20, 63, 1), 0, (10, 19)),  # ends a pixel early, so that repeated notes stay distinct
        ((10, 20, 60, 1), 3, (10, 19)),
        ((10, 13, 60, 1), 3, (10, 13)),
        ((10, 10, 60, 1), 3, (10, 12)),  # visible, however short
        ((-50, 20, 60, 1), 3, (0, 19)),
        ((90, 500, 60, 1), 3, (90, 100)),
        ((10, 20, 70, 1), 0, None),  # outside the rows
        ((200, 220, 60, 1), 3, None),
    ],
)
def test_note_covers_its_pixels(
    note: tuple[int, int, int, int], line: int, pixels: tuple[int, int] | None
) -> None:
    assert coloured(paint(rows_of(note))[line]) == pixels


def test_held_note_extends_to_now() -> None:
    assert coloured(paint(rows_of((10, -1, 60, 1)), now_ms=50)[3]) == (10, 50)


def test_later_onset_is_painted_over_an_earlier_one() -> None:
    line = paint(rows_of((0, 60, 60, 1), (20, 30, 60, 2)))[3]
    shades = line >> 16 & 0xFF
    assert shades[10] == 1
    assert shades[25] == 2
    assert shades[40] == 1


def test_note_narrower_than_a_pixel_is_fainter() -> None:
    rows = rows_of((10, 11, 60, 1))
    rows.off[:] = rows.on + 200
    picture = paint(rows)[3]
    assert 0 < (picture & 0xFF).max() < COVERS - 1


def test_coverage_of_dense_notes_adds_up() -> None:
    rows = rows_of(*[(10, 11, 60, 1)] * 8)
    rows.off[:] = rows.on + 200
    assert (paint(rows)[3] & 0xFF).max() == COVERS - 1


def test_lines_are_below_the_notes() -> None:
    picture = Canvas().paint(
        rows_of((10, 20, 60, 1)),
        lattice(),
        TABLE,
        left_px=0,
        us_per_px=MS,
        width=30,
        now=0,
        lines=[(15, 0xFF123456), (25, 0xFF123456), (99, 0xFF123456)],
    )
    assert (picture[9:, 15] != 0xFF123456).all()
    assert (picture[:9, 15] == 0xFF123456).all()
    assert (picture[:, 25] == 0xFF123456).all()


notes = st.tuples(st.integers(0, 150), st.integers(0, 80), st.integers(59, 64), st.integers(1, 7))


@settings(max_examples=60, deadline=None)
@given(st.lists(notes, max_size=60), st.integers(-20, 80), st.integers(1, 60))
def test_part_of_an_image_equals_the_whole(
    some: list[tuple[int, int, int, int]], first: int, width: int
) -> None:
    rows = rows_of(*sorted((on, on + long, note, shade) for on, long, note, shade in some))
    whole = paint(rows, left_px=-20, width=200)
    part = paint(rows, left_px=first, width=width)
    assert (whole[:, first + 20 : first + 20 + width] == part).all()


def test_corners_are_rounded_in_high_rows() -> None:
    high = Lattice(np.array([0, 16]), 60, np.zeros(1, np.intp), np.array([GROUND], np.uint32), 1.0)
    picture = Canvas().paint(rows_of((10, 40, 60, 1)), high, TABLE, left_px=0, us_per_px=MS, width=60, now=0)
    full = COVERS - 1
    assert picture[0, 10] & 0xFF < full / 2  # the corner
    assert picture[7, 10] & 0xFF == full  # the middle of the edge
    assert (picture[15] == GROUND).all()  # the gap to the next row
