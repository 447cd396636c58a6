"""One question, one answer, both JSON, between two processes of one user on one machine.

A Unix domain socket in a folder that only its owner may enter; a named pipe on Windows, which others of the
machine cannot write to. A message is its length and UTF-8 JSON, as `multiprocessing.connection` frames bytes.
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

LONGEST = 16 * 1024 * 1024
PATIENCE = 10.0
# A socket's address holds 104 bytes on macOS and 108 on Linux, its closing zero among them.
LONGEST_ADDRESS = 103
WAITING = 32
_SOCKET = "rubato.socket"
Answer = Callable[[dict[str, Any]], Mapping[str, Any]]


class LocalSocket:
    """The answering side; every question is answered on a thread of its own.

    Args:
        answer: Takes the question, an object, and returns the answer. A `RubatoError` becomes
            ``{"status": "failed", "error": {"code": …, "message": …}}``; any other error is logged whole and
            becomes the same with code ``bug``.

    Attributes:
        address: Where `ask` finds it.

    Raises:
        OSError: there is no place for a socket.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._closing = threading.Event()
        self.address = new_address()
        self._listener = Listener(
            self.address, family="AF_PIPE" if os.name == "nt" else "AF_UNIX", backlog=WAITING
        )
        self._thread = threading.Thread(target=self._listen, name="channel", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more; a second time does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        # Somebody may have cleared the folder for temporary files away, the socket with it.
        with contextlib.suppress(OSError):
            # Nothing else wakes a thread that waits for a connection.
            _connect(self.address, PATIENCE).close()
            self._thread.join(PATIENCE)
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
                target=self._serve, args=(connection,), name="channel-answer", daemon=True
            ).start()

    def _serve(self, connection: Connection) -> None:
        # Whoever leaves, waits too long or says too much gets no answer; that is their loss alone.
        with connection, contextlib.suppress(EOFError, OSError):
            if connection.poll(PATIENCE):
                connection.send_bytes(self._answered(connection.recv_bytes(LONGEST)))

    def _answered(self, question: bytes) -> bytes:
        try:
            asked = json.loads(question)
            if not isinstance(asked, dict):
                raise ValueError("it is no object")
        except ValueError as error:
            return _failure("bad_request", f"The question cannot be read: {error}")
        try:
            answer = json.dumps(dict(self._answer(asked)), default=str).encode()
        except RubatoError as error:
            return _failure(error.code, str(error))
        except Exception:
            log.exception("a question was not answered: %.1000r", asked)
            return _failure("bug", "Something went wrong inside the program; the log has the details")
        return answer if len(answer) <= LONGEST else _failure("too_long", "The answer is too long")


def ask(address: str, question: Mapping[str, Any], timeout: float = PATIENCE) -> dict[str, Any]:
    """Ask the channel at an address.

    Args:
        address: The `LocalSocket.address` of another process.
        question: What is asked, JSON-like.
        timeout: Seconds to wait for the answer.

    Raises:
        RubatoError: ``not_running`` when nobody is there, ``no_answer`` when none comes in time, ``too_long``.
    """
    asked = json.dumps(dict(question)).encode()
    if len(asked) > LONGEST:
        raise RubatoError("The question is too long", code="too_long")
    try:
        connection = _connect(address, timeout)
    except TimeoutError:
        raise _no_answer() from None
    except OSError as error:
        raise RubatoError(
            "Rubato does not run", todo="Start it with: rubato run", code="not_running"
        ) from error
    with connection:
        try:
            connection.send_bytes(asked)
            answer = connection.recv_bytes(LONGEST) if connection.poll(timeout) else b""
        except (EOFError, OSError):
            answer = b""
    try:
        found = json.loads(answer)
    except ValueError:
        raise _no_answer() from None
    if not isinstance(found, dict):
        raise _no_answer()
    return found


def listens(address: str) -> bool:
    """Return whether somebody listens at an address."""
    try:
        _connect(address, PATIENCE).close()
    except TimeoutError:
        return True
    except OSError:
        return False
    return True


def remove(address: str) -> None:
    """Remove what a channel left in the file system; nothing but a socket in a folder of ours is touched."""
    path = Path(address)
    with contextlib.suppress(OSError):
        if path.name == _SOCKET and stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()
    with contextlib.suppress(OSError):
        if path.name == _SOCKET:
            path.parent.rmdir()


def new_address() -> str:
    """Return an address where nobody listens yet: in a new folder that only its owner may enter, or a pipe's.

    Raises:
        OSError: there is no place for a socket.
    """
    if os.name == "nt":
        return rf"\\.\pipe\rubato-{secrets.token_hex(16)}"
    # Not in the data folder: its path may be too long for a socket, its file system may know none.
    folder = tempfile.mkdtemp(prefix="rubato-")
    if len(os.fsencode(folder)) + 1 + len(_SOCKET) > LONGEST_ADDRESS:
        Path(folder).rmdir()
        folder = tempfile.mkdtemp(prefix="rubato-", dir="/tmp")
    return str(Path(folder, _SOCKET))


def _connect(address: str, timeout: float) -> Connection:
    """Connect to a channel; every later step on the connection has the same time-out.

    Raises:
        OSError: nobody listens there; `TimeoutError` when they do not take the call.
    """
    if os.name == "nt":
        return Client(address, family="AF_PIPE")
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(timeout)
        try:
            line.connect(address)
        except BlockingIOError:
            raise TimeoutError from None
        line.setblocking(True)
        limit = struct.pack("ll", int(timeout), int(timeout % 1 * 1_000_000))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            line.setsockopt(socket.SOL_SOCKET, option, limit)
        return Connection(line.detach())


def _failure(code: str, message: str) -> bytes:
    return json.dumps({"status": "failed", "error": {"code": code, "message": message}}).encode()


def _no_answer() -> RubatoError:
    return RubatoError(
        "Rubato runs but does not answer", todo="Try again, or end it and start it anew", code="no_answer"
    )
