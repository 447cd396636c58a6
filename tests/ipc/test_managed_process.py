"""A child process that hangs, dies, floods, starts late or does not read never blocks its user."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from waiting import until

from rubato_desktop.interpreter import own_process
from rubato_desktop.ipc.framing import json_line
from rubato_desktop.ipc.managed_process import ManagedProcess
from rubato_desktop.ipc.process_run import Exit, ProcessEnded, ProcessRun
from rubato_desktop.ipc.timers import TIMERS

CHILD = Path(__file__).with_name("child.py")
PATIENCE = 30.0
AT_ONCE_S = 0.5  # far below every time limit here; a busy machine needs room


def child(mode: str) -> tuple[Sequence[str], dict[str, str]]:
    command, environment = own_process("unused", [])
    return [command[0], str(CHILD), mode], environment


class Watched:
    """A managed child and everything it reported."""

    def __init__(
        self,
        mode: str,
        *,
        on_report: Callable[[Any], None] = lambda _: None,
        command: Callable[[], tuple[Sequence[str], dict[str, str]]] | None = None,
        **more: Any,
    ) -> None:
        self.mode = mode
        self._hear = on_report
        self.exited_at: list[float] = []
        self.reports: list[tuple[ProcessRun, Any]] = []
        self.exits: list[tuple[ProcessRun, Exit]] = []
        self.process = ManagedProcess(
            "test",
            command or (lambda: child(self.mode)),
            on_report=self._report,
            on_exit=self._exit,
            **{"end_s": 5.0, **more},
        )

    def _report(self, run: ProcessRun, report: Any) -> None:
        self.reports.append((run, report))
        self._hear(report)

    def _exit(self, run: ProcessRun, exit: Exit) -> None:
        self.exited_at.append(time.monotonic())
        self.exits.append((run, exit))

    def send(self, *orders: object) -> None:
        for order in orders:
            self.process.send(json_line(order))

    @property
    def echoes(self) -> list[object]:
        return [report["echo"] for _, report in self.reports if "echo" in report]

    def exit(self) -> Exit:
        """Wait for the first exit."""
        until(lambda: self.exits, "the process to end", patience=PATIENCE)
        return self.exits[0][1]


Make = Callable[..., Watched]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Watched] = []

    def one(mode: str, **more: Any) -> Watched:
        made.append(Watched(mode, **more))
        return made[-1]

    yield one
    for watched in made:
        watched.process.stop()


def test_orders_are_handled_in_order_and_a_stop_is_expected(make: Make) -> None:
    watched = make("echo")
    run = watched.process.start()
    watched.send(*range(1000))
    watched.process.stop()
    assert not psutil.pid_exists(run.process_id)
    assert watched.exit() == Exit(0, expected=True)


def test_orders_sent_before_it_is_ready_are_queued(make: Make) -> None:
    watched = make("late")
    run = watched.process.start()
    watched.send(1, 2, 3)
    assert not run.ready.done()
    until(lambda: watched.echoes == [1, 2, 3])
    assert run.ready.result()["ready"] == {"pid": run.process_id}


def test_a_child_that_does_not_become_ready_is_killed(make: Make) -> None:
    watched = make("hang", ready_s=0.3)
    run = watched.process.start()
    with pytest.raises(ProcessEnded, match=r"did not become ready within 0.3 s"):
        run.ready.result(PATIENCE)
    exit = watched.exit()
    assert str(exit) == "it did not become ready within 0.3 s" and not exit.expected
    assert not psutil.pid_exists(run.process_id)


def test_a_child_that_becomes_ready_in_time_is_not_killed_later(make: Make) -> None:
    watched = make("late", ready_s=5.0)
    watched.process.start().ready.result(PATIENCE)
    until(lambda: not TIMERS.pending, "the time limit to be lifted")


def test_a_child_that_does_not_end_is_killed_in_bounded_time(make: Make) -> None:
    watched = make("hang_at_end", end_s=0.5)
    run = watched.process.start()
    run.ready.result(PATIENCE)
    watched.process.stop()
    assert not psutil.pid_exists(run.process_id)
    assert str(watched.exit()) == "it did not end within 0.5 s"
    assert watched.exit().expected


def test_a_child_that_ends_before_it_is_ready_has_a_reason(make: Make, tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    log.write_text("an older fault\n")
    watched = make("die", log_file=log)
    with pytest.raises(ProcessEnded, match="exit code 4"):
        watched.process.start().ready.result(PATIENCE)
    assert watched.exit() == Exit(4, last_line="no room")
    assert watched.exit().details == "exit code 4: no room"
    assert log.read_text() == "an older fault\nno room\n"


def test_a_child_that_cannot_be_started_has_a_reason(make: Make) -> None:
    watched = make("echo", command=lambda: (["/nowhere/python"], {}))
    with pytest.raises(ProcessEnded, match="could not be started"):
        watched.process.start().ready.result(PATIENCE)
    assert watched.exit().code is None


@pytest.mark.parametrize(
    ("order", "code", "last_line"),
    [
        ("raise", 1, "ValueError: the order was to raise"),
        ("exit", 3, "out of ideas"),
        ("segfault", -11, ""),
    ],
)
def test_a_child_that_ends_unexpectedly_has_a_reason(
    make: Make, tmp_path: Path, order: str, code: int, last_line: str
) -> None:
    watched = make("echo", log_file=tmp_path / "child.log")
    watched.process.start()
    watched.send("before", order, "after")
    assert watched.exit() == Exit(code, last_line=last_line)
    assert watched.echoes == ["before"]
    assert ("SIGSEGV" in str(watched.exit())) == (code == -11)
    watched.process.start()
    watched.send("again")
    until(lambda: watched.echoes == ["before", "again"])


def test_an_announced_end_is_expected_and_the_next_order_starts_a_new_run(make: Make) -> None:
    watched = make("echo")
    run = watched.process.start()
    watched.send("announce")
    assert watched.exit() == Exit(0, expected=True)
    assert watched.process.start() is not run


def test_a_child_that_closes_its_reports_is_ended(make: Make) -> None:
    watched = make("echo", end_s=0.5)
    watched.process.start()
    watched.send("close reports")
    assert str(watched.exit()) == "it did not end within 0.5 s"
    assert not watched.exit().expected


def test_invalid_reports_are_skipped(make: Make) -> None:
    watched = make("echo")
    watched.process.start()
    watched.send("junk", "more")
    until(lambda: watched.echoes == ["more"])


def test_a_flood_of_reports_blocks_nobody(make: Make) -> None:
    watched = make("flood", end_s=1.0)
    run = watched.process.start()
    until(lambda: len(watched.reports) > 10_000)
    began = time.monotonic()
    watched.send(*range(1000))
    watched.process.stop(wait=False)
    assert time.monotonic() - began < AT_ONCE_S
    run.wait()
    assert not psutil.pid_exists(run.process_id)
    before = len(watched.reports)
    assert watched.exit().expected
    assert len(watched.reports) == before, "reports after a stop are ignored"


def test_unread_orders_block_nobody_and_the_process_can_be_stopped(make: Make) -> None:
    watched = make("echo", end_s=0.5)
    run = watched.process.start()
    watched.send("stop reading")
    until(lambda: watched.echoes)
    began = time.monotonic()
    watched.send(*["x" * 100_000] * 100)  # many times what a pipe holds
    assert time.monotonic() - began < AT_ONCE_S
    watched.process.stop()
    assert not psutil.pid_exists(run.process_id)


def test_a_child_that_stopped_reading_is_killed_before_its_orders_fill_the_memory(make: Make) -> None:
    watched = make("echo")
    watched.process.start()
    watched.send("stop reading")
    until(lambda: watched.echoes)
    watched.send(*["x" * 1000] * 11_000)
    assert str(watched.exit()) == "it stopped reading its input"


@pytest.mark.parametrize("straight", [True, False])
def test_orders_without_a_run_are_dropped(make: Make, straight: bool) -> None:
    watched = make("echo", straight=straight)
    watched.send(1)
    run = watched.process.start()
    run.ready.result(PATIENCE)
    watched.send(2)
    until(lambda: watched.echoes == [2])
    watched.process.stop()
    watched.send(3)
    run.send(json_line(4))
    assert watched.echoes == [2]


def test_straight_orders_to_a_child_that_does_not_read_are_dropped(make: Make) -> None:
    watched = make("echo", straight=True, end_s=0.5)
    run = watched.process.start()
    run.ready.result(PATIENCE)
    watched.send("stop reading")
    until(lambda: watched.echoes)
    began = time.monotonic()
    watched.send(*["x" * 400] * 1000)
    assert time.monotonic() - began < AT_ONCE_S
    watched.process.stop()
    assert not psutil.pid_exists(run.process_id)


def test_after_quick_starts_and_stops_only_the_last_run_remains(make: Make) -> None:
    watched = make("echo")
    runs = []
    for number in range(20):
        runs.append(watched.process.start())
        watched.send(number)
        watched.process.stop(wait=False)
    last = watched.process.start()
    watched.send("last")
    until(lambda: watched.echoes and watched.echoes[-1] == "last")
    until(lambda: len(watched.exits) == 20, "all others to end")
    assert {run for run, _ in watched.exits} == set(runs)
    assert all(exit.expected and not exit.code for _, exit in watched.exits)
    assert watched.process.start() is last and psutil.pid_exists(last.process_id)


def test_stop_waits_for_runs_that_are_already_ending(make: Make) -> None:
    watched = make("echo")
    run = watched.process.start()
    run.ready.result(PATIENCE)
    watched.process.stop(wait=False)
    watched.process.stop()
    assert not psutil.pid_exists(run.process_id)


def test_the_idle_timeout_ends_only_its_own_run(make: Make) -> None:
    watched = make("hang_at_end", idle_s=0.2, end_s=1.0)
    first = watched.process.start()
    first.ready.result(PATIENCE)
    watched.process.rest()
    until(lambda: watched.process.run is None, "the idle end")
    watched.mode = "echo"
    second = watched.process.start()  # while the first hangs at its end
    watched.send("to the second")
    assert psutil.pid_exists(first.process_id) and not second.process_id, "two at the same time"
    until(lambda: watched.echoes == ["to the second"])
    assert watched.exits[0][0] is first and not psutil.pid_exists(first.process_id)
    assert watched.process.start() is second


def test_use_cancels_the_idle_timeout(make: Make) -> None:
    watched = make("echo", idle_s=0.3)
    run = watched.process.start()
    run.ready.result(PATIENCE)
    for _ in range(20):
        watched.process.rest()
        assert watched.process.start() is run
    assert not TIMERS.pending
    watched.send("still there")
    until(lambda: watched.echoes == ["still there"])


def test_restarts_are_delayed_longer_and_longer_until_stop(make: Make) -> None:
    watched = make("die", restart_s=(0.0, 0.1, 0.3))
    watched.process.start()
    until(lambda: len(watched.exits) >= 4)
    watched.process.stop()
    first, second, third, fourth = watched.exited_at[:4]
    assert second - first >= 0.1 and third - second >= 0.3 and fourth - third >= 0.3
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "test"])
    assert watched.process.run is None, "it was started again after it was stopped"


def test_a_killed_child_is_restarted(make: Make) -> None:
    watched = make("echo", restart_s=(0.0,))
    first = watched.process.start()
    first.ready.result(PATIENCE)
    psutil.Process(first.process_id).kill()
    assert str(watched.exit()) == "killed by SIGKILL"
    until(lambda: watched.process.run not in (None, first))
    watched.send("again")
    until(lambda: watched.echoes[-1:] == ["again"])


def test_a_callback_may_call_stop(make: Make) -> None:
    watched = make("echo", on_report=lambda report: watched.process.stop() if "echo" in report else None)
    watched.process.start()
    watched.send("stop", "never heard")
    assert watched.exit() == Exit(0, expected=True)
    assert watched.echoes == ["stop"]


def test_a_callback_that_raises_or_hangs_does_not_keep_the_child_alive(make: Make) -> None:
    over = threading.Event()

    def hear(report: Any) -> None:
        if report == {"echo": "raise here"}:
            raise ValueError("a report that nobody expected")
        if report == {"echo": "hang here"}:
            over.wait(PATIENCE)

    watched = make("echo", on_report=hear, end_s=0.5)
    run = watched.process.start()
    watched.send("raise here", "hang here")
    until(lambda: len(watched.echoes) == 2)
    watched.process.stop(wait=False)
    until(lambda: psutil.Process(run.process_id).status() == psutil.STATUS_ZOMBIE)
    over.set()
    assert watched.exit().expected


def test_a_child_ends_when_its_parent_is_killed() -> None:
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from test_managed_process import Watched\n"
        "w = Watched('echo'); print(w.process.start().ready.result()['ready']['pid'], flush=True); input()"
    )
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    with subprocess.Popen(
        [sys.executable, "-c", program, *paths],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
