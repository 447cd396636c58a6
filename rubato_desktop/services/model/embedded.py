"""Starts the small model's server when it is first wanted, starts it again when it died, ends it."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import subprocess
import threading
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from rubato_desktop.errors import RubatoError
from rubato_desktop.interpreter import own_process
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
        self._idle_s = idle_s
        self._resting: threading.Timer | None = None
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._address: Address | None = None
        self._closed = False

    @property
    def process_id(self) -> int:
        """Id of the process that runs or ran last; 0 before the first."""
        return self._process.pid if self._process else 0

    def address(self) -> Address:
        """Return where it serves, starting it when it does not.

        Raises:
            RubatoError: it does not start, or is closed.
        """
        with self._lock:
            if self._closed:
                raise RubatoError("The small language model has been ended", code="model_ended")
            if self._address is None or not _listens(self._address):
                model_file()
                self._address = self._start()
            self._rest_later()
            return self._address

    def forget(self) -> None:
        """End a process that broke off: a killed one may still take connections, and the next call wants another."""
        with self._lock:
            self._end()

    def close(self) -> None:
        """End the process. Safe to call twice."""
        with self._lock:
            self._closed = True
            if self._resting is not None:
                self._resting.cancel()
            self._end()

    def _rest_later(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
        self._resting = threading.Timer(self._idle_s, self._rest)
        self._resting.daemon = True
        self._resting.start()

    def _rest(self) -> None:
        with self._lock:
            # A call that came while this waited for the lock has set another time.
            if threading.current_thread() is self._resting:
                self._end()

    def _start(self) -> Address:
        self._end()
        token = secrets.token_urlsafe(24)
        command, environment = own_process("rubato_desktop.services.model.server_process", [])
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            text=True,
        )
        assert process.stdin and process.stdout
        self._process = process
        # A process that hangs before it says anything is ended, which ends the waiting for its line.
        watch = threading.Timer(_START_S, process.kill)
        watch.start()
        try:
            process.stdin.write(f"{token}\n")
            process.stdin.flush()
            port = json.loads(process.stdout.readline())["port"]
        except (OSError, ValueError, KeyError):
            self._end()
            raise RubatoError(
                "The small language model does not start",
                kept="Everything else works",
                todo="See `rubato doctor`",
                code="no_model_server",
            ) from None
        finally:
            watch.cancel()
        return Address(f"http://127.0.0.1:{port}", token, embedded=True)

    def _end(self) -> None:
        process, self._process, self._address = self._process, None, None
        if process is None:
            return
        assert process.stdin and process.stdout
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _listens(address: Address) -> bool:
    """Whether it takes calls; one that was just killed may still look alive to its parent."""
    where = urlsplit(address.url)
    try:
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=1):
            return True
    except OSError:
        return False
