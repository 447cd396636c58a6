"""Each call to learn reports its own results and problems, however many there are at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import until

from rubato_desktop.services.knowledge.api import KnowledgeApi
from rubato_desktop.services.knowledge.learning import Learnt, Progress
from rubato_desktop.services.knowledge.store import Store


class Reported:
    """A desk and what it reported.

    Attributes:
        done: What came of each call that had sources.
        progress: Every report of progress.
    """

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self.done: list[Learnt] = []
        self.progress: list[Progress] = []
        self.go = threading.Event()
        self.go.set()
        self.held = threading.Event()
        self.desk = KnowledgeApi(open_store, on_progress=self._progress, on_done=self.done.append)

    def _progress(self, progress: Progress) -> None:
        self.progress.append(progress)
        if progress.source:
            self.held.set()
            assert self.go.wait(30)

    @property
    def problems(self) -> list[list[str]]:
        """The names of the files that were not learnt, by report."""
        return [[Path(problem.partition(":")[0]).name for problem in said.problems] for said in self.done]


@pytest.fixture
def reported(opened: Callable[[], Store]) -> Iterator[Reported]:
    reported = Reported(opened)
    yield reported
    reported.go.set()
    reported.desk.close()


def broken(folder: Path, name: str) -> str:
    """A file that cannot be read."""
    path = folder / name
    path.write_bytes(b"%PDF-1.7 broken")
    return str(path)


def test_calls_that_overlap_report_their_own_problems(
    reported: Reported, tmp_path: Path, shelf: Path
) -> None:
    reported.go.clear()
    first, second = broken(tmp_path, "first.pdf"), broken(tmp_path, "second.pdf")
    reported.desk("learn", paths=[str(shelf), first])
    assert reported.held.wait(30)  # in the middle of the first text
    reported.desk("learn", paths=[second])
    reported.go.set()
    until(lambda: len(reported.done) == 2, "both reports")
    assert reported.problems == [["first.pdf"], ["second.pdf"]]
    assert [len(said.learnt) for said in reported.done] == [3, 0]


def test_a_call_just_as_another_ends_loses_no_problem(reported: Reported, tmp_path: Path) -> None:
    names = [f"{number}.pdf" for number in range(20)]
    for name in names:
        reported.desk("learn", paths=[broken(tmp_path, name)])
        while reported.desk.busy:
            time.sleep(0)
    until(lambda: len(reported.done) == len(names), "every report")
    assert reported.problems == [[name] for name in names]


def test_progress_can_be_read_for_one_call(reported: Reported, tmp_path: Path, shelf: Path) -> None:
    reported.go.clear()
    begun = reported.desk("learn", paths=[str(shelf)])
    assert begun["busy"] and begun["said"]["waiting"] == 3
    assert reported.held.wait(30)
    bad = reported.desk("learn", paths=[broken(tmp_path, "bad.pdf"), str(tmp_path / "missing.txt")])
    assert [problem.endswith("is not there") for problem in bad["said"]["problems"]] == [True]
    reported.go.set()
    until(lambda: not reported.desk.busy, "the end")
    said = reported.desk("progress_now", lesson=begun["lesson"])["said"]
    assert (len(said["learnt"]), said["problems"], said["waiting"]) == (3, [], 0)
    assert len(reported.desk("progress_now", lesson=bad["lesson"])["said"]["problems"]) == 2


def test_the_end_of_progress_is_told_once_nothing_waits(reported: Reported, shelf: Path) -> None:
    reported.desk("learn", paths=[str(shelf)])
    until(lambda: reported.progress and not reported.progress[-1].source, "the end")
    assert [progress.source for progress in reported.progress].count("") == 1
    assert len(reported.done) == 1


def test_stopped_a_call_reports_what_waits(reported: Reported, tmp_path: Path, shelf: Path) -> None:
    reported.go.clear()
    paths = [broken(tmp_path, "bad.pdf"), str(shelf)]
    begun = reported.desk("learn", paths=paths)
    assert reported.held.wait(30)
    stopping = threading.Thread(target=lambda: reported.desk("stop_learning"))
    stopping.start()
    until(lambda: reported.desk._stop.is_set(), "the stop")
    reported.go.set()
    stopping.join()
    assert reported.problems == [["bad.pdf"]]
    assert reported.desk("progress_now", lesson=begun["lesson"])["said"]["waiting"] > 0
