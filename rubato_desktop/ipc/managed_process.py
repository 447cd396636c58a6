"""A child process of the program: started, ordered, restarted and ended; one class serves all of them.

A child says what it has to say as reports. Three of them mean something here: ``{"ready": ...}`` ends the hand-shake,
``{"ending": ...}`` announces that it ends by itself and takes no more orders, ``{"bug": text}`` tells of a fault.
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
_STEADY_S: Final = 10.0  # a run that lasted this long did not fail at its start


class ManagedProcess:
    """A child process: at any time one run takes orders. It is started when the one before it has gone.

    Every method may be called from any thread, also from the callbacks. Only `stop` waits.

    Args:
        name: What it is called in logs and threads.
        command: Returns the command line and the environment; called at each start.
        on_report: Called with the run and each of its reports, on the run's own thread. Not called after the
            run was told to end.
        on_exit: Called with the run and why it ended, last of all, on the same thread.
        framing: Makes what tells reports apart.
        straight: Write orders at once instead of in a queue; see `StraightOrders`.
        log_file: The file that its standard error is added to; None for none.
        ready_s: Seconds it may take to report that it is ready.
        end_s: Seconds it may take to end.
        idle_s: Seconds after `rest` until it ends.
        restart_s: Seconds to wait before it is started again: after the first failure, the second and so on. Empty:
            it is not.

    Attributes:
        run: The run that takes orders, None while there is none.
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
        self._alive: set[ProcessRun] = set()  # that run, and those that are still ending
        self._failures = 0
        self._stopped = threading.Event()

    @property
    def process_id(self) -> int:
        """Id of the process that takes orders; 0 while there is none."""
        run = self.run
        return run.process_id if run is not None else 0

    def start(self) -> ProcessRun:
        """Return the run that takes orders, a new one where there is none; it is in use from now on."""
        with self._lock:
            self._stopped.clear()
            return self._start()

    def send(self, data: bytes) -> None:
        """Send an order to the run that there is; without one it is lost."""
        run = self.run
        if run is not None:
            run.send(data)

    def use(self) -> ProcessRun | None:
        """Cancel the idle end; returns the run that takes orders, None where there is none."""
        with self._lock:
            self._forget_idle()
            return self.run

    def rest(self) -> None:
        """Let the process end in `idle_s`, unless `use` or `start` is called before."""
        with self._lock:
            self._forget_idle()
            if self.run is not None:
                self._idle = idle = TIMERS.call_in(self.idle_s, lambda: self._end_idle(idle))

    def stop(self, *, wait: bool = True) -> None:
        """End the run and start no other until `start`. Safe to call twice.

        Args:
            wait: Whether to return only when it has ended, or been killed, within `end_s` and a second. A callback
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
        self._forget_idle()
        if self.run is None:
            self.run = ProcessRun(
                self._program,
                [*self._alive],
                on_report=self._on_report,
                on_announced=self._announced,
                on_exit=self._exited,
            )
            self._alive.add(self.run)
            self.run.start()
        return self.run

    def _detach(self) -> ProcessRun | None:
        self._forget_idle()
        run, self.run = self.run, None
        return run

    def _forget_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    # On other threads -------------------------------------------------------------------------------

    def _end_idle(self, timer: Timer) -> None:
        with self._lock:
            if timer is not self._idle:
                return  # used again while this waited for the lock
            run = self._detach()
        if run is not None:
            run.end()

    def _announced(self, run: ProcessRun) -> None:
        with self._lock:
            if run is self.run:
                self._detach()

    def _exited(self, run: ProcessRun, exit: Exit) -> None:
        with self._lock:
            if run is self.run:
                self._detach()
            self._alive.discard(run)
        self._log(exit)
        try:
            self._on_exit(run, exit)
        except Exception:
            log.exception("the end of the %s process could not be handled", self._program.name)
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
            log.warning("the %s process ended with a fault: %s", name, exit.details)
