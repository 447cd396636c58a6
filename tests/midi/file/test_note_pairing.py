"""Pairing note-ons with note-offs, compared with a naive implementation."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rubato_desktop.midi.file.note_pairing import pair

messages = st.lists(
    st.tuples(
        st.sampled_from([0x80, 0x90, 0x91, 0x9F, 0xB0]),
        st.sampled_from([0, 1, 127]),
        st.sampled_from([0, 64]),
    )
)


def naive_pairs(rows: list[tuple[int, int, int]]) -> list[list[int]]:
    pairs: list[list[int]] = []
    open_notes: dict[tuple[int, int], list[list[int]]] = defaultdict(list)
    for row, (status, note, velocity) in enumerate(rows):
        key = (status & 0x0F, note)
        if status & 0xF0 == 0x90 and velocity:
            pairs.append([row, -1])
            open_notes[key].append(pairs[-1])
        elif status & 0xE0 == 0x80 and open_notes[key]:
            open_notes[key].pop(0)[1] = row
    return pairs


@given(messages)
def test_each_note_ends_at_the_first_note_off_still_unused(rows: list[tuple[int, int, int]]) -> None:
    status, note, velocity = (np.array([row[i] for row in rows], np.uint8) for i in range(3))
    on, off = pair(status, note, velocity)
    assert [list(row) for row in zip(on.tolist(), off.tolist(), strict=True)] == naive_pairs(rows)
