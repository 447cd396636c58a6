"""One JSON request and one JSON response between two processes of one user on one machine.

The transport is a Unix domain socket in a folder that only its owner can enter, or a named pipe on Windows, which
other users cannot write to. A message is UTF-8 JSON with a length prefix, framed by `multiprocessing.connection`.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import socket
import stat
import struct
import tempfile
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

from rubato_desktop.errors import RubatoError

log = logging.getLogger(__name__)

LONGEST = 16 * 1024 * 1024  # bytes of a message
TIMEOUT_S = 10.0
# bytes; a socket's address can have 104 bytes on macOS and 108 on Linux, including the final zero.
LONGEST_ADDRESS = 103
BACKLOG = 32  # connections that wait to be accepted
_SOCKET = "rubato.socket"
OnRequest = Callable[[dict[str, Any]], Mapping[str, Any]]


class LocalSocket:
    """The server side; each request is handled on a thread of its own.

    Args:
        on_request: Called with the request, a JSON object; returns the response. A `RubatoError` becomes
            ``{"status": "failed", "error": {"code": …, "message": …}}``; any other exception is logged and
            becomes the same with code ``bug``.

    Attributes:
        address: The address for `ask`.

    Raises:
        OSError: the socket cannot be created.
    """

    def __init__(self, on_request: OnRequest) -> None:
        self._on_request = on_request
        self._closing = threading.Event()
        self.address = new_address()
        self._listener = Listener(
            self.address, family="AF_PIPE" if os.name == "nt" else "AF_UNIX", backlog=BACKLOG
        )
        self._thread = threading.Thread(target=self._listen, name="local-socket", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering. Safe to call twice."""
        if self._closing.is_set():
            return
        self._closing.set()
        # The folder for temporary files may have been cleared, including the socket.
        with contextlib.suppress(OSError):
            # Only a connection wakes the thread that waits in `accept`.
            _connect(self.address, TIMEOUT_S).close()
            self._thread.join(TIMEOUT_S)
        with contextlib.suppress(OSError):
            self._listener.close()
        remove(self.address)

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._listener.accept()
            except OSError as error:
                log.warning("a connection could not be accepted: %s", error)
                self._closing.wait(0.1)
                continue
            threading.Thread(
                target=self._serve, args=(connection,), name="local-socket-request", daemon=True
            ).start()

    def _serve(self, connection: Connection) -> None:
        # A client that disconnects, is too slow or sends too much gets no response.
        with connection, contextlib.suppress(EOFError, OSError):
            if connection.poll(TIMEOUT_S):
                connection.send_bytes(self._respond(connection.recv_bytes(LONGEST)))

    def _respond(self, data: bytes) -> bytes:
        try:
            request = json.loads(data)
        except ValueError:
            return _failure("bad_request", "The request is not valid JSON")
        if not isinstance(request, dict):
            return _failure("bad_request", "The request is not a JSON object")
        try:
            response = json.dumps(dict(self._on_request(request)), default=str).encode()
        except RubatoError as error:
            return _failure(error.code, str(error))
        except Exception:
            log.exception("a request failed: %.1000r", request)
            return _failure("bug", "An internal error occurred; the log has the details")
        return response if len(response) <= LONGEST else _failure("too_long", "The response is too long")


def ask(address: str, request: Mapping[str, Any], timeout: float = TIMEOUT_S) -> dict[str, Any]:
    """Send a request and wait for the response.

    Args:
        address: The `LocalSocket.address` of another process.
        request: The request, JSON-like.
        timeout: Seconds to wait for the response.

    Raises:
        RubatoError: ``not_running`` if nothing listens there, ``no_answer`` after the timeout, ``too_long``.
    """
    data = json.dumps(dict(request)).encode()
    if len(data) > LONGEST:
        raise RubatoError("The request is too long", code="too_long")
    try:
        connection = _connect(address, timeout)
    except TimeoutError:
        raise _no_answer() from None
    except OSError as error:
        raise RubatoError(
            "Rubato is not running", todo="Start it with: rubato run", code="not_running"
        ) from error
    with connection:
        try:
            connection.send_bytes(data)
            received = connection.recv_bytes(LONGEST) if connection.poll(timeout) else b""
        except (EOFError, OSError):
            received = b""
    try:
        response = json.loads(received)
    except ValueError:
        raise _no_answer() from None
    if not isinstance(response, dict):
        raise _no_answer()
    return response


def listens(address: str) -> bool:
    """Return whether a process listens at an address."""
    try:
        _connect(address, TIMEOUT_S).close()
    except TimeoutError:
        return True
    except OSError:
        return False
    return True


def remove(address: str) -> None:
    """Remove a socket and its folder; touches nothing but a socket with our name."""
    path = Path(address)
    with contextlib.suppress(OSError):
        if path.name == _SOCKET and stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
    with contextlib.suppress(OSError):
        if path.name == _SOCKET:
            path.parent.rmdir()


def new_address() -> str:
    """Return a new address: a socket in a new folder that only its owner can enter, or a pipe on Windows.

    Raises:
        OSError: the folder cannot be created.
    """
    if os.name == "nt":
        return rf"\\.\pipe\rubato-{secrets.token_hex(16)}"
    # Not in the data folder: its path may be too long, or its file system may not support sockets.
    folder = tempfile.mkdtemp(prefix="rubato-")
    if len(os.fsencode(folder)) + 1 + len(_SOCKET) > LONGEST_ADDRESS:
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix="rubato-", dir="/tmp")
    return str(Path(folder, _SOCKET))


def _connect(address: str, timeout: float) -> Connection:
    """Connect to an address; `timeout` (seconds) also limits each later operation on the connection.

    Raises:
        OSError: nothing listens there; `TimeoutError` if the connection is not accepted.
    """
    if os.name == "nt":
        return Client(address, family="AF_PIPE")
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(timeout)
        try:
            client.connect(address)
        except BlockingIOError:
            raise TimeoutError from None
        client.setblocking(True)
        limit = struct.pack("ll", int(timeout), int(timeout % 1 * 1_000_000))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, limit)
        return Connection(client.detach())


def _failure(code: str, message: str) -> bytes:
    return json.dumps({"status": "failed", "error": {"code": code, "message": message}}).encode()


def _no_answer() -> RubatoError:
    return RubatoError(
        "Rubato is running but does not answer", todo="Try again, or quit and restart it", code="no_answer"
    )
