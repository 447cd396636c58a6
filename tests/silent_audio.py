"""The sound without a device, and what it tells."""

import threading
from collections.abc import Iterator

import pytest

from rubato_desktop.audio.client import AudioClient
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.notes import Notes

SECOND = 1_000_000  # µs
PATIENCE = 30.0  # s


class Listener:
    """Takes what `AudioClient` tells."""

    def __init__(self) -> None:
        self.problems: list[RubatoError | None] = []
        self.ended = threading.Event()

    def codes(self) -> list[str]:
        return [problem.code if problem else "" for problem in self.problems]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def sound(listener: Listener) -> Iterator[AudioClient]:
    made = AudioClient(silent=True, on_problem=listener.problems.append, on_end=listener.ended.set)
    made.start()
    assert made.wait_ready()
    yield made
    made.stop()


def notes(*onsets_s: float) -> Notes:
    """Return a recording with a note of 100 ms at each of these seconds."""
    return Notes.of([(int(s * SECOND), int((s + 0.1) * SECOND), 0, 0, 60, 80) for s in onsets_s], ["t"])
