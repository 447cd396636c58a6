"""Each call to learn reports its own results and problems, even if calls overlap."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import until

from rubato_desktop.services.knowledge.api import KnowledgeApi
from rubato_desktop.services.knowledge.learning import LearningResult, Progress
from rubato_desktop.services.knowledge.store import Store


class Reported:
    """The API and what it reported.

    Attributes:
        done: The result of each call that had sources.
        progress: All progress reports.
        go: While it is clear, learning blocks at its next progress report.
        held: Set once learning has reported progress.
    """

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self.done: list[LearningResult] = []
        self.progress: list[Progress] = []
        self.go = threading.Event()
        self.go.set()
        self.held = threading.Event()
        self.api = KnowledgeApi(open_store, on_progress=self._on_progress, on_done=self.done.append)

    def _on_progress(self, progress: Progress) -> None:
        self.progress.append(progress)
        if progress.source:
            self.held.set()
            assert self.go.wait(30)

    @property
    def problems(self) -> list[list[str]]:
        """The names of the files with problems, by report."""
        return [[Path(problem.partition(":")[0]).name for problem in result.problems] for result in self.done]


@pytest.fixture
def reported(open_store: Callable[[], Store]) -> Iterator[Reported]:
    reported = Reported(open_store)
    yield reported
    reported.go.set()
    reported.api.close()


def broken(folder: Path, name: str) -> str:
    """Create a file that cannot be read."""
    path = folder / name
    path.write_bytes(b"%PDF-1.7 broken")
    return str(path)


def test_calls_that_overlap_report_their_own_problems(
    reported: Reported, tmp_path: Path, folder: Path
) -> None:
    reported.go.clear()
    first, second = broken(tmp_path, "first.pdf"), broken(tmp_path, "second.pdf")
    reported.api("learn", paths=[str(folder), first])
    assert reported.held.wait(30)  # in the middle of the first text
    reported.api("learn", paths=[second])
    reported.go.set()
    until(lambda: len(reported.done) == 2, "both reports")
    assert reported.problems == [["first.pdf"], ["second.pdf"]]
    assert [len(result.learnt) for result in reported.done] == [3, 0]


def test_a_call_made_just_as_another_ends_loses_no_problem(reported: Reported, tmp_path: Path) -> None:
    names = [f"{number}.pdf" for number in range(20)]
    for name in names:
        reported.api("learn", paths=[broken(tmp_path, name)])
        while reported.api.busy:
            time.sleep(0)
    until(lambda: len(reported.done) == len(names), "every report")
    assert reported.problems == [[name] for name in names]


def test_progress_can_be_read_for_one_call(reported: Reported, tmp_path: Path, folder: Path) -> None:
    reported.go.clear()
    begun = reported.api("learn", paths=[str(folder)])
    assert begun["busy"] and begun["said"]["waiting"] == 3
    assert reported.held.wait(30)
    bad = reported.api("learn", paths=[broken(tmp_path, "bad.pdf"), str(tmp_path / "missing.txt")])
    assert [problem.endswith("does not exist") for problem in bad["said"]["problems"]] == [True]
    reported.go.set()
    until(lambda: not reported.api.busy, "the end")
    result = reported.api("progress_now", lesson=begun["lesson"])["said"]
    assert (len(result["learnt"]), result["problems"], result["waiting"]) == (3, [], 0)
    assert len(reported.api("progress_now", lesson=bad["lesson"])["said"]["problems"]) == 2


def test_the_end_of_progress_is_reported_once(reported: Reported, folder: Path) -> None:
    reported.api("learn", paths=[str(folder)])
    until(lambda: reported.progress and not reported.progress[-1].source, "the end")
    assert [progress.source for progress in reported.progress].count("") == 1
    assert len(reported.done) == 1


def test_a_stopped_call_reports_what_is_left(reported: Reported, tmp_path: Path, folder: Path) -> None:
    reported.go.clear()
    paths = [broken(tmp_path, "bad.pdf"), str(folder)]
    begun = reported.api("learn", paths=paths)
    assert reported.held.wait(30)
    stopping = threading.Thread(target=lambda: reported.api("stop_learning"))
    stopping.start()
    until(lambda: reported.api._stop.is_set(), "the stop")
    reported.go.set()
    stopping.join()
    assert reported.problems == [["bad.pdf"]]
    assert reported.api("progress_now", lesson=begun["lesson"])["said"]["waiting"] > 0
