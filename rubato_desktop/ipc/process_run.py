"""One run of a child process, from start to exit."""

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

from rubato_desktop.errors import reason
from rubato_desktop.ipc.framing import Framing
from rubato_desktop.ipc.orders import Orders
from rubato_desktop.ipc.timers import TIMERS, Timer

log = logging.getLogger(__name__)

_LARGEST_LOG: Final = 1_000_000  # bytes; a larger log is deleted
_TAIL: Final = 4096  # bytes at the end of a log to search for the last line
_NOT_ENDED: Final = "it did not end"
_MARGIN_S: Final = 1.0  # a killed process takes a moment to end


@dataclass(frozen=True, slots=True)
class Exit:
    """Why a run has ended.

    Attributes:
        code: Exit code, negative for the signal that ended it; None if it never started.
        cause: Why it was killed or did not start; empty if it ended by itself.
        last_line: The last line it logged.
        expected: Whether it was told to end, or had announced its end.
    """

    code: int | None
    cause: str = ""
    last_line: str = ""
    expected: bool = False

    def __str__(self) -> str:
        """Return the reason for people."""
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
        exit: Why it ended.
    """

    def __init__(self, exit: Exit) -> None:
        super().__init__(str(exit))
        self.exit = exit


@dataclass(frozen=True, slots=True)
class Program:
    """How a child process is run.

    Attributes:
        name: Its name in logs and of its threads.
        command: Returns the command line and the environment; called at each start.
        framing: Creates the framing of its reports.
        orders: Creates the channel for its orders.
        log: File to which its standard error is appended; None for none.
        ready_s: Time limit for reporting that it is ready, seconds.
        end_s: Time limit for ending, seconds.
    """

    name: str
    command: Callable[[], tuple[Sequence[str], Mapping[str, str]]]
    framing: Callable[[], Framing]
    orders: Callable[[], Orders]
    log: Path | None
    ready_s: float
    end_s: float


class ProcessRun:
    """One run, created by `ManagedProcess`. Any thread may call any method; only `wait` blocks.

    Args:
        program: The program to run.
        after: Earlier runs that are ending. The child is started after them, so that no two use the same device or
            file.
        on_report: Called with this run and each report, on the run's own thread; not after `end`.
        on_announced: Called when the child announces its end.
        on_exit: Called last, with this run and the reason.

    Attributes:
        ready: Future of the report that the child is ready; raises `ProcessEnded` if it ends first.
        began: When it was started, seconds of `time.monotonic`.
        told_to_end: Whether `end` was called.
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
        # The child is started on this thread too, as forking takes milliseconds.
        self._thread = threading.Thread(target=self._run, name=program.name, daemon=True)

    @property
    def process_id(self) -> int:
        """Process id; 0 before it has started."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Start the child and return at once."""
        TIMERS.call_in(
            0, self._thread.start
        )  # starting a thread waits for it, which takes milliseconds on a busy machine

    def send(self, data: bytes) -> None:
        """Send an order; it is lost if the child has ended."""
        if not self._orders.send(data):
            self.kill("it stopped reading its input")

    def end(self) -> None:
        """Tell the child to end after its pending orders, and kill it if that takes too long. Safe to call twice."""
        with self._lock:
            if self.told_to_end:
                return
            self.told_to_end = True
        self._orders.close()
        self._limit_to(self._program.end_s, _NOT_ENDED)

    def kill(self, cause: str) -> None:
        """Kill the child.

        Args:
            cause: The reason, for `Exit.cause`.
        """
        with self._lock:
            self._kill_cause = self._kill_cause or cause
            if self._process is not None and not self._gone.is_set():
                self._process.kill()

    def wait(self) -> None:
        """Wait, for a limited time, until a run that was told to end has ended; returns at once on its own thread."""
        if threading.current_thread() is not self._thread:
            self._gone.wait(self._program.end_s + _MARGIN_S)

    # On the run's own thread ------------------------------------------------------------------------

    def _run(self) -> None:
        for run in self._after:
            run.wait()
        if self._after and self.told_to_end:
            self._finish(Exit(None, "it was stopped before it started", expected=True))
            return
        self._after = ()
        logged = 0
        try:
            with _open_log(self._program.log) as errors:
                logged = errors.tell()
                process = self._spawn(errors)
        except Exception as error:
            log.exception("the %s process could not be started", self._program.name)
            why = reason(error) if isinstance(error, OSError) else "the log has the details"
            self._finish(Exit(None, f"it could not be started: {why}", expected=self.told_to_end))
            return
        try:
            self._read(process)
        except Exception:
            log.exception("the reports of the %s process cannot be read", self._program.name)
            self.kill("its reports cannot be read")
        self._limit_to(self._program.end_s, _NOT_ENDED)  # a child without reports is of no use
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
                    self._on_report_received(report)

    def _on_report_received(self, report: Any) -> None:
        match report:
            case {"ready": _} if not self.ready.done():
                self._lift_limit()
                if self.told_to_end:
                    self._limit_to(self._program.end_s, _NOT_ENDED)
                self.ready.set_result(report)
            case {"bug": text}:
                log.error("in the %s process: %s", self._program.name, text)
                self._bug = _last_nonempty(str(text))
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
        """Kill the child if it has not ended within `seconds`; an earlier limit is kept."""
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
    """Open the log of a child for appending; logs of earlier runs are kept up to a limit."""
    if path is None:
        return Path(os.devnull).open("ab")
    with contextlib.suppress(OSError):
        if path.stat().st_size > _LARGEST_LOG:
            path.unlink()
    return path.open("ab")


def _last_line(path: Path | None, since: int) -> str:
    """Return the last line of a log after its first `since` bytes."""
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(since, size - _TAIL))
            return _last_nonempty(file.read().decode(errors="replace"))
    except OSError:
        return ""


def _last_nonempty(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
