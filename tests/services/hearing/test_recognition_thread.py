"""The recognition thread survives a fault and reports it in plain words."""

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

TIMEOUT_S = 60.0
SILENCE = np.zeros(RATE, np.float32)

NextReport = Callable[[], Mapping[str, Any]]


@pytest.fixture
def thread(tmp_path: Path) -> tuple[RecognitionThread, NextReport]:
    """Return the thread, and a function that waits for its next report."""
    reports: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
    recognition = RecognitionThread(tmp_path, "", "en", reports.put)
    recognition.start()
    return recognition, lambda: reports.get(timeout=TIMEOUT_S)


def test_a_fault_is_reported_without_its_text_and_logged_with_it(
    thread: tuple[RecognitionThread, NextReport], caplog: pytest.LogCaptureFixture
) -> None:
    recognition, next_report = thread
    with caplog.at_level(logging.ERROR):
        recognition.add(np.array(["no", "sound"]), Task(("stop",)), 0, 0, speculated=False)  # type: ignore[arg-type]
        problem = next_report()["problem"]
    assert problem["happened"] == "Speech recognition failed on what you said" and problem["todo"]
    [record] = caplog.records
    assert record.exc_info
    recognition.add(SILENCE, Task(("stop",)), 0, 0, speculated=False)
    assert next_report()["heard"]["phrase"] == ""


def test_an_utterance_that_cannot_be_saved_is_recognised_all_the_same(
    thread: tuple[RecognitionThread, NextReport], tmp_path: Path
) -> None:
    recognition, next_report = thread
    (tmp_path / "file").touch()
    recognition.add(
        SILENCE, Task(dictation=True, save_to=tmp_path / "file" / "remark.wav"), 0, 0, speculated=False
    )
    assert next_report()["heard"]["audio"] == ""


@pytest.mark.parametrize("bad", [np.nan, np.inf, -3e38])
def test_a_sound_with_invalid_samples_is_saved(
    bad: float, thread: tuple[RecognitionThread, NextReport], tmp_path: Path
) -> None:
    recognition, next_report = thread
    sound = SILENCE.copy()
    sound[5] = bad
    path = tmp_path / "folder" / "remark.wav"
    recognition.add(sound, Task(dictation=True, save_to=path), 0, 0, speculated=False)
    assert next_report()["heard"]["audio"] == str(path) and path.stat().st_size == 44 + 2 * RATE
