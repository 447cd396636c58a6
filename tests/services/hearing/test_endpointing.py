"""Where utterances begin and end; each letter is a frame of 32 ms, v for voice, . for silence."""

from __future__ import annotations

import pytest

from rubato_desktop.services.hearing.endpointing import Endpointer


@pytest.mark.parametrize(
    ("frames", "steps"),
    [
        ("." * 40, []),
        ("vv..vv..vv..", []),  # clicks
        ("vvv" + "." * 20, [("began", 3), ("paused", 9), ("nothing", 14)]),
        ("." * 10 + "v" * 20 + "." * 20, [("began", 13), ("paused", 36), ("ended", 41)]),
        (
            "v" * 10 + "." * 7 + "v" * 10 + "." * 12,
            [("began", 3), ("paused", 16), ("paused", 33), ("ended", 38)],
        ),
        ("v" * 1000, [("began", 3), ("ended", 875)]),
    ],
)
def test_utterances_begin_and_end(frames: str, steps: list[tuple[str, int]]) -> None:
    endpointer = Endpointer()
    reported = []
    for number, frame in enumerate(frames, 1):
        step = endpointer.feed(1.0 if frame == "v" else 0.0)
        if step:
            reported.append((step, number))
    assert reported[: len(steps)] == steps
