"""The thread that understands goes on after a fault, and tells of it in words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import pytest

from rubato_desktop.services.hearing.endpointing import RATE
from rubato_desktop.services.hearing.recognition import RecognitionThread, Task

PATIENCE = 60.0
SILENCE = np.zeros(RATE, np.float32)

Next = Callable[[], Mapping[str, Any]]


@pytest.fixture
def thread(tmp_path: Path) -> tuple[RecognitionThread, Next]:
    """Return the thread, and what waits for its next report."""
    said: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
    understanding = RecognitionThread(tmp_path, "", "en", said.put)
    understanding.start()
    return understanding, lambda: said.get(timeout=PATIENCE)


def test_a_fault_is_told_without_its_text_and_logged_whole(
    thread: tuple[RecognitionThread, Next], caplog: pytest.LogCaptureFixture
) -> None:
    understanding, report = thread
    with caplog.at_level(logging.ERROR):
        understanding.add(np.array(["no", "sound"]), Task(("stop",)), 0, 0, guessed=False)  # type: ignore[arg-type]
        problem = report()["problem"]
    assert problem["happened"] == "What was said could not be understood" and problem["todo"]
    [record] = caplog.records
    assert record.exc_info
    understanding.add(SILENCE, Task(("stop",)), 0, 0, guessed=False)
    assert report()["heard"]["phrase"] == ""


def test_a_sound_that_cannot_be_kept_is_understood_nevertheless(
    thread: tuple[RecognitionThread, Next], tmp_path: Path
) -> None:
    understanding, report = thread
    (tmp_path / "file").touch()
    understanding.add(
        SILENCE, Task(dictation=True, save_to=tmp_path / "file" / "remark.wav"), 0, 0, guessed=False
    )
    assert report()["heard"]["audio"] == ""


@pytest.mark.parametrize("bad", [np.nan, np.inf, -3e38])
def test_a_sound_with_bad_samples_is_kept(
    bad: float, thread: tuple[RecognitionThread, Next], tmp_path: Path
) -> None:
    understanding, report = thread
    sound = SILENCE.copy()
    sound[5] = bad
    path = tmp_path / "folder" / "remark.wav"
    understanding.add(sound, Task(dictation=True, save_to=path), 0, 0, guessed=False)
    assert report()["heard"]["audio"] == str(path) and path.stat().st_size == 44 + 2 * RATE
