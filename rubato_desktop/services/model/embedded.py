"""The small model's server process: started on first use, restarted when it has died, ended when idle."""

from __future__ import annotations

import secrets
import socket
import threading
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import own_process
from rubato_desktop.ipc.framing import json_line
from rubato_desktop.ipc.managed_process import ManagedProcess
from rubato_desktop.ipc.process_run import ProcessEnded, ProcessRun
from rubato_desktop.services.model.llama import model_file

_START_S: Final = 20.0
_END_S: Final = 2.0
IDLE_S: Final = 600.0  # an idle process ends after this long, which frees 250 MB


@dataclass(frozen=True, slots=True)
class Address:
    """A model server: its URL, its token if it has one, and whether it is Rubato's own."""

    url: str
    token: str = ""
    embedded: bool = False


class Embedded:
    """The small model's server, on loopback, in a process of its own. Any method may be called from any thread.

    Args:
        idle_s: Seconds without a call after which the process ends.
    """

    def __init__(self, idle_s: float = IDLE_S) -> None:
        self._process = ManagedProcess(
            "model",
            lambda: own_process("rubato_desktop.services.model.server_process", []),
            on_report=lambda _run, _report: None,
            on_exit=lambda _run, _exit: None,
            ready_s=_START_S,
            end_s=_END_S,
            idle_s=idle_s,
        )
        self._lock = threading.Lock()
        self._run: ProcessRun | None = None
        self._address: Address | None = None
        self._closed = False

    @property
    def process_id(self) -> int:
        """Id of the process; 0 while there is none."""
        return self._process.process_id

    def address(self) -> Address:
        """Return the server's address; starts the process when it is not running.

        Raises:
            RubatoError: it does not start, or has been closed.
        """
        with self._lock:
            if self._closed:
                raise RubatoError("The small language model has been shut down", code="model_ended")
            run = self._process.use()
            if self._address is None or run is not self._run or not _accepts(self._address):
                model_file()
                self._address = self._start()
            self._process.rest()
            return self._address

    def discard(self, address: Address) -> None:
        """End a server whose connection broke, so that the next call starts another one.

        A killed process may still accept connections for a moment. When several calls break off, the first of them may
        have led to a new process already; that one has another address and is left alone.

        Args:
            address: Of the broken server.
        """
        with self._lock:
            if address == self._address:
                self._address = None
                self._process.stop(wait=False)

    def close(self) -> None:
        """End the process. Safe to call twice."""
        self._closed = True
        self._process.stop()  # wakes a thread that holds the lock while it waits for the start
        with self._lock:
            self._process.stop()

    def _start(self) -> Address:
        self._process.stop(wait=False)
        token = secrets.token_urlsafe(24)
        self._run = run = self._process.start()
        run.send(json_line(token))
        try:
            port = run.ready.result()["ready"]
        except ProcessEnded as ended:
            raise RubatoError(
                f"The small language model did not start: {ended}",
                kept="Everything else still works",
                todo="Run `rubato doctor` for details",
                code="no_model_server",
            ) from None
        return Address(f"http://127.0.0.1:{port}", token, embedded=True)


def _accepts(address: Address) -> bool:
    """Return whether the server accepts connections; a process that was just killed may still look alive."""
    url = urlsplit(address.url)
    try:
        with socket.create_connection((url.hostname or "", url.port or 0), timeout=1):
            return True
    except OSError:
        return False
