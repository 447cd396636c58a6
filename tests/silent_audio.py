"""Fixtures: the audio process without a device, and a listener for its reports."""

import threading
from collections.abc import Iterator

import pytest

from rubato_desktop.audio.client import AudioClient
from rubato_desktop.errors import RubatoError
from rubato_desktop.midi.notes import Notes

SECOND = 1_000_000  # µs
PATIENCE = 30.0  # s


class Listener:
    """Records the callbacks of an `AudioClient`."""

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
    client = AudioClient(silent=True, on_problem=listener.problems.append, on_end=listener.ended.set)
    client.start()
    assert client.wait_ready()
    yield client
    client.stop()


def notes(*onsets_s: float) -> Notes:
    """Return a recording with a note of 100 ms at each of these times (s)."""
    return Notes.of([(int(s * SECOND), int((s + 0.1) * SECOND), 0, 0, 60, 80) for s in onsets_s], ["t"])
