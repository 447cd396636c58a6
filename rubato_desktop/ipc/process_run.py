"""One run of a child process, from its start to its exit."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from rubato_desktop.ipc.framing import Framing
from rubato_desktop.ipc.orders import Orders
from rubato_desktop.ipc.timers import TIMERS, Timer

log = logging.getLogger(__name__)

_LARGEST_LOG: Final = 1_000_000  # bytes; then it begins anew
_TAIL: Final = 4096  # bytes of a log in which the last line is looked for
_NOT_ENDED: Final = "it did not end"
_MARGIN_S: Final = 1.0  # a killed process needs a moment to be gone


@dataclass(frozen=True, slots=True)
class Exit:
    """Why a run is over.

    Attributes:
        code: Exit code, negative for the signal that ended it; None when it never started.
        cause: Why it was killed or did not start; empty when it ended of itself.
        last_line: The last thing it said about a fault.
        expected: Whether it was told to end, or announced it.
    """

    code: int | None
    cause: str = ""
    last_line: str = ""
    expected: bool = False

    def __str__(self) -> str:
        """The reason in a few words, for people."""
        if self.cause:
            return self.cause
        if self.code is not None and self.code < 0:
            with contextlib.suppress(ValueError):
                return f"killed by {signal.Signals(-self.code).name}"
        return f"exit code {self.code}"

    @property
    def details(self) -> str:
        """The reason and the last line, for the log."""
        return f"{self}: {self.last_line}" if self.last_line else str(self)


class ProcessEnded(Exception):
    """A process ended before it was ready.

    Attributes:
        exit: Why.
    """

    def __init__(self, exit: Exit) -> None:
        super().__init__(str(exit))
        self.exit = exit


@dataclass(frozen=True, slots=True)
class Program:
    """What is run.

    Attributes:
        name: What it is called in logs and threads.
        command: Returns the command line and the environment; called at each start.
        framing: Makes what tells its reports apart.
        orders: Makes the way its orders go.
        log: The file that its standard error is added to; None for none.
        ready_s: Seconds it may take to report that it is ready.
        end_s: Seconds it may take to end.
    """

    name: str
    command: Callable[[], tuple[Sequence[str], Mapping[str, str]]]
    framing: Callable[[], Framing]
    orders: Callable[[], Orders]
    log: Path | None
    ready_s: float
    end_s: float


class ProcessRun:
    """One run. Made and started by `ManagedProcess`; any method may be called from any thread, none waits but `wait`.

    Args:
        program: What is run.
        after: Runs that were told to end, or announced it: the child is started when they are gone, so that two never
            want the same device or file.
        on_report: Called with this run and each report, on the run's own thread; not after `end`.
        on_announced: Called when the child announced that it is about to end.
        on_exit: Called with this run and why it ended, last of all.

    Attributes:
        ready: Done with the report that the child is ready; `ProcessEnded` when it ends before.
        began: When it was started, s as `time.monotonic` has it.
        told_to_end: Whether it was told to end.
    """

    def __init__(
        self,
        program: Program,
        after: Sequence[ProcessRun],
        *,
        on_report: Callable[[ProcessRun, Any], None],
        on_announced: Callable[[ProcessRun], None],
        on_exit: Callable[[ProcessRun, Exit], None],
    ) -> None:
        self._program, self._after = program, after
        self._on_report, self._on_announced, self._on_exit = on_report, on_announced, on_exit
        self.ready: Future[Mapping[str, Any]] = Future()
        self.began = time.monotonic()
        self._orders = program.orders()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._limit: Timer | None = None
        self._limit_at = math.inf
        self.told_to_end = self._announced = False
        self._kill_cause = self._bug = ""
        self._gone = threading.Event()
        # The child is started there too: to fork takes milliseconds.
        self._thread = threading.Thread(target=self._live, name=program.name, daemon=True)

    @property
    def process_id(self) -> int:
        """Id of the process; 0 before it is there."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Start the child and return at once."""
        TIMERS.call_in(
            0, self._thread.start
        )  # to start a thread waits for it, for milliseconds on a busy machine

    def send(self, data: bytes) -> None:
        """Send an order; what a child that has ended does not take is lost."""
        if not self._orders.send(data):
            self.kill("it stopped reading its orders")

    def end(self) -> None:
        """Let the child end after the orders it has, and kill it when it takes too long. Safe to call twice."""
        with self._lock:
            if self.told_to_end:
                return
            self.told_to_end = True
        self._orders.close()
        self._limit_to(self._program.end_s, _NOT_ENDED)

    def kill(self, cause: str) -> None:
        """End the child at once.

        Args:
            cause: Why, for the exit reason.
        """
        with self._lock:
            self._kill_cause = self._kill_cause or cause
            if self._process is not None and not self._gone.is_set():
                self._process.kill()

    def wait(self) -> None:
        """Wait for the end of a run that was told to end: a bounded time, and not on the run's own thread."""
        if threading.current_thread() is not self._thread:
            self._gone.wait(self._program.end_s + _MARGIN_S)

    # On the run's own thread ------------------------------------------------------------------------

    def _live(self) -> None:
        for run in self._after:
            run.wait()
        if self._after and self.told_to_end:
            self._finish(Exit(None, "it was stopped before it was started", expected=True))
            return
        self._after = ()
        logged = 0
        try:
            with _open_log(self._program.log) as errors:
                logged = errors.tell()
                process = self._spawn(errors)
        except Exception as error:
            self._finish(Exit(None, f"it could not be started: {error}", expected=self.told_to_end))
            return
        try:
            self._read(process)
        except Exception:
            log.exception("the reports of the %s process could not be read", self._program.name)
            self.kill("its reports could not be read")
        self._limit_to(self._program.end_s, _NOT_ENDED)  # without reports nothing can come of it
        code = process.wait()
        self._orders.close()
        expected = self.told_to_end or self._announced
        last_line = self._bug or _last_line(self._program.log, logged)
        self._finish(Exit(code, self._kill_cause if code else "", last_line, expected))

    def _spawn(self, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        command, environment = self._program.command()
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            bufsize=0,
        )
        assert process.stdin is not None
        with self._lock:
            self._process = process
            if self._kill_cause:
                process.kill()
        if not self.told_to_end:
            self._limit_to(self._program.ready_s, "it did not become ready")
        self._orders.open(process.stdin)
        return process

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as pipe:
            framing = self._program.framing()
            while data := os.read(pipe.fileno(), 65536):
                for report in framing.feed(data):
                    self._take(report)

    def _take(self, report: Any) -> None:
        match report:
            case {"ready": _} if not self.ready.done():
                self._lift_limit()
                if self.told_to_end:
                    self._limit_to(self._program.end_s, _NOT_ENDED)
                self.ready.set_result(report)
            case {"bug": text}:
                log.error("in the %s process: %s", self._program.name, text)
                self._bug = _last(str(text))
            case {"ending": _}:
                self._announced = True
                self._limit_to(self._program.end_s, _NOT_ENDED)
                self._on_announced(self)
        if not self.told_to_end:
            try:
                self._on_report(self, report)
            except Exception:
                log.exception("a report of the %s process could not be handled", self._program.name)

    def _finish(self, exit: Exit) -> None:
        with self._lock:
            self._gone.set()
        self._lift_limit()
        if not self.ready.done():
            self.ready.set_exception(ProcessEnded(exit))
        self._on_exit(self, exit)

    # Time limits ------------------------------------------------------------------------------------

    def _limit_to(self, seconds: float, cause: str) -> None:
        """Kill the child when it is not gone within so many seconds; an earlier limit stays."""
        at = time.monotonic() + seconds
        with self._lock:
            if at >= self._limit_at or self._gone.is_set():
                return
            if self._limit is not None:
                self._limit.cancel()
            self._limit = TIMERS.call_in(seconds, lambda: self.kill(f"{cause} within {seconds:g} s"))
            self._limit_at = at

    def _lift_limit(self) -> None:
        with self._lock:
            if self._limit is not None:
                self._limit.cancel()
            self._limit_at = math.inf


def _open_log(path: Path | None) -> IO[bytes]:
    """Open the file for what a child says about its faults; those of the runs before it stay."""
    if path is None:
        return Path(os.devnull).open("ab")
    with contextlib.suppress(OSError):
        if path.stat().st_size > _LARGEST_LOG:
            path.unlink()
    return path.open("ab")


def _last_line(path: Path | None, since: int) -> str:
    """Return the last line that was added to a log since it had so many bytes."""
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(since, size - _TAIL))
            return _last(file.read().decode(errors="replace"))
    except OSError:
        return ""


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
