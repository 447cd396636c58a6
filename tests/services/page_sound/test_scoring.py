"""Cells become cues: by the table, in page order, few enough to be told apart, whatever the cells."""

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
def test_whatever_a_view_holds_its_cues_keep_the_rules(cells: list[dict[str, Any]]) -> None:
    cues = cues_of(*cells)
    assert len(cues) == min(len(cells), 20)
    assert {cue.name for cue in cues} == {found["kind"] for found in cells}
    assert sum(cue.span_ms for cue in cues) == 300 * len(cues) <= 6000
    for cue in cues:
        assert cue.span_ms == 300
        assert cue.end_ms + cue.tail_ms == 280, "it is over before the next begins"
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
def test_the_order_in_which_cells_come_is_not_heard(cells: list[dict[str, Any]], random: Any) -> None:
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


def test_twenty_cells_stay_twenty_cues_and_each_sounds_in_its_column() -> None:
    cues = cues_of(*[cell("button", x) for x in range(20)])
    assert [keys(cue) for cue in cues] == [[key_of(x)] for x in range(20)]


@pytest.mark.parametrize(("column", "key"), [(0, 0), (5, 5), (11, 11), (12, 13), (13, 14), (23, 24)])
def test_key_twelve_belongs_to_no_column(column: int, key: int) -> None:
    for kind in KINDS:
        (cue,) = cues_of(cell(kind, column))
        assert keys(cue)[0] == key


def test_a_page_is_heard_from_top_to_bottom_and_from_left_to_right() -> None:
    cues = cues_of(cell("text", 3, 9), cell("link", 20, 2), cell("image", 1, 2), cell("text", 0, 4))
    assert [cue.name for cue in cues] == ["image", "link", "text", "text"]
    assert [keys(cue)[0] for cue in cues] == [1, 21, 0, 3]


def test_links_are_violin_viola_and_cello_by_the_third_of_the_view() -> None:
    cues = cues_of(*[cell("link", 0, y) for y in range(15)])
    assert [cue.program + 1 for cue in cues] == [41] * 5 + [42] * 5 + [43] * 5


def test_a_link_is_a_trill_with_the_next_key() -> None:
    trills = [keys(cue) for cue in cues_of(cell("link", 4), cell("link", 11), cell("link", 23))]
    assert trills == [[4, 5] * 3, [11, 13] * 3, [24, 23] * 3]


def test_a_denser_link_is_louder() -> None:
    velocities = [cues_of(cell("link", density=d))[0].notes[0].velocity for d in (0, 0.25, 0.5, 1)]
    assert velocities == [40, 60, 80, 120]


def test_a_denser_text_is_louder_and_repeats_more_often() -> None:
    cues = [cues_of(cell("text", 7, density=d))[0] for d in (0, 0.2, 0.5, 1)]
    assert [keys(cue) for cue in cues] == [[7], [7, 7], [7, 7, 7], [7, 7, 7, 7]]
    assert [cue.notes[0].velocity for cue in cues] == [40, 56, 80, 120]


def test_a_picture_is_one_long_note_as_loud_as_its_side_is_long() -> None:
    cues = [cues_of(cell("image", area=area))[0] for area in (0.0625, 0.25, 1)]
    assert [cue.notes[0].velocity for cue in cues] == [60, 80, 120]
    assert all(len(cue.notes) == 1 and cue.notes[0].length_ms == 250 for cue in cues)


def test_a_picture_that_does_not_tell_its_area_is_as_large_as_its_cells() -> None:
    whole_view = [cell("image", x, y, 1.0) for x in range(24) for y in range(15)]
    one_cell = cues_of(cell("image", density=1.0))[0].notes[0].velocity
    merged = cues_of(*whole_view)[0].notes[0].velocity
    assert (one_cell, 40 < merged <= 120) == (44, True)
    assert merged > one_cell


def test_the_more_important_a_heading_the_higher_it_rises() -> None:
    rises = [keys(cues_of(cell("heading", 6, level=level))[0]) for level in range(1, 7)]
    assert rises == [[6, 19], [6, 16], [6, 14], [6, 11], [6, 10], [6, 8]]


def test_a_heading_that_does_not_tell_its_level_is_of_the_second() -> None:
    assert cues_of(cell("heading", 6)) == cues_of(cell("heading", 6, level=2))


def test_media_are_two_short_notes_and_a_field_is_one_held() -> None:
    (media,), (field,), (button,) = cues_of(cell("media")), cues_of(cell("field")), cues_of(cell("button"))
    assert [(note.at_ms, note.length_ms) for note in media.notes] == [(0, 80), (130, 80)]
    assert [(note.at_ms, note.length_ms) for note in field.notes] == [(0, 250)]
    assert [(note.at_ms, note.length_ms) for note in button.notes] == [(0, 100)]


def test_a_page_that_has_loaded_is_the_piano_on_key_twelve_for_half_a_second() -> None:
    cue = loaded_sound(TABLE)
    assert cue.program + 1 == 1
    assert [(note.at_ms, note.length_ms, note.note) for note in cue.notes] == [(0, 500, BASE + 12)]
    assert cue.span_ms >= 500


def test_a_single_cell_sounds_as_it_does_in_a_view() -> None:
    found = cell("link", 8, 13)
    assert cell_sound(Cell.model_validate(found), 15, TABLE) == cues_of(found)[0]


def test_few_links_are_not_drowned_by_much_text() -> None:
    links = [cell("link", x, 0) for x in range(5)]
    text = [cell("text", x, y) for x in range(24) for y in range(1, 15)]
    cues = cues_of(*links, *text)
    assert [cue.name for cue in cues].count("link") == 5
    assert len(cues) == 20


def test_the_parts_of_one_element_merge_before_neighbours_do() -> None:
    menu = [cell("link", x, 0, label=f"link {x}") for x in range(0, 10)]
    picture = [cell("image", 12 + x, y, label="a picture") for x in range(6) for y in range(4)]
    cues = cues_of(*menu, *picture)
    assert [cue.help for cue in cues if cue.name == "link"] == [f"link {x}" for x in range(0, 10)]


def test_neighbours_merge_before_what_is_far_apart() -> None:
    left = [cell("text", x, 3) for x in range(4)]
    right = [cell("text", 20 + x, 3) for x in range(4)]
    others = [cell("button", 2 * i, 9) for i in range(12)] + [cell("field", 2 * i, 12) for i in range(6)]
    texts = [cue for cue in cues_of(*left, *right, *others) if cue.name == "text"]
    assert min(keys(cue)[0] for cue in texts) < 4
    assert max(keys(cue)[0] for cue in texts) > 20


def test_a_row_merges_before_rows_do() -> None:
    block = [cell("text", x, y) for x in (4, 5) for y in range(11)]
    groups = merge(layout(block).cells, 11)
    assert [{one.y for one in group} for group in groups] == [{y} for y in range(11)]


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_page_like_the_web_takes_no_longer_than_six_seconds(name: str) -> None:
    view = read_layout(LAYOUTS[name])
    cues = layout_cues(view, TABLE)
    assert len(cues) == min(20, len(view.cells))
    assert {cue.name for cue in cues} == {found.kind for found in view.cells}


@pytest.mark.parametrize(
    ("change", "says"),
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
def test_what_is_no_layout_is_said_in_words(change: dict[str, Any], says: str) -> None:
    with pytest.raises(RubatoError, match=says) as caught:
        read_layout({**LAYOUTS["few"], **change})
    assert caught.value.code == "bad_layout"
