"""Has sessions made by a process of its own, see `writer_process`."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
from pathlib import Path
from typing import Any, Final, Literal

from rubato_desktop.events import Notice
from rubato_desktop.interpreter import own_process
from rubato_desktop.services.sessions.session import SessionInfo, read_info

log = logging.getLogger(__name__)

Part = Literal["recording", "save"]

_END_S: Final = 5.0


class SessionWriterClient:
    """Asks the process and waits for its answers, on one worker thread.

    The process is started beforehand: starting one holds the interpreter until the system has loaded it, which takes
    milliseconds when the machine is busy.

    Args:
        data: The data folder.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process, where it does not run.

        Raises:
            OSError: it cannot be started.
        """
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        command, environment = own_process("rubato_desktop.services.sessions.writer_process", [])
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )

    def make(self, journal: Path, part: Part, id: int) -> SessionInfo:
        """Make a session of a part of a journal.

        Args:
            journal: The journal; it may still be growing.
            part: What `id` is the number of.
            id: Number of the recording or save in that journal.

        Raises:
            OSError: it cannot be written; then there is nothing of it.
        """
        folder = Path(self._ask(part, str(self._data), str(journal), id)["folder"])
        info = read_info(folder)
        if info is None:
            raise OSError(f"{folder} cannot be read")
        return info

    def recover(self, t: int) -> list[Notice]:
        """Make sessions of the journals of runs that crashed; returns what was found, as notices at `t` µs.

        Raises:
            OSError: nothing can be recovered now.
        """
        return [Notice(t, *said) for said in self._ask("recover", str(self._data))["notices"]]

    def close(self) -> int:
        """End the process; returns its exit status, 0 where there was none."""
        process, self._process = self._process, None
        if process is None:
            return 0
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(OSError):  # what was asked of a process that died is written to nobody
            process.stdin.close()
        process.stdout.close()
        try:
            return process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _ask(self, *request: str | int) -> dict[str, Any]:
        self.start()
        assert self._process is not None
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise OSError(f"its process ended with status {self.close()}")
        answer: dict[str, Any] = json.loads(line)
        if answer["log"]:
            log.warning("making sessions: %s", answer["log"].strip())
        if "failed" in answer:
            raise OSError(answer["failed"])
        return answer
