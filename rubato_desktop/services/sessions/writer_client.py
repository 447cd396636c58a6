"""The client of the process that writes sessions, see `writer_process`."""

from __future__ import annotations

import errno
import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from rubato_desktop.events import Notice
from rubato_desktop.interpreter import own_process
from rubato_desktop.ipc.framing import json_line
from rubato_desktop.ipc.managed_process import ManagedProcess
from rubato_desktop.ipc.process_run import Exit, ProcessRun
from rubato_desktop.services.sessions.session import SessionInfo, read_info

log = logging.getLogger(__name__)

Part = Literal["recording", "save"]

_END_S: Final = 5.0
_RESTART_S: Final = (0.5, 1.0, 10.0, 60.0)


class SessionWriterClient:
    """Sends one request at a time and waits for its answer; for one worker thread.

    The process is started beforehand: starting one holds the interpreter until the system has loaded it, which takes
    milliseconds when the machine is busy.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._pending: _Request | None = None
        self._process = ManagedProcess(
            "sessions",
            lambda: own_process("rubato_desktop.services.sessions.writer_process", []),
            on_report=self._on_report,
            on_exit=self._on_exit,
            end_s=_END_S,
            restart_s=_RESTART_S,
        )

    def start(self) -> None:
        """Start the process, unless it runs already. Does not wait for it."""
        self._process.start()

    def make(self, journal: Path, part: Part, id: int) -> SessionInfo:
        """Make a session of a part of a journal.

        Args:
            journal: The journal; it may still be growing.
            part: Whether `id` is the number of a recording or of a save.
            id: Number of the recording or save in that journal.

        Raises:
            OSError: it cannot be written; then no part of it is left behind.
        """
        folder = Path(self._ask(part, str(self._data), str(journal), id)["folder"])
        info = read_info(folder)
        if info is None:
            raise OSError(errno.EIO, f"{folder} cannot be read")
        return info

    def recover(self, t: int) -> list[Notice]:
        """Make sessions of the journals of runs that crashed; returns the results as notices at `t` µs.

        Raises:
            OSError: nothing can be recovered now.
        """
        return [Notice(t, *texts) for texts in self._ask("recover", str(self._data))["notices"]]

    def close(self) -> None:
        """End the process and wait until it has ended, or was killed because it took too long."""
        self._process.stop()

    def _ask(self, *request: str | int) -> dict[str, Any]:
        with self._lock:  # so that an exit of this run finds the request
            self._pending = pending = _Request(self._process.start())
        pending.run.send(json_line(request))
        report = pending.report.result()
        if report["log"]:
            log.warning("in the sessions process: %s", report["log"].strip())
        answer: dict[str, Any] = report["answer"]
        if "failed" in answer:
            raise OSError(errno.EIO, answer["failed"])
        return answer

    # On the threads of the runs ---------------------------------------------------------------------

    def _on_report(self, run: ProcessRun, report: Any) -> None:
        if "answer" in report and (pending := self._take_pending(run)) is not None:
            pending.report.set_result(report)

    def _on_exit(self, run: ProcessRun, exit: Exit) -> None:
        if (pending := self._take_pending(run)) is not None:
            pending.report.set_exception(OSError(errno.EIO, f"the process that writes it ended ({exit})"))

    def _take_pending(self, run: ProcessRun) -> _Request | None:
        with self._lock:
            if self._pending is None or self._pending.run is not run:
                return None
            pending, self._pending = self._pending, None
            return pending


@dataclass(frozen=True, slots=True)
class _Request:
    """A request that has no answer yet."""

    run: ProcessRun
    report: Future[dict[str, Any]] = field(default_factory=Future)
