"""Starts the small model's server when it is first wanted, starts it again when it died, ends it."""

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
IDLE_S: Final = 600.0  # without a call the process is ended, and 250 MB are free again


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server of models is, what it wants to be told, and whether it is the program's own."""

    url: str
    token: str = ""
    embedded: bool = False


class Embedded:
    """The server of the small model, on loopback, in a process of its own.

    Args:
        idle_s: How long it stays without being asked for.
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
        """Return where it serves, starting it when it does not.

        Raises:
            RubatoError: it does not start, or is closed.
        """
        with self._lock:
            if self._closed:
                raise RubatoError("The small language model has been ended", code="model_ended")
            run = self._process.use()
            if self._address is None or run is not self._run or not _listens(self._address):
                model_file()
                self._address = self._start()
            self._process.rest()
            return self._address

    def forget(self) -> None:
        """End a process that broke off: a killed one may still take connections, and the next call wants another."""
        self._process.stop(wait=False)

    def close(self) -> None:
        """End the process. Safe to call twice."""
        self._closed = True
        self._process.stop()  # whoever waits for its start holds the lock, and waits no longer
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
                f"The small language model does not start: {ended}",
                kept="Everything else works",
                todo="See `rubato doctor`",
                code="no_model_server",
            ) from None
        return Address(f"http://127.0.0.1:{port}", token, embedded=True)


def _listens(address: Address) -> bool:
    """Whether it takes calls; one that was just killed may still look alive to its parent."""
    where = urlsplit(address.url)
    try:
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=1):
            return True
    except OSError:
        return False
