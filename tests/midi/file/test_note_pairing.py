"""Note-ons and note-offs into notes, against the plainest way to do it."""

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


def plainly(rows: list[tuple[int, int, int]]) -> list[list[int]]:
    found: list[list[int]] = []
    waiting: dict[tuple[int, int], list[list[int]]] = defaultdict(list)
    for row, (status, note, velocity) in enumerate(rows):
        key = (status & 0x0F, note)
        if status & 0xF0 == 0x90 and velocity:
            found.append([row, -1])
            waiting[key].append(found[-1])
        elif status & 0xE0 == 0x80 and waiting[key]:
            waiting[key].pop(0)[1] = row
    return found


@given(messages)
def test_each_note_ends_at_the_first_note_off_that_is_left_for_it(rows: list[tuple[int, int, int]]) -> None:
    status, note, velocity = (np.array([row[i] for row in rows], np.uint8) for i in range(3))
    on, off = pair(status, note, velocity)
    assert [list(one) for one in zip(on.tolist(), off.tolist(), strict=True)] == plainly(rows)
