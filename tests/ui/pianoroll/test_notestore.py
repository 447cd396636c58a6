"""The note store of the pianoroll: lookup by time, held notes and levels of detail."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rubato_desktop.ui.pianoroll.notestore import BATCH, NoteStore
from rubato_desktop.ui.pianoroll.rows import HELD, Rows, coarser

SECOND = 1_000_000
WORDS = 500  # first shade of words in these tests


def store_of(notes: list[tuple[int, int, int]], budget: int = 12_000) -> NoteStore:
    """Return a store of notes (on, off, MIDI note)."""
    store = NoteStore(WORDS, budget)
    table = np.array(sorted(notes), np.int64).reshape(-1, 3)
    store.extend(table[:, 0], table[:, 1], table[:, 2], np.ones(len(table), np.uint16))
    return store


def many(count: int, seed: int = 1) -> NoteStore:
    """Return a store with ten notes per second, each half a second long."""
    random = np.random.default_rng(seed)
    on = np.sort(random.integers(0, count * SECOND // 10, count))
    store = NoteStore(WORDS)
    store.extend(on, on + SECOND // 2, random.integers(40, 80, count), np.ones(count, np.uint16))
    return store


def notes_in(rows: Rows) -> list[tuple[int, int, int]]:
    return list(zip(rows.on.tolist(), rows.off.tolist(), rows.note.tolist(), strict=True))


spans = st.tuples(st.integers(0, 5000), st.integers(0, 3000), st.integers(0, 127))


@settings(deadline=None)
@given(st.lists(spans, max_size=700), st.integers(-100, 6000), st.integers(0, 3000))
def test_lookup_finds_the_same_notes_as_a_full_scan(
    notes: list[tuple[int, int, int]], first: int, length: int
) -> None:
    whole = sorted((on, on + long, note) for on, long, note in notes)
    last = first + length
    expected = [(on, off, note) for on, off, note in whole if on <= last and (off > first or on >= first)]
    found = notes_in(store_of(whole).between(first, last))
    assert sorted(found) == sorted(expected)
    assert [on for on, _, _ in found] == sorted(on for on, _, _ in found)


def test_hour_long_note_is_found_at_its_end() -> None:
    store = store_of([(0, 3600 * SECOND, 30)] + [(n * SECOND, n * SECOND + 9, 60) for n in range(3599)])
    found = notes_in(store.between(3599.5 * SECOND, 3600 * SECOND))
    assert found == [(0, 3600 * SECOND, 30)]


def test_held_note_is_found_at_any_later_time_until_released() -> None:
    store = NoteStore()
    store.begin("key", 1000, 60, 1)
    assert notes_in(store.between(50 * SECOND, 60 * SECOND)) == [(1000, HELD, 60)]
    store.finish("key", 2000)
    assert notes_in(store.between(50 * SECOND, 60 * SECOND)) == []
    assert notes_in(store.between(0, 60 * SECOND)) == [(1000, 2000, 60)]
    assert store.end == 2000


def test_repeated_note_on_ends_the_first_note() -> None:
    store = NoteStore()
    store.begin("key", 1000, 60, 1)
    store.begin("key", 5000, 60, 1)
    store.finish("key", 9000)
    assert notes_in(store.between(0, 10_000)) == [(1000, 5000, 60), (5000, 9000, 60)]


def test_release_of_an_unknown_note_is_ignored() -> None:
    assert NoteStore().finish("key", 5) is None


def test_late_onset_is_moved_to_the_last_one() -> None:
    store = NoteStore()
    store.begin("a", 5000, 60, 1)
    store.begin("b", 4990, 64, 1)
    assert store.rows.on.tolist() == [5000, 5000]


def test_large_span_returns_merged_rows_and_small_span_every_note() -> None:
    store = many(200_000)
    whole = store.between(0, 20_000 * SECOND)
    assert len(whole) <= store.budget
    near = store.between(500 * SECOND, 510 * SECOND)
    assert len(near) == pytest.approx(105, abs=40)
    assert (near.cover == 1).all()


def test_merged_rows_retain_the_total_duration() -> None:
    store = many(100_000)
    whole = store.between(0, 10_000 * SECOND)
    sounding = ((whole.off - whole.on) * whole.cover).sum()
    # Coverage is limited to 1, so a little is lost where notes of one pitch overlap.
    assert 0.9 * 100_000 * SECOND / 2 < sounding <= 100_000 * SECOND / 2 * 1.001


def test_notes_added_after_merging_are_included() -> None:
    store = NoteStore(WORDS, budget=2000)
    for n in range(3 * BATCH):
        store.begin("key", n * 1000, 60 + n % 12, 1)
        if n % 5000 == 0:
            store.between(0, n * 1000)
    store.finish("key", 3 * BATCH * 1000)
    rows = store.between(0, 3 * BATCH * 1000)
    assert len(rows) <= store.budget + 3 * 1024 + BATCH
    assert rows.on.min() == 0
    assert rows.on.max() == (3 * BATCH - 1) * 1000
    sounding = ((rows.off - rows.on) * rows.cover).sum()
    assert sounding == pytest.approx(3 * BATCH * 1000, rel=0.05)


def test_note_held_during_merging_is_included() -> None:
    store = NoteStore(WORDS, budget=2000)
    store.begin("drone", 0, 30, 1)
    for n in range(2 * BATCH):
        store.begin("key", n * 1000, 60, 1)
    rows = store.between(0, 2 * BATCH * 1000)
    assert rows.off[rows.note == 30].tolist() == [HELD]
    store.finish("drone", 777_000)
    rows = store.between(0, 2 * BATCH * 1000)
    assert rows.off[rows.note == 30].tolist() == [777_000]


def test_words_win_over_longer_notes_when_merged() -> None:
    rows = Rows()
    rows.extend(*(np.array(c) for c in ([0, 10], [9000, 20], [60, 60], [7, WORDS + 3], [1.0, 1.0])))
    assert coarser(rows, 100_000, WORDS).shade.tolist() == [WORDS + 3]


def test_longest_note_gives_the_merged_shade() -> None:
    rows = Rows()
    rows.extend(*(np.array(c) for c in ([0, 10], [9000, 20], [60, 60], [7, 90], [1.0, 1.0])))
    assert coarser(rows, 100_000, WORDS).shade.tolist() == [7]


def test_recolouring_updates_merged_rows() -> None:
    store = many(50_000)
    store.between(0, 5000 * SECOND)
    store.recolour(np.arange(50_000), np.full(50_000, WORDS + 1))
    assert set(store.between(0, 5000 * SECOND).shade.tolist()) == {WORDS + 1}


@pytest.mark.parametrize(
    ("t", "note", "found"),
    [
        (1500, 60, 0),
        (2500, 60, 1),  # the later onset is on top
        (1500, 61, None),
        (4004, 60, 1),  # within the tolerance
        (4100, 60, None),
    ],
)
def test_note_at_a_point(t: int, note: int, found: int | None) -> None:
    assert store_of([(1000, 3000, 60), (2000, 4000, 60)]).at(t, note, tolerance=10) == found
