"""Management of child processes: start, orders, reports, restart and stop.

A child sends reports. Three of them are handled here: ``{"ready": ...}`` completes the handshake, ``{"ending": ...}``
announces that the child ends by itself and accepts no more orders, ``{"bug": text}`` reports an exception.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rubato_desktop.ipc.framing import Framing, JsonLines
from rubato_desktop.ipc.orders import QueuedOrders, StraightOrders
from rubato_desktop.ipc.process_run import Exit, ProcessRun, Program
from rubato_desktop.ipc.timers import TIMERS, Timer

log = logging.getLogger(__name__)

_READY_S: Final = 30.0
_END_S: Final = 3.0
_STEADY_S: Final = 10.0  # a run that lasted this long did not fail at start-up


class ManagedProcess:
    """A child process. At any time, at most one run accepts orders; a new run starts after the previous one has ended.

    Any thread, and any callback, may call any method. Only `stop` blocks.

    Args:
        name: Its name in logs and of its threads.
        command: Returns the command line and the environment; called at each start.
        on_report: Called with the run and each report, on the run's own thread. Not called after `stop`.
        on_exit: Called last, with the run and the reason, on the same thread.
        framing: Creates the framing of reports.
        straight: Whether to write orders at once instead of queueing them; see `StraightOrders`.
        log_file: File to which its standard error is appended; None for none.
        ready_s: Time limit for reporting that it is ready, seconds.
        end_s: Time limit for ending, seconds.
        idle_s: Time after `rest` at which it ends, seconds.
        restart_s: Delays before a restart, seconds: after the first failure, the second and so on; empty for no
            restarts.

    Attributes:
        run: The run that accepts orders; None for none.
        idle_s: As given.
    """

    def __init__(
        self,
        name: str,
        command: Callable[[], tuple[Sequence[str], Mapping[str, str]]],
        *,
        on_report: Callable[[ProcessRun, Any], None],
        on_exit: Callable[[ProcessRun, Exit], None],
        framing: Callable[[], Framing] = JsonLines,
        straight: bool = False,
        log_file: Path | None = None,
        ready_s: float = _READY_S,
        end_s: float = _END_S,
        idle_s: float = 0.0,
        restart_s: Sequence[float] = (),
    ) -> None:
        orders = StraightOrders if straight else QueuedOrders
        self._program = Program(name, command, framing, orders, log_file, ready_s, end_s)
        self._on_report, self._on_exit = on_report, on_exit
        self.idle_s = idle_s
        self._restart_s = restart_s
        self.run: ProcessRun | None = None
        self._lock = threading.Lock()
        self._idle: Timer | None = None
        self._alive: set[ProcessRun] = set()  # `run`, and runs that are still ending
        self._failures = 0
        self._stopped = threading.Event()

    @property
    def process_id(self) -> int:
        """Process id of the run that accepts orders; 0 for none."""
        run = self.run
        return run.process_id if run is not None else 0

    def start(self) -> ProcessRun:
        """Return the run that accepts orders, starting one if needed, and cancel the idle timeout."""
        with self._lock:
            self._stopped.clear()
            return self._start()

    def send(self, data: bytes) -> None:
        """Send an order to the current run; without one it is lost."""
        run = self.run
        if run is not None:
            run.send(data)

    def use(self) -> ProcessRun | None:
        """Cancel the idle timeout; returns the run that accepts orders, None for none."""
        with self._lock:
            self._cancel_idle()
            return self.run

    def rest(self) -> None:
        """Start the idle timeout: the process ends after `idle_s`, unless `use` or `start` is called before."""
        with self._lock:
            self._cancel_idle()
            if self.run is not None:
                self._idle = idle = TIMERS.call_in(self.idle_s, lambda: self._end_idle(idle))

    def stop(self, *, wait: bool = True) -> None:
        """End the process until the next `start`. Safe to call twice.

        Args:
            wait: Whether to wait until it has ended or was killed, for at most `end_s` and a second. A callback
                never waits for its own run.
        """
        with self._lock:
            self._stopped.set()
            self._detach()
            alive = [*self._alive]
        for run in alive:
            run.end()
        for run in alive if wait else ():
            run.wait()

    # With the lock held -----------------------------------------------------------------------------

    def _start(self) -> ProcessRun:
        self._cancel_idle()
        if self.run is None:
            self.run = ProcessRun(
                self._program,
                [*self._alive],
                on_report=self._on_report,
                on_announced=self._on_announced,
                on_exit=self._handle_exit,
            )
            self._alive.add(self.run)
            self.run.start()
        return self.run

    def _detach(self) -> ProcessRun | None:
        self._cancel_idle()
        run, self.run = self.run, None
        return run

    def _cancel_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    # On other threads -------------------------------------------------------------------------------

    def _end_idle(self, timer: Timer) -> None:
        with self._lock:
            if timer is not self._idle:
                return  # cancelled while this waited for the lock
            run = self._detach()
        if run is not None:
            run.end()

    def _on_announced(self, run: ProcessRun) -> None:
        with self._lock:
            if run is self.run:
                self._detach()

    def _handle_exit(self, run: ProcessRun, exit: Exit) -> None:
        with self._lock:
            if run is self.run:
                self._detach()
            self._alive.discard(run)
        self._log(exit)
        try:
            self._on_exit(run, exit)
        except Exception:
            log.exception("the exit of the %s process could not be handled", self._program.name)
        if self._restart_s and not run.told_to_end:
            self._restart(run)

    def _restart(self, run: ProcessRun) -> None:
        self._failures = 0 if time.monotonic() - run.began > _STEADY_S else self._failures + 1
        if self._stopped.wait(self._restart_s[min(self._failures, len(self._restart_s) - 1)]):
            return
        with self._lock:
            if not self._stopped.is_set():
                self._start()

    def _log(self, exit: Exit) -> None:
        name = self._program.name
        if not exit.expected:
            log.error("the %s process ended: %s", name, exit.details)
        elif exit.code:
            log.warning("the %s process ended with an error: %s", name, exit.details)
