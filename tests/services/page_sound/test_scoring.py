"""Cells become cues: by the table, in page order, and at most 20."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import LAYOUTS

from rubato_desktop.audio.cues import Cue
from rubato_desktop.errors import RubatoError
from rubato_desktop.services.page_sound import (
    KINDS,
    cell_sound,
    layout_cues,
    load_table,
    loaded_sound,
    read_layout,
)
from rubato_desktop.services.page_sound.cells import Cell, Layout
from rubato_desktop.services.page_sound.merging import merge
from rubato_desktop.services.page_sound.scoring import key_of

TABLE = load_table()
BASE = 48
PROGRAMS = {
    "heading": {12},
    "link": {41, 42, 43},
    "button": {13},
    "field": {72},
    "media": {60},
    "image": {61},
    "text": {1},
}


def layout(cells: list[dict[str, Any]], rows: int = 15) -> Layout:
    view = {"viewport": {"width": 1280, "height": 800}, "columns": 24, "rows": rows}
    return read_layout({**view, "cells": cells, "elements": len(cells), "scan_ms": 1.5})


def cell(kind: str, x: int = 0, y: int = 0, density: float = 0.5, **more: Any) -> dict[str, Any]:
    return {"x": x, "y": y, "kind": kind, "density": density, "label": "", **more}


def cues_of(*cells: dict[str, Any], rows: int = 15) -> list[Cue]:
    return layout_cues(layout(list(cells), rows), TABLE)


def keys(cue: Cue) -> list[int]:
    return [note.note - BASE for note in cue.notes]


cells_anywhere = st.lists(
    st.builds(
        cell,
        st.sampled_from(KINDS),
        st.integers(0, 23),
        st.integers(0, 14),
        st.floats(0, 1),
        label=st.sampled_from(["", "", "a", "b"]),
    ),
    max_size=150,
    unique_by=lambda found: (found["x"], found["y"], found["kind"]),
)


@given(cells_anywhere)
@settings(max_examples=150, deadline=None)
def test_cues_of_any_layout_follow_the_rules(cells: list[dict[str, Any]]) -> None:
    cues = cues_of(*cells)
    assert len(cues) == min(len(cells), 20)
    assert {cue.name for cue in cues} == {found["kind"] for found in cells}
    assert sum(cue.span_ms for cue in cues) == 300 * len(cues) <= 6000
    for cue in cues:
        assert cue.span_ms == 300
        assert cue.end_ms + cue.tail_ms == 280, "it ends before the next begins"
        assert cue.program + 1 in PROGRAMS[cue.name]
        assert 0 <= keys(cue)[0] <= 24
        assert 12 not in keys(cue)
        assert all(40 <= note.velocity <= 120 for note in cue.notes)
        if cue.name != "heading":
            assert max(keys(cue)) <= 24
    placed = sorted((cue.pan, keys(cue)[0]) for cue in cues)
    assert all(a_key <= b_key for (_, a_key), (_, b_key) in pairwise(placed)), "pan follows x"


@given(cells_anywhere, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_order_of_cells_does_not_matter(cells: list[dict[str, Any]], random: Any) -> None:
    mixed = list(cells)
    random.shuffle(mixed)
    assert cues_of(*mixed) == cues_of(*cells)


@given(cells_anywhere, st.integers(7, 40))
@settings(max_examples=50, deadline=None)
def test_merging_loses_no_cell_and_mixes_no_kinds(cells: list[dict[str, Any]], most: int) -> None:
    view = layout(cells)
    groups = merge(view.cells, most)
    assert sorted(map(repr, view.cells)) == sorted(repr(one) for group in groups for one in group)
    assert all(len({one.kind for one in group}) == 1 for group in groups)


def test_twenty_cells_are_not_merged() -> None:
    cues = cues_of(*[cell("button", x) for x in range(20)])
    assert [keys(cue) for cue in cues] == [[key_of(x)] for x in range(20)]


@pytest.mark.parametrize(("column", "key"), [(0, 0), (5, 5), (11, 11), (12, 13), (13, 14), (23, 24)])
def test_key_twelve_stands_for_no_column(column: int, key: int) -> None:
    for kind in KINDS:
        (cue,) = cues_of(cell(kind, column))
        assert keys(cue)[0] == key


def test_page_is_played_in_reading_order() -> None:
    cues = cues_of(cell("text", 3, 9), cell("link", 20, 2), cell("image", 1, 2), cell("text", 0, 4))
    assert [cue.name for cue in cues] == ["image", "link", "text", "text"]
    assert [keys(cue)[0] for cue in cues] == [1, 21, 0, 3]


def test_instrument_of_links_follows_the_third_of_the_view() -> None:
    cues = cues_of(*[cell("link", 0, y) for y in range(15)])
    assert [cue.program + 1 for cue in cues] == [41] * 5 + [42] * 5 + [43] * 5


def test_link_trills_with_the_next_key() -> None:
    trills = [keys(cue) for cue in cues_of(cell("link", 4), cell("link", 11), cell("link", 23))]
    assert trills == [[4, 5] * 3, [11, 13] * 3, [24, 23] * 3]


def test_denser_link_is_louder() -> None:
    velocities = [cues_of(cell("link", density=d))[0].notes[0].velocity for d in (0, 0.25, 0.5, 1)]
    assert velocities == [40, 60, 80, 120]


def test_denser_text_is_louder_and_repeats_more_often() -> None:
    cues = [cues_of(cell("text", 7, density=d))[0] for d in (0, 0.2, 0.5, 1)]
    assert [keys(cue) for cue in cues] == [[7], [7, 7], [7, 7, 7], [7, 7, 7, 7]]
    assert [cue.notes[0].velocity for cue in cues] == [40, 56, 80, 120]


def test_picture_is_one_note_as_loud_as_its_side_is_long() -> None:
    cues = [cues_of(cell("image", area=area))[0] for area in (0.0625, 0.25, 1)]
    assert [cue.notes[0].velocity for cue in cues] == [60, 80, 120]
    assert all(len(cue.notes) == 1 and cue.notes[0].length_ms == 250 for cue in cues)


def test_picture_without_area_uses_its_cells() -> None:
    whole_view = [cell("image", x, y, 1.0) for x in range(24) for y in range(15)]
    one_cell = cues_of(cell("image", density=1.0))[0].notes[0].velocity
    merged = cues_of(*whole_view)[0].notes[0].velocity
    assert (one_cell, 40 < merged <= 120) == (44, True)
    assert merged > one_cell


def test_more_important_heading_rises_higher() -> None:
    rises = [keys(cues_of(cell("heading", 6, level=level))[0]) for level in range(1, 7)]
    assert rises == [[6, 19], [6, 16], [6, 14], [6, 11], [6, 10], [6, 8]]


def test_heading_without_level_counts_as_level_two() -> None:
    assert cues_of(cell("heading", 6)) == cues_of(cell("heading", 6, level=2))


def test_media_field_and_button_have_their_notes() -> None:
    (media,), (field,), (button,) = cues_of(cell("media")), cues_of(cell("field")), cues_of(cell("button"))
    assert [(note.at_ms, note.length_ms) for note in media.notes] == [(0, 80), (130, 80)]
    assert [(note.at_ms, note.length_ms) for note in field.notes] == [(0, 250)]
    assert [(note.at_ms, note.length_ms) for note in button.notes] == [(0, 100)]


def test_loaded_page_is_the_piano_on_key_twelve() -> None:
    cue = loaded_sound(TABLE)
    assert cue.program + 1 == 1
    assert [(note.at_ms, note.length_ms, note.note) for note in cue.notes] == [(0, 500, BASE + 12)]
    assert cue.span_ms >= 500


def test_single_cell_sounds_as_in_a_layout() -> None:
    found = cell("link", 8, 13)
    assert cell_sound(Cell.model_validate(found), 15, TABLE) == cues_of(found)[0]


def test_few_links_are_not_drowned_by_text() -> None:
    links = [cell("link", x, 0) for x in range(5)]
    text = [cell("text", x, y) for x in range(24) for y in range(1, 15)]
    cues = cues_of(*links, *text)
    assert [cue.name for cue in cues].count("link") == 5
    assert len(cues) == 20


def test_parts_of_one_element_merge_first() -> None:
    menu = [cell("link", x, 0, label=f"link {x}") for x in range(0, 10)]
    picture = [cell("image", 12 + x, y, label="a picture") for x in range(6) for y in range(4)]
    cues = cues_of(*menu, *picture)
    assert [cue.help for cue in cues if cue.name == "link"] == [f"link {x}" for x in range(0, 10)]


def test_neighbours_merge_before_distant_cells() -> None:
    left = [cell("text", x, 3) for x in range(4)]
    right = [cell("text", 20 + x, 3) for x in range(4)]
    others = [cell("button", 2 * i, 9) for i in range(12)] + [cell("field", 2 * i, 12) for i in range(6)]
    texts = [cue for cue in cues_of(*left, *right, *others) if cue.name == "text"]
    assert min(keys(cue)[0] for cue in texts) < 4
    assert max(keys(cue)[0] for cue in texts) > 20


def test_cells_merge_within_rows_first() -> None:
    block = [cell("text", x, y) for x in (4, 5) for y in range(11)]
    groups = merge(layout(block).cells, 11)
    assert [{one.y for one in group} for group in groups] == [{y} for y in range(11)]


@pytest.mark.parametrize("name", LAYOUTS)
def test_realistic_page_takes_at_most_six_seconds(name: str) -> None:
    view = read_layout(LAYOUTS[name])
    cues = layout_cues(view, TABLE)
    assert len(cues) == min(20, len(view.cells))
    assert {cue.name for cue in cues} == {found.kind for found in view.cells}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"columns": 12}, "columns"),
        ({"rows": 0}, "rows"),
        ({"cells": [cell("link", 24)]}, "cells.0.x"),
        ({"cells": [cell("link", 0, 15)]}, "row 15 of a grid of 15"),
        ({"cells": [cell("link", density=1.2)]}, "cells.0.density"),
        ({"cells": [cell("link", density=float("nan"))]}, "cells.0.density"),
        ({"cells": [cell("spacer")]}, "cells.0.kind"),
        ({"viewport": {"width": 0, "height": 800}}, "viewport.width"),
        ({"cells": None}, "cells"),
    ],
)
def test_invalid_layout_is_explained(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(RubatoError, match=reason) as caught:
        read_layout({**LAYOUTS["few"], **change})
    assert caught.value.code == "bad_layout"
